import NeuralNetworks
import Pixels
import Torch

/// The deep alternating network of Huang, Li, Wang, Tan and others (NeurIPS 2020; second version 2021): two networks that take turns, one
/// restores with the kernel's code, the other estimates the code from the result.
///
///     code = PCA of a single point                                           N×c
///     sr   = Restorer(lr, code);  code = Estimator(sr, lr)                   T times
///
/// Parameter names are those of the official checkpoints, which hold the basis (`encoder`) and the first code as buffers. Kernels are
/// flattened row by row. Gradients reach the last round only.
public final class DAN: BlindUpscaler, WeightedNetwork {
    public enum Version: String, Codable, Sendable {
        /// The estimator gives the code.
        case v1
        /// Both networks are two branches that modulate one another; the estimator gives the whole kernel.
        case v2
    }

    /// What makes one network differ from another.
    public struct Configuration: Codable, Sendable, Hashable {
        public var version: Version
        /// The enlargement factor, 2 to 4.
        public var scale: Int
        /// Channels of the restorer.
        public var width: Int
        /// Groups of blocks of the restorer; 1 for the first version, which has none.
        public var groups: Int
        /// Blocks of the restorer, in v2 of each group.
        public var blocks: Int
        /// Twice the channels of each of the estimator's branches.
        public var estimatorWidth: Int
        public var estimatorBlocks: Int
        /// c, the number of values that a kernel becomes.
        public var components: Int
        /// Side of the kernels.
        public var kernelSize: Int
        /// T, the number of rounds.
        public var loops: Int
        /// Whether it was trained on bicubic shrinking after the blur, as in its authors' first setting, and not on the decimation of Eq. (1).
        public var shrinksBicubically: Bool

        public init(
            version: Version, scale: Int, width: Int, groups: Int, blocks: Int, estimatorWidth: Int = 64, estimatorBlocks: Int = 5,
            components: Int = 10, kernelSize: Int, loops: Int = 4, shrinksBicubically: Bool
        ) {
            self.version = version
            self.scale = scale
            self.width = width
            self.groups = groups
            self.blocks = blocks
            self.estimatorWidth = estimatorWidth
            self.estimatorBlocks = estimatorBlocks
            self.components = components
            self.kernelSize = kernelSize
            self.loops = loops
            self.shrinksBicubically = shrinksBicubically
        }

        /// The published sizes: 64 channels, 40 blocks or 5 groups of 10, kernels of 21×21.
        public static func paper(_ version: Version, scale: Int) -> Configuration {
            Configuration(
                version: version, scale: scale, width: 64, groups: version == .v1 ? 1 : 5, blocks: version == .v1 ? 40 : 10,
                kernelSize: 21, shrinksBicubically: true)
        }

        /// A narrow one for this library's degradation, which a CPU trains in minutes.
        public static func narrow(_ version: Version, scale: Int) -> Configuration {
            Configuration(
                version: version, scale: scale, width: 32, groups: version == .v1 ? 1 : 2, blocks: version == .v1 ? 6 : 3,
                estimatorWidth: 32, estimatorBlocks: 3, kernelSize: BlurKernel.defaultSize(scale: scale), loops: 3,
                shrinksBicubically: false)
        }
    }

    /// What one round gives.
    public struct Round {
        /// N×3×(s·h)×(s·w).
        public let sr: Tensor
        /// N×c.
        public let code: Tensor
        /// N×k², non-negative with sum one, row by row; nil in the first version.
        public let kernel: Tensor?
    }

    /// The two networks of a version, but for the restorer's end, which both share.
    protocol Pair {
        /// N×3×h×w and the code N×c → the restorer's features N×w×h×w.
        func features(_ lr: Tensor, code: Tensor) throws(TorchError) -> Tensor
        /// The last restoration and the photo → N×c in the first version, N×k² in the second.
        func estimated(_ sr: Tensor, _ lr: Tensor) throws(TorchError) -> Tensor
    }

    public let configuration: Configuration
    public let parameters: Parameters
    public var scales: [Int] { [configuration.scale] }
    public let mayBeTiled = true
    /// Where the pixels of ``upscale(_:scale:progress:)`` lie.
    public var grid = Bicubic.Grid.degradation
    /// Whether the inner layers may work in bfloat16 where the CPU is fast in it.
    public var usesReducedPrecision = true
    private let pair: any Pair
    private let fusion: Convolution
    private let upsampler: ShuffleUpsampler
    private let tail: Convolution
    private let encoder: Tensor
    private let firstCode: Tensor

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - pca: The basis: c components of k² values; nil for zeros, where a file will be loaded.
    ///   - seed: Of the initial weights.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, pca: KernelPCA? = nil, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        pair = try configuration.version == .v1 ? DANv1(parameters, configuration) : DANv2(parameters, configuration)
        let restorer = parameters / "Restorer"
        fusion = try Convolution(restorer / "fusion", configuration.width, configuration.width)
        upsampler = try ShuffleUpsampler(restorer / "upscale", width: configuration.width, scale: configuration.scale)
        tail = try Convolution(restorer / "upscale" / (configuration.scale == 4 ? "4" : "2"), configuration.width, 3)
        let (side, count) = (configuration.kernelSize, configuration.components)
        let length = side * side
        precondition(pca.map { $0.side == side && $0.count == count } ?? true, "the basis is for other kernels")
        let basis = (0..<length * count).map { pca?.components[$0 % count * length + $0 / count] ?? 0 }
        let middle = side / 2 * side + side / 2
        encoder = try parameters.root.makeBuffer("encoder", shape: [1, length, count], values: basis)
        _ = try parameters.root.makeBuffer("init_kernel", shape: [1, side, side], values: (0..<length).map { $0 == middle ? 1 : 0 })
        firstCode = try parameters.root.makeBuffer(
            "init_ker_map", shape: [1, count], values: Array(basis[middle * count..<(middle + 1) * count]))
    }

    /// The last of T rounds. Differentiable.
    ///
    /// - Parameter lr: N×3×h×w in 0…1.
    public func callAsFunction(_ lr: Tensor) throws(TorchError) -> Round {
        let code = try withoutGradients { () throws(TorchError) in
            var code = try firstCode(of: lr.shape[0])
            for _ in 1..<configuration.loops { code = try round(lr, code: code).code }
            return code
        }
        return try round(lr, code: code)
    }

    /// The code of a single point, N×c.
    func firstCode(of count: Int) throws(TorchError) -> Tensor { try firstCode.expanded(to: [count, configuration.components]) }

    /// One round from the code N×c.
    func round(_ lr: Tensor, code: Tensor) throws(TorchError) -> Round {
        let sr = try restored(lr, code: code)
        let estimate = try withReducedPrecision(usesReducedPrecision, on: lr.device) { () throws(TorchError) in
            try pair.estimated(sr.detached(), lr)
        }
        guard configuration.version == .v2 else { return Round(sr: sr, code: estimate, kernel: nil) }
        return Round(sr: sr, code: try self.code(estimate), kernel: estimate)
    }

    private func restored(_ lr: Tensor, code: Tensor) throws(TorchError) -> Tensor {
        let features = try withReducedPrecision(usesReducedPrecision, on: lr.device) { () throws(TorchError) in
            try pair.features(lr, code: code).to(.float32)
        }
        return try tail(upsampler(fusion(features)))
    }

    /// The codes N×c of kernels N×k², row by row.
    public func code(_ kernels: Tensor) throws(TorchError) -> Tensor {
        try kernels.matrixProduct(encoder.reshaped([-1, configuration.components]))
    }

    /// The kernels N×k² of a round, non-negative with sum one: in the first version what its codes stand for, which is
    /// little under a centred basis; see ``KernelPCA``.
    public func kernels(_ round: Round) throws(TorchError) -> Tensor {
        if let kernel = round.kernel { return kernel }
        let values = try round.code.matrixProduct(encoder.reshaped([-1, configuration.components]).permuted([1, 0])).relu()
        return try values / (values.sum([1], keepingDimensions: true) + 1e-12)
    }

    /// - Throws: `UpscalingError.scale` for another scale, `BlurKernelError`, `TorchError`, what `progress` throws.
    public func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> BlindResult {
        guard scale == configuration.scale else { throw UpscalingError.scale(scale, supported: scales) }
        let (image, kernel) = try withInference {
            let input = try lr.rgbTensor(device: parameters.device)
            var last = try round(input, code: firstCode)
            for i in 1..<configuration.loops {
                try progress(Double(i) / Double(configuration.loops))
                last = try round(input, code: last.code)
            }
            return (try Image(last.sr, grey: lr.channels == 1), try kernels(last).floats())
        }
        try progress(1)
        let side = configuration.kernelSize
        return BlindResult(
            image: configuration.shrinksBicubically && grid == .degradation ? image.movedFromResizerGrid(scale: scale) : image,
            kernel: try BlurKernel(height: side, width: side, values: kernel, normalize: true))
    }
}

extension DAN.Configuration: NetworkConfiguration {
    public static let system = "dan"
    public var name: String { version == .v1 ? "dan" : "dan-v2" }
    public var leastParameterCount: Int {
        let half = estimatorWidth / 2
        return 9 * width * width * 2 * groups * blocks + 9 * half * half * 2 * estimatorBlocks + kernelSize * kernelSize * components
    }
    public var usualScales: [Int] { [scale] }

    /// The number of rounds is not in a file: it is taken for the published 4.
    public init?(shapes: [String: [Int]]) {
        guard let step = shapes["Restorer.upscale.0.weight"], let basis = shapes["encoder"], step.count == 4, basis.count == 3,
            (1...1024).contains(step[1])
        else { return nil }
        func count(_ name: (Int) -> String) -> Int { (0...).first { shapes[name($0)] == nil } ?? 0 }
        let width = step[1]
        let isFirst = shapes["Restorer.head.weight"] != nil
        guard let half = shapes[isFirst ? "Estimator.head_LR.weight" : "Estimator.head_LR.0.weight"]?.first, half <= 1024
        else { return nil }
        self.init(
            version: isFirst ? .v1 : .v2,
            scale: shapes["Restorer.upscale.4.weight"] != nil ? 4 : step[0] == 9 * width ? 3 : 2, width: width,
            groups: isFirst ? 1 : count { "Restorer.body.\($0).body.0.body1.0.weight" },
            blocks: count { isFirst ? "Restorer.body.\($0).body.0.weight" : "Restorer.body.0.body.\($0).body1.0.weight" },
            estimatorWidth: 2 * half,
            estimatorBlocks: count { isFirst ? "Estimator.body.\($0).body.0.weight" : "Estimator.body.body.\($0).body1.0.weight" },
            components: basis[2], kernelSize: Int(Double(basis[1]).squareRoot()), shrinksBicubically: true)
    }

    public func check() throws(ConfigurationError) {
        try check("scale", scale, 2...4)
        try check("width", width, (version == .v1 ? 16 : 3)...1024)
        try check("number of groups", groups, 1...64)
        try check("number of blocks", blocks, 1...256)
        try check("estimator's width", estimatorWidth, (version == .v1 ? 32 : 2)...1024)
        try check("estimator's number of blocks", estimatorBlocks, 1...64)
        try check(kernelSize: kernelSize)
        try check("number of components", components, 1...kernelSize * kernelSize)
        try check("number of rounds", loops, 1...32)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try DAN(self, device: device) }
}
