import Foundation
import Torch

/// What KernelGAN asks of its kernel beside deceiving the discriminator (§4.1 of its paper): five losses and how their weights change.
struct KernelGANRegularisers {
    var bicubic = 5.0
    let sumToOne = 0.5
    let boundaries = 0.5
    private(set) var centralized = 0.0
    private(set) var sparse = 0.0
    /// Results in a row that were near enough to bicubic shrinking; after the third the weights begin to change.
    private var nearBicubic = 0

    private let mask: Tensor
    private let indices: Tensor

    init(device: Device) throws(TorchError) {
        let size = KernelGANGenerator.kernelSize
        mask = try Tensor(Self.boundaryMask, shape: [1, 1, size, size], device: device)
        indices = try Tensor((0..<size).map(Float.init), shape: [size], device: device)
    }

    /// 13×13: 0 in the middle, towards the border 30 times one minus a Gaussian of σ = 13.
    static var boundaryMask: [Float] {
        let size = KernelGANGenerator.kernelSize
        let margin = (size - (size / 2 + size % 2)) / 2 - 1
        let inside = margin..<size - margin
        func square(_ i: Int) -> Double { Double((i - size / 2) * (i - size / 2)) / Double(2 * size * size) }
        return (0..<size).flatMap { y in
            (0..<size).map { x in inside.contains(x) && inside.contains(y) ? 0 : Float(30 * (1 - exp(-square(x) - square(y)))) }
        }
    }

    /// The shrinking by two that the generator must resemble at first: the bicubic kernel of 8×8.
    static func bicubicKernel(device: Device) throws(TorchError) -> Tensor {
        let line: [Double] = [-3, -9, 29, 111, 111, 29, -9, -3].map { $0 / 256 }
        return try Tensor(line.flatMap { a in line.map { Float(a * $0) } }, shape: [1, 1, 8, 8], device: device)
    }

    /// What the generator's result on `crop` is compared with, 1×3×h×w: each plane is the **sum** of the three shrunken colours, as the authors
    /// give one kernel to all pairs of planes.
    static func bicubicTarget(_ crop: Tensor, side: Int) throws(TorchError) -> Tensor {
        let sum = try crop.sum([1], keepingDimensions: true)
        let shrunk = try sum.correlated(with: bicubicKernel(device: crop.device), stride: KernelGANGenerator.scale, padding: 3)
        let margin = (shrunk.shape[2] - side) / 2
        return try shrunk.slice(2, margin..<margin + side).slice(3, margin..<margin + side).expanded(to: [1, 3, side, side])
    }

    static func bicubicLoss(_ result: Tensor, crop: Tensor) throws(TorchError) -> Tensor {
        try (result - bicubicTarget(crop, side: result.shape[2])).squared().mean()
    }

    static func sumToOneLoss(_ kernel: Tensor) throws(TorchError) -> Tensor { try (-kernel.sum() + 1).abs() }

    func boundariesLoss(_ kernel: Tensor) throws(TorchError) -> Tensor { try (kernel * mask).abs().mean() }

    /// Mean squared distance of the centre of mass, row and column, from n/2 + (2 − n mod 2)/2.
    func centralizedLoss(_ kernel: Tensor) throws(TorchError) -> Tensor {
        let size = KernelGANGenerator.kernelSize
        let wanted = Double(size / 2) + 0.5 * Double(2 - size % 2)
        let (plane, sum) = (try kernel.reshaped([size, size]), try kernel.sum())
        let row = try (plane.sum([1]) * indices).sum() / sum - wanted
        let column = try (plane.sum([0]) * indices).sum() / sum - wanted
        return try (row.squared() + column.squared()) / 2
    }

    static func sparsityLoss(_ kernel: Tensor) throws(TorchError) -> Tensor { try kernel.abs().power(0.2).mean() }

    /// The weighted sum for a kernel 1×1×13×13.
    ///
    /// - Parameter bicubicLoss: As of ``bicubicLoss(_:crop:)``.
    func callAsFunction(_ kernel: Tensor, bicubicLoss: Tensor) throws(TorchError) -> Tensor {
        var sum = try bicubicLoss * bicubic + Self.sumToOneLoss(kernel) * sumToOne + boundariesLoss(kernel) * boundaries
        if centralized > 0 { sum = try sum + centralizedLoss(kernel) * centralized }
        if sparse > 0 { sum = try sum + Self.sparsityLoss(kernel) * sparse }
        return sum
    }

    /// To be called after each iteration, counted from 0: every 200 the bicubic loss loses weight, and once it has little, the last two come in.
    mutating func update(after iteration: Int, bicubicLoss: Double) {
        guard iteration > 0 else { return }
        if nearBicubic < 3 {
            nearBicubic = bicubicLoss < 0.4 ? nearBicubic + 1 : 0
        } else if iteration % 200 == 0, bicubic > 5e-6 {
            bicubic = max(bicubic / 100, 5e-6)
            if bicubic < 5e-3 { (centralized, sparse) = (1, 5) }
        }
    }
}
