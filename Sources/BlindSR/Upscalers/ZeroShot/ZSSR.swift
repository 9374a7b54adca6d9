import Foundation
import NeuralNetworks
import Pixels
import Torch

/// "Zero-shot" super-resolution (Shocher, Cohen, Irani, CVPR 2018): a small network that learns from the photo alone.
///
/// The photo's own parts are shrunk with its blur kernel, and the network learns to undo that. Then it enlarges the photo itself, turned and
/// flipped in every way that leaves the blur the same (geometric self-ensemble, median), and back-projection makes the result agree with the photo.
/// Constants are those of the authors' program for a given kernel. It takes minutes for a photo on a CPU.
public final class ZSSR: NonBlindUpscaler {
    public let scales = [2, 3, 4]
    public let mayBeTiled = false
    private let grid: Bicubic.Grid
    private let iterations: Int
    private let seed: UInt64
    private let device: Device

    /// Longest side in LR pixels of the part of a photo whose reconstruction decides on the learning rate.
    private static let largestReference = 256
    /// Back-projections of each result and of their median. With noise there are none, as it would be projected too.
    private static let backProjections = 2
    private static let noNoise = 0.5 / 255

    /// - Parameters:
    ///   - grid: On which the result lies. ``Bicubic/Grid/resizer`` is how the authors run it.
    ///   - iterations: Training steps at most; it stops by itself when the error no longer falls.
    ///   - seed: Of the first parameters and of the training parts.
    ///   - device: Where the network lives.
    public init(grid: Bicubic.Grid = .degradation, iterations: Int = 3000, seed: UInt64 = 0, device: Device = .cpu) {
        self.grid = grid
        self.iterations = iterations
        self.seed = seed
        self.device = device
    }

    /// New parameters: filters without bias, normal with variance 0.1/(fan in), O×I×3×3.
    static func newParameters(seed: UInt64, device: Device) throws(TorchError) -> Parameters {
        let parameters = Parameters(seed: seed, device: device)
        for i in 0..<ZeroShotNetwork.depth {
            let (inputs, outputs) = ZeroShotNetwork.channels(i)
            _ = try (parameters / "filter_\(i)")
                .make("weight", shape: [outputs, inputs, 3, 3], deviation: (0.1 / Double(9 * inputs)).squareRoot())
        }
        return parameters
    }

    /// - Throws: ``UpscalingError/scale(_:supported:)``, `TorchError`, what `progress` throws.
    public func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        guard scales.contains(scale) else { throw UpscalingError.scale(scale, supported: scales) }
        let scaling = try ZeroShotScaling(kernel: kernel, scale: scale, grid: grid, device: device)
        let symmetries = DihedralElement.symmetries(of: kernel.withOddSides)
        let network = try trained(on: lr, scaling, symmetries: symmetries, noise: noise) { try progress(0.9 * $0) }
        func enlarge(_ tile: Image) throws -> Image {
            let result = try withInference { () throws(TorchError) in
                try enlarged(
                    tile.rgbTensor(device: device), by: network, scaling, symmetries: symmetries,
                    projections: noise > Self.noNoise ? 0 : Self.backProjections)
            }
            return try Image(result, grey: lr.channels == 1)
        }
        return try lr.enlargedInTiles(scale: scale, progress: { try progress(0.9 + 0.1 * $0) }, enlarge: enlarge)
    }

    private func trained(
        on lr: Image, _ scaling: ZeroShotScaling, symmetries: [DihedralElement], noise: Double, progress: ProgressHandler
    ) throws -> ZeroShotNetwork {
        let parameters = try Self.newParameters(seed: seed, device: device)
        try parameters.requireGradients()
        let network = ZeroShotNetwork(filters: parameters.tensors)
        let adam = try Adam(parameters)
        let fathers = FatherSource(try lr.rgbTensor(device: device), symmetries: symmetries)
        let (width, height) = (min(lr.width, Self.largestReference), min(lr.height, Self.largestReference))
        let reference = try lr.cropped(x: (lr.width - width) / 2, y: (lr.height - height) / 2, width: width, height: height)
            .rgbTensor(device: device)
        let referenceInput = try input(madeFrom: reference, scaling)

        var schedule = PlateauSchedule()
        for step in 0..<iterations {
            var random = CounterRandom(seed: seed, index: UInt64(step))
            let (father, blurred) = try withoutGradients { () throws(TorchError) in
                let father = try fathers.father(&random)
                return (father, try input(madeFrom: father, scaling, noise: noise, &random))
            }
            let loss = try withReducedPrecision(on: device) { () throws(TorchError) in try (network(blurred) - father).abs().mean() }
            try adam.step(loss.gradients(of: parameters.tensors), rate: schedule.rate)
            if step % PlateauSchedule.interval == 0 {
                let error = try withInference { () throws(TorchError) in
                    try (network(referenceInput).clamped(to: 0...1) - reference).squared().mean().item()
                }
                schedule.record(error, step: step)
            }
            schedule.update(after: step)
            if schedule.isFinished { break }
            try progress(max(Double(step + 1) / Double(iterations), Double(schedule.reductions) / 3))
        }
        return network
    }

    /// The son of a father, brought back to the father's size.
    private func input(madeFrom father: Tensor, _ scaling: ZeroShotScaling) throws(TorchError) -> Tensor {
        let shape = father.shape
        return try scaling.enlarged(scaling.shrunk(father).clamped(to: 0...1), height: shape[2], width: shape[3])
    }

    /// The same with noise in the son, so that the network learns not to enlarge it.
    private func input(
        madeFrom father: Tensor, _ scaling: ZeroShotScaling, noise: Double, _ random: inout CounterRandom
    ) throws(TorchError) -> Tensor {
        guard noise > 0 else { return try input(madeFrom: father, scaling) }
        let (shape, son) = (father.shape, try scaling.shrunk(father))
        let added = (0..<son.count).map { _ in Float(noise * random.normal()) }
        let noisy = try (son + Tensor(added, shape: son.shape, device: device)).clamped(to: 0...1)
        return try scaling.enlarged(noisy, height: shape[2], width: shape[3])
    }

    /// Self-ensemble and back-projection: 1×3×h×w → 1×3×(s·h)×(s·w) in 0…1.
    private func enlarged(
        _ lr: Tensor, by network: ZeroShotNetwork, _ scaling: ZeroShotScaling, symmetries: [DihedralElement], projections: Int
    ) throws(TorchError) -> Tensor {
        let interpolated = try scaling.enlarged(lr, height: lr.shape[2] * scaling.scale, width: lr.shape[3] * scaling.scale)
        func projected(_ sr: Tensor) throws(TorchError) -> Tensor {
            var result = sr
            for _ in 0..<projections { result = try scaling.backProjected(result, lr) }
            return result
        }
        let results = try symmetries.map { (element) throws(TorchError) in
            let turned = try withReducedPrecision(on: device) { () throws(TorchError) in try network(element.apply(to: interpolated)) }
            return try projected(element.inverse.apply(to: turned.clamped(to: 0...1)))
        }
        return try projected(.median(of: results))
    }
}
