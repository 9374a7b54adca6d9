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
        public var schedule: Schedule

        /// The paper's: Adam from 1e-2, a tenth of it every 2·10⁵ steps, batch 64 of 96×96, 6·10⁵ steps.
        public static func paper(scale: Int) -> Recipe {
            Recipe(
                scale: scale, width: 64, side: 96, loss: .attention, kernels: KernelDistribution(), varied: false,
                schedule: Schedule(
                    steps: 600_000, batch: 64, learningRate: .steps(start: 1e-2, factor: 0.1, interval: 200_000), gradientNorm: nil))
        }

        /// Ours: the same network, loss and kernels; warm-up, cosine decay, clipping, and photos that vary in sharpness.
        public static func improved(scale: Int) -> Recipe {
            Recipe(
                scale: scale, width: 64, side: 96, loss: .attention, kernels: KernelDistribution(), varied: true,
                schedule: Schedule(steps: 100_000, batch: 64, learningRate: .cosine(peak: 1e-3, warmUp: 500, floor: 0.01)))
        }
    }

    public let recipe: Recipe
    public let score = "kernelPSNR"
    private let network: KENet
    private let twin: KENet
    private let crops: CropSource
    private let validationSet: ValidationSet
    private let device: Device

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        self.device = device
        let size = BlurKernel.defaultSize(scale: recipe.scale)
        let configuration = KENet.Configuration(width: recipe.width, kernelSize: size)
        network = try KENet(configuration, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        twin = try KENet(configuration, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        crops = try CropSource(
            pack, \.training, side: (recipe.side - 1) * recipe.scale + size, variation: recipe.varied ? PhotoVariation() : nil)
        validationSet = try ValidationSet(recipe: recipe, kernelSize: size, pack: pack, device: device)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws {
            [
                "system": "kenet", "name": "kenet-x\(recipe.scale)", "scales": "[\(recipe.scale)]",
                "configuration": try canonicalJSON(network.configuration),
            ]
        }
    }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let sample = try withoutGradients { try Sample(range, recipe, crops, kernelSize: network.configuration.kernelSize, device: device) }
        return try recipe.loss(network(sample.lr), true: sample.kernels) { (kernels) throws(TorchError) in
            try blurredWithoutBorder(sample.hr, kernels: kernels, scale: recipe.scale) - sample.lr
        }
    }

    public func validate() throws -> [String: Double] { try validationSet.scores(of: twin) }
}

/// A batch of what KENet is trained on.
private struct Sample {
    let hr: Tensor
    let lr: Tensor
    let kernels: Tensor

    init(_ range: Range<Int>, _ recipe: KENetTask.Recipe, _ crops: CropSource, kernelSize: Int, device: Device) throws(TorchError) {
        var random = range.map { CounterRandom(seed: recipe.schedule.seed, index: UInt64($0)) }
        let values = random.indices.flatMap { recipe.kernels.sample(using: &random[$0]).kernel(size: kernelSize).values }
        kernels = try Tensor(values, shape: [random.count, kernelSize, kernelSize], device: device)
        hr = try crops.batch(&random, device: device)
        lr = try blurredWithoutBorder(hr, kernels: kernels, scale: recipe.scale).roundedTo8Bit()
    }
}

/// Fixed crops of the validation photos under fixed kernels, never varied.
private struct ValidationSet {
    let batches: [Sample]

    init(recipe: KENetTask.Recipe, kernelSize: Int, pack: TrainingPack, device: Device) throws {
        var fixed = recipe
        fixed.schedule.seed = 0x5eed
        let crops = try CropSource(pack, \.validation, side: (96 - 1) * recipe.scale + kernelSize)
        batches = try (0..<8).map { try Sample($0 * 16..<($0 + 1) * 16, fixed, crops, kernelSize: kernelSize, device: device) }
    }

    func scores(of network: KENet) throws -> [String: Double] {
        var errors: [Double] = []
        for batch in batches {
            errors += try withInference { try (network(batch.lr) - batch.kernels).squared().mean([1, 2]).elements() }
        }
        let scores = errors.map { -10 * log10($0) }.sorted()
        let tenth = scores.prefix(max(1, scores.count / 10))
        return [
            "kernelPSNR": scores.reduce(0, +) / Double(scores.count), "median": scores[scores.count / 2],
            "worstTenth": tenth.reduce(0, +) / Double(tenth.count),
        ]
    }
}
