import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// Training of USRNet for several scales at once: HR crops are blurred under a circular border, as its data step assumes, decimated,
/// given a little noise, rounded to 8 bit, and restored with the true kernel. The loss is the mean absolute error.
public final class USRNetTask: TrainingTask {
    /// What USRNet is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: USRNet.Configuration
        /// Step n trains the n-th of these, over and over.
        public var scales: [Int]
        /// Side of the HR crops, a multiple of 24, so that every scale and the prior divide it.
        public var side: Int
        public var kernels: KernelDistribution
        /// Largest noise, σ in 0…255 units; half of the samples have none, the others up to this much.
        public var noise: Double
        public var schedule: Schedule

        /// USRNet-tiny from an identity start.
        public static let tiny = Recipe(
            network: .tiny, scales: [2, 3, 4], side: 96, kernels: KernelDistribution(), noise: 2.55,
            schedule: Schedule(steps: 100_000, batch: 16, learningRate: .cosine(peak: 1e-3, warmUp: 200, floor: 0.01)))

        /// The same for the full network, with gentler steps.
        public static let full = Recipe(
            network: .full, scales: [2, 3, 4], side: 96, kernels: KernelDistribution(), noise: 2.55,
            schedule: Schedule(steps: 300_000, batch: 48, learningRate: .cosine(peak: 2e-4, warmUp: 1000, floor: 0.01)))
    }

    public let recipe: Recipe
    private let network: USRNet
    private let twin: USRNet
    private let crops: CropSource
    private let validation: RestorationValidation
    private let device: Device

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        self.device = device
        network = try USRNet(recipe.network, seed: recipe.schedule.seed, device: device)
        twin = try USRNet(recipe.network, seed: recipe.schedule.seed, device: device)
        try startAsIdentity(network)
        crops = try CropSource(pack, \.training, side: recipe.side)
        validation = try RestorationValidation(recipe.kernels, scales: recipe.scales, pack: pack, device: device)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: Set(recipe.scales).sorted()) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let scale = recipe.scales[range.lowerBound / recipe.schedule.batch % recipe.scales.count]
        let source = RestorationSource(
            crops: crops, kernels: recipe.kernels, scale: scale, seed: recipe.schedule.seed, device: device, noise: recipe.noise)
        let sample = try withoutGradients { try source.batch(range) }
        return try (network(sample.lr, kernel: sample.kernels, sigma: sample.sigma, scale: scale) - sample.hr).abs().mean()
    }

    /// PSNR-Y of the 8-bit result with the true kernel, 8 crops of 192×192 for each scale.
    public func validate() throws -> [String: Double] {
        try validation.scores { (sample, scale) throws(TorchError) in
            try twin(sample.lr, kernel: sample.kernels, sigma: sample.sigma, scale: scale)
        }
    }
}

/// Makes a new USRNet one whose prior changes nothing and whose data step does all the work: training then starts from a fair
/// deconvolution instead of noise, which saves most of the first hours on a CPU.
///
/// The first three channels of the prior carry the image through, and α and β start small.
private func startAsIdentity(_ network: USRNet) throws {
    for (name, tensor) in network.parameters.named {
        switch name {
        case "p.m_head.weight", "p.m_tail.weight":
            let shape = tensor.shape
            var values = try tensor.floats()
            for output in 0..<3 {
                for input in 0..<shape[1] {
                    for tap in 0..<9 { values[(output * shape[1] + input) * 9 + tap] = input == output && tap == 4 ? 1 : 0 }
                }
            }
            try tensor.copy(from: Tensor(values, shape: shape, device: tensor.device))
        case "p.m_up1.0.weight": try tensor.copy(from: tensor * 0.1)
        case "h.mlp.4.bias": try tensor.copy(from: tensor * 0.1 - 4)
        case "h.mlp.4.weight": try tensor.copy(from: tensor * 0.1)
        default: break
        }
    }
}
