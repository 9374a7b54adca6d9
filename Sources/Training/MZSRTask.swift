import BlindSR
import NeuralNetworks
import Pixels
import Torch

/// Meta-training of MZSR for one scale: the loss is the one after gradient steps, and gradients pass through them.
///
/// Sample i is a task: a kernel, some crops to make the steps on and as many to judge them by. The error after each step counts, at first the same for
/// all, then more and more that after the last (§3.3 of the paper; MAML++). Before it, the network is trained without steps on the same tasks.
public final class MZSRTask: TrainingTask {
    public struct Recipe: TrainingRecipe {
        public var network: MZSR.Configuration
        /// Side of the HR crops, a multiple of the scale.
        public var side: Int
        /// Crops for the steps of a task; as many judge them.
        public var crops: Int
        /// Gradient steps of a task.
        public var steps: Int
        /// Their rate.
        public var rate: Double
        /// Training steps, at the beginning, without gradient steps inside.
        public var pretraining: Int
        /// Training steps after these until the weights of the errors after all but the last step are at their lowest.
        public var shift: Int
        public var kernels: KernelDistribution
        /// One task is one sample.
        public var schedule: Schedule

        /// The structure of the paper's training (5 tasks of 8 + 8 crops of 64×64, 5 steps, 100,000 iterations) at a size for CPUs.
        public static func standard(scale: Int) -> Recipe {
            Recipe(
                network: .init(scale: scale), side: 48, crops: 4, steps: 5, rate: 1e-2, pretraining: 2000, shift: 500,
                kernels: KernelDistribution(),
                schedule: Schedule(steps: 4000, batch: 2, learningRate: .cosine(peak: 4e-4, warmUp: 100, floor: 0.05), gradientNorm: 0.1))
        }

        /// How much the errors after the gradient steps count, together one.
        ///
        /// - Parameter step: Training steps since the first with gradient steps.
        func weights(step: Int) -> [Double] {
            let share = 1 / Double(steps)
            let lowest = 0.03 * share
            let before = max(share * (1 - Double(step) / Double(shift)), lowest)
            return [Double](repeating: before, count: steps - 1) + [1 - before * Double(steps - 1)]
        }
    }

    private static let validationPhotos = 4
    private static let validationSide = 192

    public let recipe: Recipe
    public let score = "psnrY"
    private let network: MZSR
    private let twin: MZSR
    private let crops: CropSource
    private let validation: [(lr: Image, hr: Image, kernel: BlurKernel)]
    private let device: Device

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        self.recipe = recipe
        self.device = device
        network = try MZSR(recipe.network, seed: recipe.schedule.seed, device: device)
        twin = try MZSR(recipe.network, seed: recipe.schedule.seed, device: device)
        crops = try CropSource(pack, \.training, side: recipe.side)
        let photos = try CropSource(pack, \.validation, side: Self.validationSide)
        let scale = recipe.network.scale
        validation = try (0..<Self.validationPhotos).map { index in
            var random = [CounterRandom(seed: 0x5eed, index: UInt64(index))]
            let kernel = recipe.kernels.sample(using: &random[0]).kernel(size: recipe.kernels.size(scale: scale))
            let hr = try photos.batch(&random, device: .cpu)
            let lr = try ZeroShotScaling(kernel: kernel, scale: scale, grid: .degradation).shrunk(hr).roundedTo8Bit()
            return (try Image(lr), try Image(hr), kernel)
        }
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] { get throws { try recipe.network.metadata(scales: [recipe.network.scale]) } }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let step = range.lowerBound / recipe.schedule.batch - recipe.pretraining
        let losses = try range.map { step < 0 ? try plainLoss(task: $0) : try metaLoss(task: $0, weights: recipe.weights(step: step)) }
        return try losses.dropFirst().reduce(losses[0]) { try $0 + $1 } / Double(losses.count)
    }

    /// The mean error on all crops of a task.
    private func plainLoss(task: Int) throws -> Tensor {
        let (input, target) = try pairs(task: task)
        return try withReducedPrecision(on: device) { () throws(TorchError) in
            try MZSR.loss(parameters.tensors, input: input, target: target)
        }
    }

    /// The weighted errors on the second half of a task's crops after each step on the first half.
    private func metaLoss(task: Int, weights: [Double]) throws -> Tensor {
        let (input, target) = try pairs(task: task)
        let (support, query) = (0..<recipe.crops, recipe.crops..<2 * recipe.crops)
        var values = parameters.tensors
        var sum: Tensor?
        for weight in weights {
            let loss = try withReducedPrecision(on: device) { () throws(TorchError) in
                values = try MZSR.stepped(
                    values, input: input.slice(0, support), target: target.slice(0, support), rate: recipe.rate, differentiable: true)
                return try MZSR.loss(values, input: input.slice(0, query), target: target.slice(0, query)) * weight
            }
            sum = try sum.map { try $0 + loss } ?? loss
        }
        return sum!
    }

    /// Crops that were shrunk by the task's kernel and enlarged again, and the crops, 2·crops × 3 × side × side each.
    private func pairs(task: Int) throws -> (input: Tensor, target: Tensor) {
        try withoutGradients {
            var random = CounterRandom(seed: recipe.schedule.seed, index: UInt64(task))
            let scale = recipe.network.scale
            let kernel = recipe.kernels.sample(using: &random).kernel(size: recipe.kernels.size(scale: scale))
            var sources = (0..<2 * recipe.crops).map {
                CounterRandom(seed: recipe.schedule.seed, index: UInt64(task), stream: UInt32(1 + $0))
            }
            let target = try crops.batch(&sources, device: device)
            let scaling = try ZeroShotScaling(kernel: kernel, scale: scale, grid: .degradation, device: device)
            return (try scaling.enlarged(scaling.shrunk(target), height: recipe.side, width: recipe.side), target)
        }
    }

    /// PSNR-Y of the 8-bit result on 4 photos of 192×192 with the true kernel, and `psnrYstart`, that without gradient steps.
    public func validate() throws -> [String: Double] {
        let steps = twin.steps
        defer { twin.steps = steps }
        var scores: [String: Double] = [:]
        for (name, count) in [("psnrYstart", 0), ("psnrY", steps)] {
            twin.steps = count
            let sum = try validation.reduce(0.0) { sum, photo in
                let result = try twin.upscale(
                    photo.lr, kernel: photo.kernel, noise: 0, confidence: nil, scale: recipe.network.scale, progress: { _ in })
                return sum + ImageQuality.psnrY(result.rounded8Bit(), photo.hr)
            }
            scores[name] = sum / Double(validation.count)
        }
        return scores
    }
}
