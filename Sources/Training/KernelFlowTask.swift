import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// Training of the flow kernel prior for one scale, on the kernels of its authors. The loss is the negative log-likelihood of a kernel in nats.
public final class KernelFlowTask: TrainingTask {
    /// What the flow is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: KernelFlow.Configuration
        public var schedule: Schedule

        /// The official flow, batch, rate and number of steps. At ten times the rate the likelihood is higher, and the search with it worse.
        public static func standard(scale: Int) -> Recipe {
            Recipe(
                network: .standard(scale: scale),
                schedule: Schedule(
                    steps: 50_000, batch: 100, learningRate: .cosine(peak: 1e-4, warmUp: 500, floor: 0.01), gradientNorm: 100))
        }
    }

    public let recipe: Recipe
    private let flow: KernelFlow
    private let twin: KernelFlow
    private let device: Device

    public init(_ recipe: Recipe, device: Device) throws {
        self.recipe = recipe
        self.device = device
        flow = try KernelFlow(recipe.network, seed: recipe.schedule.seed, device: device)
        twin = try KernelFlow(recipe.network, seed: recipe.schedule.seed, device: device)
    }

    public var parameters: Parameters { flow.parameters }
    public var smoothed: Parameters { twin.parameters }

    /// Batch normalisation looks at the whole batch.
    public var group: Int { recipe.schedule.batch }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: [recipe.network.scale]) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let logits = try withoutGradients { try Self.logits(range, flow: flow, seed: recipe.schedule.seed) }
        return try -flow.logProbability(logits, training: true).mean()
    }

    public func validate() throws -> [String: Double] { ["logLikelihood": try Self.logLikelihood(of: twin)] }

    /// The mean log-likelihood in nats of kernels that no training shows, the same for every flow of a scale.
    public static func logLikelihood(of flow: KernelFlow, count: Int = 2000) throws -> Double {
        try withInference { try flow.logProbability(logits(0..<count, flow: flow, seed: 0x5eed)).mean().item() }
    }

    /// Kernels `range` as logits; kernel i is a pure function of (seed, i).
    private static func logits(_ range: Range<Int>, flow: KernelFlow, seed: UInt64) throws(TorchError) -> Tensor {
        let family = FKPKernels(scale: flow.configuration.scale)
        var (kernels, noise): ([Float], [Float]) = ([], [])
        for i in range {
            var random = CounterRandom(seed: seed, index: UInt64(i))
            kernels += family.gaussian(family.sample(using: &random)).map(Float.init)
            for _ in 0..<family.size * family.size { noise.append(Float(random.uniform() / 720)) }
        }
        let shape = [range.count, 1, family.size, family.size]
        let device = flow.parameters.device
        return try flow.logits(kernels: Tensor(kernels, shape: shape, device: device), noise: Tensor(noise, shape: shape, device: device))
    }
}
