import BlindSR
import NeuralNetworks
import Torch

/// Training of RCAN on photos that were shrunk by bicubic interpolation, as in its paper. The loss is the mean absolute error.
public final class RCANTask: TrainingTask {
    /// What the network is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: RCAN.Configuration
        /// Side of the HR crops, a multiple of the scale.
        public var side: Int
        public var schedule: Schedule

        /// Crops of 48×48 LR pixels, as published; fewer of them at a time, with a higher rate that falls along a cosine.
        public static func standard(_ network: RCAN.Configuration) -> Recipe {
            let isNarrow = network == .narrow(scale: network.scale)
            return Recipe(
                network: network, side: 48 * network.scale,
                schedule: Schedule(
                    steps: isNarrow ? 4000 : 500_000, batch: isNarrow ? 8 : 16,
                    learningRate: .cosine(peak: isNarrow ? 1e-3 : 1e-4, warmUp: 100, floor: 0.01), gradientNorm: 0.05))
        }
    }

    public let recipe: Recipe
    private let network: RCAN
    private let twin: RCAN
    private let source: BicubicSource
    private let validation: (hr: Tensor, lr: Tensor)

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        let (scale, seed) = (recipe.network.scale, recipe.schedule.seed)
        network = try RCAN(recipe.network, seed: seed, device: device)
        twin = try RCAN(recipe.network, seed: seed, device: device)
        source = try BicubicSource(pack, \.training, side: recipe.side, margin: 4, scale: scale, seed: seed, device: device)
        validation = try BicubicSource(pack, \.validation, side: 192, margin: 0, scale: scale, seed: 0x5eed, device: device).batch(0..<8)
        try network.parameters.startAsIdentity(
            [("head.0", 1, 1)] + Parameters.shuffleSteps("tail.0", scale: scale) + [("tail.1", 1, 1)])
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: [recipe.network.scale]) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let (hr, lr) = try withoutGradients { () throws(TorchError) in try source.batch(range) }
        return try (network(lr) - hr).abs().mean()
    }

    /// PSNR-Y of the 8-bit result on 8 crops of 192×192, shrunk by bicubic interpolation.
    public func validate() throws -> [String: Double] {
        ["psnrY": try meanPSNRY(withInference { () throws(TorchError) in try twin(validation.lr) }, validation.hr)]
    }
}
