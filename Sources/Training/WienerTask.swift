import BlindSR
import NeuralNetworks
import Torch

/// Training of the Wiener network for one scale with the true kernel. The loss is the mean absolute error.
public final class WienerTask: TrainingTask {
    /// What the network is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: WienerNet.Configuration
        /// Side of the HR crops, a multiple of the scale.
        public var side: Int
        public var kernels: KernelDistribution
        public var schedule: Schedule

        /// The recipe of the weights that ship: as many HR pixels in a step at every scale, crops of about 64 LR pixels.
        public static func standard(_ network: WienerNet.Configuration) -> Recipe {
            let side = [96, 128, 144, 192][network.scale - 1]
            var schedule = Schedule(
                steps: 20_000, batch: 8, learningRate: .cosine(peak: 3e-3, warmUp: 100, floor: 0.01), gradientNorm: 0.5)
            schedule.muon = true
            return Recipe(network: network, side: side, kernels: KernelDistribution(), schedule: schedule)
        }
    }

    public let recipe: Recipe
    public let score = "psnrY"
    private let network: WienerNet
    private let twin: WienerNet
    private let crops: CropSource
    private let validation: RestorationValidation
    private let device: Device

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        self.device = device
        network = try WienerNet(recipe.network, seed: recipe.schedule.seed, device: device)
        twin = try WienerNet(recipe.network, seed: recipe.schedule.seed, device: device)
        crops = try CropSource(pack, \.training, side: recipe.side)
        validation = try RestorationValidation(recipe.kernels, scales: [recipe.network.scale], pack: pack, device: device)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws {
            let scale = recipe.network.scale
            let size = recipe.network == .fast(scale: scale) ? "wiener" : "wiener-best"
            return [
                "system": "wiener", "name": "\(size)-x\(scale)", "scales": "[\(scale)]",
                "configuration": try canonicalJSON(recipe.network),
            ]
        }
    }

    public func isMatrix(_ name: String) -> Bool {
        name.hasPrefix("blocks.") && (name.hasSuffix(".first.weight") || name.hasSuffix(".second.weight"))
    }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let sample = try withoutGradients {
            try RestorationSample(
                range, crops, recipe.kernels, scale: recipe.network.scale, noise: 0, seed: recipe.schedule.seed, device: device)
        }
        return try (network(sample.lr, conditions(sample)) - sample.hr).abs().mean()
    }

    /// PSNR-Y of the 8-bit result with the true kernel, 8 crops of 192×192.
    public func validate() throws -> [String: Double] {
        try validation.scores { (sample, _) throws(TorchError) in try twin(sample.lr, conditions(sample)) }
    }

    private func conditions(_ sample: RestorationSample) throws(TorchError) -> WienerNet.Conditions {
        let count = sample.hr.shape[0]
        return WienerNet.Conditions(
            kernel: sample.kernels, sigma: try sample.sigma.reshaped([count, 1]),
            confidence: try .full(WienerNet.certain, shape: [count, 1], device: device))
    }
}
