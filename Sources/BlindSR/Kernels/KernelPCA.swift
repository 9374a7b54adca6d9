import Torch

/// The directions in which a family of blur kernels varies most: SRMD and DAN speak of kernels in these few numbers.
///
/// SRMD takes the eigenvectors of Σ k·kᵀ, with the mean left in; DAN those of the covariance. Both then multiply kernels as they are, so that
/// only the first basis gives a kernel back: on the paper's kernels ten components leave a kernel PSNR of 63 dB at ×2 and 68 dB at ×4, of a
/// centred basis 41 and 46 dB. This library trains both networks on the first.
public struct KernelPCA: Sendable {
    /// The side of the kernels.
    public let side: Int
    /// Number of components.
    public let count: Int
    /// count × side², orthonormal, the most important first; the value of largest size in each is positive.
    public let components: [Float]

    /// The components of kernels that are drawn one by one.
    ///
    /// - Parameters:
    ///   - count: Components, at most side².
    ///   - side: Rows of the kernels.
    ///   - samples: Kernels that are drawn.
    ///   - centred: Whether the mean is taken away first.
    ///   - kernel: The values of kernel i in the order in which they are flattened, side² of them.
    public init(
        count: Int, side: Int, samples: Int, centred: Bool, kernel: (Int) -> [Float]
    ) throws(TorchError) {
        precondition(samples > 0 && (1...side * side).contains(count), "there are at most as many components as values")
        let length = side * side
        var products = try Tensor.zeros(shape: [length, length], type: .float64)
        var sum = try Tensor.zeros(shape: [1, length], type: .float64)
        for start in stride(from: 0, to: samples, by: 1024) {
            let range = start..<min(start + 1024, samples)
            let rows = try Tensor(range.flatMap(kernel), shape: [range.count, length]).to(.float64)
            products = try products + rows.permuted([1, 0]).matrixProduct(rows)
            sum = try sum + rows.sum([0], keepingDimensions: true)
        }
        if centred { products = try products - sum.permuted([1, 0]).matrixProduct(sum) / Double(samples) }
        let vectors = try products.symmetricEigen().vectors
        let rows: [Double] = try vectors.permuted([1, 0]).flipped([0]).slice(0, 0..<count).elements()
        self.side = side
        self.count = count
        components = (0..<count).flatMap { i in
            let row = rows[i * length..<(i + 1) * length]
            let largest = row.max { abs($0) < abs($1) }!
            return row.map { Float(largest < 0 ? -$0 : $0) }
        }
    }

    /// The components of a distribution's kernels at a scale; a pure function of its arguments on one kind of machine.
    ///
    /// - Parameters:
    ///   - kernels: Where kernels are drawn from.
    ///   - scale: From 1 to 4; it decides the kernels' canvas.
    ///   - count: Components, at most side².
    ///   - byColumns: Whether kernels are flattened column by column, not row by row.
    ///   - samples: Kernels that are drawn.
    public init(
        of kernels: KernelDistribution, scale: Int, count: Int, byColumns: Bool, samples: Int = 10_000
    ) throws(TorchError) {
        let side = kernels.size(scale: scale)
        try self.init(count: count, side: side, samples: samples, centred: false) { index in
            var random = CounterRandom(seed: 0x9ca, index: UInt64(index))
            let kernel = kernels.sample(using: &random).kernel(size: side)
            return (byColumns ? kernel.transposed : kernel).values
        }
    }
}
