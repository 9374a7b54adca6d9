import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// Training of KENet (paper §2.2 and §3.1): HR crops are blurred without a border, decimated and rounded to 8 bit.
public final class KENetTask: TrainingTask {
    /// What KENet is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var scale: Int
        /// Channels of the first stage.
        public var width: Int
        /// Side of the LR crops.
        public var side: Int
        public var loss: KernelLoss
        public var kernels: KernelDistribution
        /// Whether HR crops are shrunk and sharpened at random before the blur.
        public var varied: Bool
        /// Whether the network works in reduced precision where that is faster; several processes then differ from one by its rounding.
        public var reducedPrecision: Bool
        public var schedule: Schedule

        /// The paper's: Adam from 1e-2, a tenth of it every 2·10⁵ steps, batch 64 of 96×96, 6·10⁵ steps.
        public static func paper(scale: Int) -> Recipe {
            Recipe(
                scale: scale, width: 64, side: 96, loss: .attention, kernels: KernelDistribution(), varied: false, reducedPrecision: false,
                schedule: Schedule(
                    steps: 600_000, batch: 64, learningRate: .steps(start: 1e-2, factor: 0.1, interval: 200_000), gradientNorm: nil))
        }

        /// Ours: the same network, loss and kernels; warm-up, cosine decay, clipping, and photos that vary in sharpness.
        public static func improved(scale: Int) -> Recipe {
            Recipe(
                scale: scale, width: 64, side: 96, loss: .attention, kernels: KernelDistribution(), varied: true, reducedPrecision: true,
                schedule: Schedule(steps: 100_000, batch: 64, learningRate: .cosine(peak: 1e-3, warmUp: 500, floor: 0.01)))
        }
    }

    public let recipe: Recipe
    private let network: KENet
    private let twin: KENet
    private let source: KernelSource
    private let validation: KernelValidation

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        let configuration = KENet.Configuration(width: recipe.width, kernelSize: BlurKernel.defaultSize(scale: recipe.scale))
        network = try KENet(configuration, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        network.usesReducedPrecision = recipe.reducedPrecision
        twin = try KENet(configuration, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        let crops = try CropSource(
            pack, \.training, side: KernelSource.cropSide(lr: recipe.side, scale: recipe.scale),
            variation: recipe.varied ? .sharpness : nil)
        source = KernelSource(crops: crops, distribution: recipe.kernels, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        validation = try KernelValidation(recipe.kernels, scale: recipe.scale, pack: pack, device: device)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws {
            try network.configuration.metadata(scales: [recipe.scale], variant: recipe.loss == .attention ? "" : "-\(recipe.loss.rawValue)")
        }
    }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let sample = try withoutGradients { try source.batch(range) }
        return try recipe.loss(network(sample.lr), true: sample.kernels) { (kernels) throws(TorchError) in
            try blurredWithoutBorder(sample.hr, kernels: kernels, scale: recipe.scale) - sample.lr
        }
    }

    public func validate() throws -> [String: Double] {
        KernelValidation.summary(try validation.psnr { (sample) throws(TorchError) in try twin(sample.lr) })
    }
}
