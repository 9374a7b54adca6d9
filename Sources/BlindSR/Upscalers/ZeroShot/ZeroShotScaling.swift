import Pixels
import Torch

/// How a zero-shot system makes a smaller image of one, as the blur made the photo, and how it brings a small image back to size.
///
/// ZSSR calls the two images father and son. Images are N×3×H×W; a side n becomes ⌈n/s⌉.
public struct ZeroShotScaling {
    public let scale: Int
    public let grid: Bicubic.Grid
    /// For a correlation, both sides odd.
    let kernel: BlurKernel
    private let weights: Tensor

    /// - Parameters:
    ///   - kernel: The blur in true-convolution orientation.
    ///   - scale: The factor s.
    ///   - grid: On the degradation's grid pixels 0, s, 2s, … of the blurred image are kept. On a resizer's, as the authors have it, the
    ///     kernel's centre of mass is moved so that plain bicubic enlargement undoes the shift of the grid.
    ///   - device: Where the kernel lives.
    public init(kernel: BlurKernel, scale: Int, grid: Bicubic.Grid, device: Device = .cpu) throws(TorchError) {
        self.scale = scale
        self.grid = grid
        let turned = kernel.withOddSides.rotated180
        self.kernel = grid == .degradation ? turned : turned.movedToResizerGrid(scale: scale)
        weights = try Tensor(self.kernel.values, shape: [1, 1, self.kernel.height, self.kernel.width], device: device)
    }

    /// Blurred by the kernel, mirrored at the borders, and decimated.
    public func shrunk(_ x: Tensor) throws(TorchError) -> Tensor {
        let shape = x.shape
        let rows = kept(shape[2], side: kernel.height)
        let columns = kept(shape[3], side: kernel.width)
        let mirrored = try x.selected(2, rows.mirrored).selected(3, columns.mirrored)
        let planes = try mirrored.reshaped([shape[0] * shape[1], 1, rows.mirrored.count, columns.mirrored.count])
        if let (m, n) = rows.even.flatMap({ m in columns.even.map { (m, $0) } }) {
            return try planes.correlated(with: weights, stride: scale).reshaped([shape[0], shape[1], m, n])
        }
        return try planes.correlated(with: weights).selected(2, rows.indices).selected(3, columns.indices)
            .reshaped([shape[0], shape[1], rows.indices.count, columns.indices.count])
    }

    /// A side's samples that are kept, its mirrored continuation, and how many are kept where they lie `scale` apart.
    private func kept(_ count: Int, side: Int) -> (indices: [Int], mirrored: [Int], even: Int?) {
        let number = (count + scale - 1) / scale
        // The authors spread the samples evenly from the first to the last but s − 1: on sides that s does not divide they drift.
        let indices =
            grid == .degradation || count % scale == 0
            ? (0..<number).map { $0 * scale }
            : (0..<number).map {
                Int((Double($0) * Double(count - scale) / Double(max(number - 1, 1))).rounded(.toNearestOrEven))
            }
        let radius = side / 2
        let mirrored = (-radius..<count + radius).map { position in
            let rest = ((position % (2 * count)) + 2 * count) % (2 * count)
            return rest < count ? rest : 2 * count - 1 - rest
        }
        let isEven = indices.enumerated().allSatisfy { $0.element == $0.offset * scale }
        return (indices, mirrored, isEven ? number : nil)
    }

    /// Cubic enlargement by the scale to a given size, which may be a little less than `scale` times that of `x`.
    public func enlarged(_ x: Tensor, height: Int, width: Int) throws(TorchError) -> Tensor {
        try x.resampled(rows: axis(x.shape[2], to: height), columns: axis(x.shape[3], to: width))
    }

    private func axis(_ count: Int, to target: Int) -> ResampledAxis {
        let scale = Double(scale)
        return switch grid {
        case .degradation: ResampledAxis(from: count, to: target, kernelScale: 1) { Double($0) / scale }
        // Their resizing has no mirror image before the first sample.
        case .resizer:
            ResampledAxis(from: count, to: target, kernelScale: 1, mirrorsStart: false) { (Double($0) + 0.5) / scale - 0.5 }
        }
    }

    /// Back-projection: what `sr` lacks to become `lr` when shrunk is enlarged and added; in 0…1.
    public func backProjected(_ sr: Tensor, _ lr: Tensor) throws(TorchError) -> Tensor {
        let shape = sr.shape
        return try (sr + enlarged(lr - shrunk(sr), height: shape[2], width: shape[3])).clamped(to: 0...1)
    }
}

extension BlurKernel {
    /// For a correlation: with a margin, and with the centre of mass at n/2 + (s − n mod 2)/2 of the old canvas (whole division), where the
    /// first sample that is kept corresponds to the middle of the first s×s pixels.
    func movedToResizerGrid(scale: Int) -> BlurKernel {
        let centre = centreOfMass
        func wanted(_ side: Int) -> Double { Double(side / 2) + 0.5 * Double(scale - side % 2) }
        let (rows, columns) = (wanted(height) - centre.row, wanted(width) - centre.column)
        return padded(by: Int(max(abs(rows), abs(columns)).rounded(.up)) + 1).shifted(rows: rows, columns: columns)
    }
}

extension Tensor {
    /// N×C×H×W resampled along both axes.
    func resampled(rows: ResampledAxis, columns: ResampledAxis) throws(TorchError) -> Tensor {
        let left = try Tensor(rows.matrix, shape: [rows.count, rows.inputCount], device: device)
        let right = try Tensor(columns.matrix, shape: [columns.count, columns.inputCount], device: device)
        return try left.matrixProduct(self).matrixProduct(right.permuted([1, 0]))
    }
}
