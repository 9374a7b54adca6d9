import BlindSR
import NeuralNetworks
import Torch

/// Training of the spectral estimator: as KENet's, with the attention loss, and photos that vary in sharpness, contrast, compression and grain.
public final class SpectrumTask: TrainingTask {
    /// What the estimator is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var scale: Int
        public var network: SpectralEstimator.Configuration
        /// Side of the LR crops.
        public var side: Int
        public var kernels: KernelDistribution
        /// Consecutive samples that share a photo; a batch is a multiple of it.
        public var kernelsPerCrop: Int
        public var schedule: Schedule

        /// The recipe of the weights that ship: crops of 6×6 tiles, four kernels for each.
        public static func standard(scale: Int) -> Recipe {
            let network = SpectralEstimator.Configuration.standard(scale: scale)
            return Recipe(
                scale: scale, network: network, side: network.tile * 7 / 2, kernels: KernelDistribution(), kernelsPerCrop: 4,
                schedule: Schedule(steps: 20_000, batch: 32, learningRate: .cosine(peak: 1e-3, warmUp: 200, floor: 0.01)))
        }
    }

    public let recipe: Recipe
    public let score = "kernelPSNR"
    private let network: SpectralEstimator
    private let twin: SpectralEstimator
    private let source: KernelSource
    private let validation: KernelValidation

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        precondition(recipe.schedule.batch % recipe.kernelsPerCrop == 0, "a batch holds whole groups of samples")
        self.recipe = recipe
        network = try SpectralEstimator(recipe.network, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        twin = try SpectralEstimator(recipe.network, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        let crops = try CropSource(
            pack, \.training, side: KernelSource.cropSide(lr: recipe.side, scale: recipe.scale), variation: .thorough)
        source = KernelSource(
            crops: crops, distribution: recipe.kernels, scale: recipe.scale, seed: recipe.schedule.seed,
            kernelsPerCrop: recipe.kernelsPerCrop,
            device: device)
        validation = try KernelValidation(recipe.kernels, scale: recipe.scale, pack: pack, device: device)
        try network.standardize(over: source.batch(0..<64 * recipe.kernelsPerCrop).lr)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws {
            [
                "system": "spectrum", "name": "spectrum-x\(recipe.scale)", "scales": "[\(recipe.scale)]",
                "configuration": try canonicalJSON(network.configuration),
            ]
        }
    }

    /// The attention loss of the kernels, and the error of the predicted kernel PSNR, which reaches the confidence head alone.
    public func loss(_ range: Range<Int>) throws -> Tensor {
        let sample = try withoutGradients { try source.batch(range) }
        let prediction = try network(sample.lr)
        let psnr = try (prediction.kernels.detached() - sample.kernels).squared().mean([1, 2]).decibels()
        let misjudged = try (prediction.confidence - psnr).abs().mean()
        return try attentionLoss(prediction.kernels, true: sample.kernels) + misjudged * 1e-3
    }

    /// Beside the kernel PSNR: the mean absolute error of its prediction, in dB.
    public func validate() throws -> [String: Double] {
        var expected: [Double] = []
        let psnr = try validation.psnr { (lr) throws(TorchError) in
            let prediction = try twin(lr)
            expected += try prediction.confidence.elements()
            return prediction.kernels
        }
        var scores = KernelValidation.summary(psnr)
        scores["misjudged"] = zip(expected, psnr).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(psnr.count)
        return scores
    }
}

extension Tensor {
    /// Mean squared errors as PSNR in dB with peak 1.
    fileprivate func decibels() throws(TorchError) -> Tensor { try log() * (-10 / 2.302_585_092_994_046) }
}
