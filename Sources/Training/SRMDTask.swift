import BlindSR
import NeuralNetworks
import Torch

/// Training of SRMD with true kernels and known noise. The loss is the mean absolute error.
public final class SRMDTask: TrainingTask {
    /// What the network is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: SRMD.Configuration
        /// Side of the LR crops.
        public var side: Int
        public var kernels: KernelDistribution
        /// Largest noise, σ in 0…255 units; half of the samples have none, the others up to this much.
        public var noise: Double
        public var schedule: Schedule

        /// Crops of 48×48 LR pixels under the paper's kernels.
        public static func standard(_ network: SRMD.Configuration) -> Recipe {
            Recipe(
                network: network, side: 48, kernels: KernelDistribution(), noise: 10,
                schedule: Schedule(
                    steps: 9000, batch: 8, learningRate: .cosine(peak: 1e-3, warmUp: 100, floor: 0.01), gradientNorm: 0.05))
        }
    }

    public let recipe: Recipe
    private let network: SRMD
    private let twin: SRMD
    private let source: BlurredSource
    private let validation: RestorationValidation
    private let device: Device

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        self.device = device
        let (configuration, seed) = (recipe.network, recipe.schedule.seed)
        let scale = configuration.scale
        precondition(!configuration.shrinksBicubically && configuration.kernelSize == recipe.kernels.size(scale: scale))
        let pca = try KernelPCA(of: recipe.kernels, scale: scale, count: configuration.components, byColumns: true)
        network = try SRMD(configuration, pca: pca, seed: seed, device: device)
        twin = try SRMD(configuration, pca: pca, seed: seed, device: device)
        source = try BlurredSource(pack, side: recipe.side, kernels: recipe.kernels, scale: scale, seed: seed, device: device)
        validation = try RestorationValidation(recipe.kernels, scales: [scale], pack: pack, device: device)
        try network.parameters.startAsIdentity(
            (0..<configuration.layers).map { ("model.\(2 * $0)", $0 == configuration.layers - 1 ? scale * scale : 1, 1) })
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: [recipe.network.scale]) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let (hr, lr, kernels, sigma) = try withoutGradients { () throws(TorchError) in
            let (hr, clean, kernels) = try source.batch(range)
            let (lr, sigma) = try noisy(clean, range)
            return (hr, lr, try kernels.reshaped([range.count, 1, kernels.shape[1], kernels.shape[2]]), sigma)
        }
        return try (network(lr, kernel: kernels, sigma: sigma) - hr).abs().mean()
    }

    /// PSNR-Y of the 8-bit result with the true kernel, without noise, on 8 crops of 192×192 under a circular border.
    public func validate() throws -> [String: Double] {
        try validation.scores { (sample, _) throws(TorchError) in try twin(sample.lr, kernel: sample.kernels, sigma: sample.sigma) }
    }

    /// Noise on half of the samples and 8 bit again, with σ as N×1×1×1.
    private func noisy(_ lr: Tensor, _ range: Range<Int>) throws(TorchError) -> (lr: Tensor, sigma: Tensor) {
        let plane = lr.count / range.count
        var sigmas = [Float](repeating: 0, count: range.count)
        var added = [Float](repeating: 0, count: lr.count)
        for (i, index) in range.enumerated() {
            var random = CounterRandom(seed: recipe.schedule.seed, index: UInt64(index), stream: 1)
            guard random.uniform() < 0.5 else { continue }
            sigmas[i] = Float(random.uniform() * recipe.noise / 255)
            for j in 0..<plane { added[i * plane + j] = sigmas[i] * Float(random.normal()) }
        }
        let sigma = try Tensor(sigmas, shape: [range.count, 1, 1, 1], device: device)
        return (try (lr + Tensor(added, shape: lr.shape, device: device)).roundedTo8Bit(), sigma)
    }
}
