import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// Training of both networks of a DAN at once. The loss is that of its authors: the mean absolute errors of the last round's image and of
/// its code, in the second version of its kernel. Neither network hears of the other's error.
public final class DANTask: TrainingTask {
    /// What the networks are shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: DAN.Configuration
        /// Side of the LR crops.
        public var side: Int
        public var kernels: KernelDistribution
        public var schedule: Schedule

        /// Crops of 48×48 LR pixels under the paper's kernels.
        public static func standard(_ network: DAN.Configuration) -> Recipe {
            Recipe(
                network: network, side: 48, kernels: KernelDistribution(),
                schedule: Schedule(
                    steps: 2000, batch: 8, learningRate: .cosine(peak: 1e-3, warmUp: 100, floor: 0.01), gradientNorm: 0.1))
        }
    }

    public let recipe: Recipe
    private let network: DAN
    private let twin: DAN
    private let source: BlurredSource
    private let validation: RestorationValidation

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        let (configuration, seed) = (recipe.network, recipe.schedule.seed)
        let scale = configuration.scale
        precondition(!configuration.shrinksBicubically && configuration.kernelSize == recipe.kernels.size(scale: scale))
        let pca = try KernelPCA(of: recipe.kernels, scale: scale, count: configuration.components, byColumns: false)
        network = try DAN(configuration, pca: pca, seed: seed, device: device)
        twin = try DAN(configuration, pca: pca, seed: seed, device: device)
        source = try BlurredSource(pack, side: recipe.side, kernels: recipe.kernels, scale: scale, seed: seed, device: device)
        validation = try RestorationValidation(recipe.kernels, scales: [scale], pack: pack, device: device)
        // Each group of the second version doubles what it is given.
        let isFirst = configuration.version == .v1
        let gain = isFirst ? 1 : pow(0.5, Double(configuration.groups))
        try network.parameters.startAsIdentity(
            [("Restorer.\(isFirst ? "head" : "head1")", 1, 1), ("Restorer.fusion", 1, gain)]
                + Parameters.shuffleSteps("Restorer.upscale", scale: scale) + [("Restorer.upscale.\(scale == 4 ? 4 : 2)", 1, 1)])
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: [recipe.network.scale]) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let (hr, lr, kernels) = try withoutGradients { () throws(TorchError) in try source.batch(range) }
        let last = try network(lr)
        let truth = try kernels.reshaped([range.count, -1])
        let estimate = try last.kernel.map { (kernel) throws(TorchError) in try kernel - truth } ?? last.code - network.code(truth)
        return try (last.sr - hr).abs().mean() + estimate.abs().mean()
    }

    /// PSNR-Y of the 8-bit result on 8 crops of 192×192 under a circular border, and the mean kernel PSNR there.
    public func validate() throws -> [String: Double] {
        var kernelPSNR: [Double] = []
        var scores = try validation.scores { (sample, _) throws(TorchError) in
            let last = try twin(sample.lr)
            let kernels = try twin.kernels(last)
            let errors: [Double] = try (kernels - sample.kernels.reshaped([kernels.shape[0], -1])).squared().mean([1]).elements()
            kernelPSNR += errors.map { -10 * log10($0) }
            return last.sr
        }
        scores["kernelPSNR"] = kernelPSNR.reduce(0, +) / Double(kernelPSNR.count)
        return scores
    }
}
