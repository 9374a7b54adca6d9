import Foundation
import NeuralNetworks
import Pixels
import Torch

/// KernelGAN (Bell-Kligler, Shocher, Irani, NeurIPS 2019): the kernel under which the photo, shrunk by two, looks like the photo itself.
///
/// A generator shrinks crops of the photo, a discriminator tells its results from crops of the photo, and the generator's kernel is the estimate; at
/// ×4 it is that of two shrinkings. Steps and constants are those of the authors' program, which adds its noise to the photo for good and not to
/// crops alone; here it does not.
public final class KernelGAN: KernelEstimator {
    public let scales = [2, 4]
    public let smallestSide = KernelGANCrops.generatorSide
    private let iterations: Int
    private let seed: UInt64
    private let device: Device

    private static let firstRate = 2e-4
    /// Iterations after which the learning rate falls to a tenth.
    private static let rateInterval = 750
    /// Deviation of the noise in the crops and in the generator's results that the discriminator sees, in their own units.
    private static let noise = (crops: 2.0 / 255, results: 1.0 / 255)

    /// - Parameters:
    ///   - iterations: Steps of generator and discriminator; 0 for the kernel that it begins with.
    ///   - seed: Of the first parameters and of the crops.
    ///   - device: Where the network lives.
    public init(iterations: Int = 3000, seed: UInt64 = 0, device: Device = .cpu) {
        self.iterations = iterations
        self.seed = seed
        self.device = device
    }

    /// - Throws: ``EstimationError`` for another scale or a photo smaller than 64×64, `TorchError`, what `progress` throws.
    public func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate {
        try check(lr, scale: scale)
        let side = KernelGANGenerator.kernelSize
        let learned = BlurKernel(height: side, width: side, unchecked: try learn(lr, progress: progress))
        let filtered = learned.withoutNegligibleValues()
        let kernel = scale == 2 ? filtered : filtered.movedToResizerGrid(scale: 2).analyticForTwiceTheScale()
        return KernelEstimate(kernel: try BlurKernel(kernelGAN: kernel, size: BlurKernel.defaultSize(scale: scale)))
    }

    /// The generator's kernel, row by row.
    private func learn(_ lr: Image, progress: ProgressHandler) throws -> [Float] {
        let generator = try KernelGANGenerator(seed: seed, device: device)
        let discriminator = try KernelGANDiscriminator(seed: seed &+ 1, device: device)
        for parameters in [generator.parameters, discriminator.parameters] { try parameters.requireGradients() }
        let optimisers = (
            generator: try Adam(generator.parameters, beta1: 0.5), discriminator: try Adam(discriminator.parameters, beta1: 0.5)
        )
        var regularisers = try KernelGANRegularisers(device: device)
        let crops = KernelGANCrops(lr)

        for iteration in 0..<iterations {
            var random = CounterRandom(seed: seed, index: UInt64(iteration))
            let drawn = crops.draw(&random)
            let crop = try drawn.generator.rgbTensor(device: device) * 2 - 1
            let real = try drawn.discriminator.rgbTensor(device: device) * 2 - 1 + normal(Self.noise.crops, &random)
            let rate = Self.firstRate * pow(10, -Double(max(iteration - 1, 0) / Self.rateInterval))

            let losses = try Self.generatorLosses(generator, discriminator, crop: crop, regularisers)
            try optimisers.generator.step(losses.total.gradients(of: generator.parameters.tensors), rate: rate)

            let fake = try withoutGradients { () throws(TorchError) in
                try KernelGANGenerator.shrunk(crop, kernel: generator.kernel()) + normal(Self.noise.results, &random)
            }
            let judged = try (real: discriminator(real, training: true), fake: discriminator(fake, training: true))
            let mistaken = try (judged.fake.mean() - judged.real.mean() + 1) / 2
            try optimisers.discriminator.step(mistaken.gradients(of: discriminator.parameters.tensors), rate: rate)

            regularisers.update(after: iteration, bicubicLoss: try losses.bicubic.item())
            try progress(Double(iteration + 1) / Double(iterations))
        }
        return try withInference { () throws(TorchError) in try generator.kernel().floats() }
    }

    /// What the generator is to make smaller on one crop, 1×3×64×64 in −1…1; a pass of the discriminator in training.
    static func generatorLosses(
        _ generator: KernelGANGenerator, _ discriminator: KernelGANDiscriminator, crop: Tensor, _ regularisers: KernelGANRegularisers
    ) throws(TorchError) -> (total: Tensor, adversarial: Tensor, bicubic: Tensor) {
        let kernel = try generator.kernel()
        let result = try KernelGANGenerator.shrunk(crop, kernel: kernel)
        // The discriminator says 1 where it takes the result for a part of the photo.
        let adversarial = try (-discriminator(result, training: true) + 1).abs().mean()
        let bicubic = try KernelGANRegularisers.bicubicLoss(result, crop: crop)
        return (try adversarial + regularisers(kernel, bicubicLoss: bicubic), adversarial, bicubic)
    }

    private func normal(_ deviation: Double, _ random: inout CounterRandom) throws(TorchError) -> Tensor {
        let side = KernelGANCrops.discriminatorSide
        return try Tensor(
            (0..<3 * side * side).map { _ in Float(deviation * random.normal()) }, shape: [1, 3, side, side], device: device)
    }
}
