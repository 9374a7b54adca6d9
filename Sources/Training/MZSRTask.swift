import BlindSR
import NeuralNetworks
import Pixels
import Torch

/// Meta-training of MZSR for one scale: the loss is the one after gradient steps, and gradients pass through them.
///
/// Sample i is a task: a kernel and some photos that it blurred. The error after each step counts, at first the same for all, then more and more that
/// after the last (§3.3 of the paper; MAML++). Before it, the network is trained without steps on the same tasks.
///
/// What differs from the paper, so that some thousand steps on a CPU are enough:
/// - The steps are made on the LR photos and their own smaller images, and the HR photos judge them, as it will be with a user's photo. In the paper
///   HR crops serve for both.
/// - The steps' rates are learned with the start, one for each step and tensor; the paper has 0.01 for all.
/// - Pre-training knows all the blurs; the paper's, bicubic shrinking alone.
/// - The step's own gradient is taken for a constant (first order, §5.2 of MAML).
/// - The error before the first step counts, too: without it the start drifted away (15 dB after 2600 steps) and what came after the steps gained
///   nothing by it.
public final class MZSRTask: TrainingTask {
    public struct Recipe: TrainingRecipe {
        /// With learned rates, for as many steps as a task has.
        public var network: MZSR.Configuration
        /// Side of the LR photos.
        public var side: Int
        /// Photos of a task.
        public var photos: Int
        /// Gradient steps of a task.
        public var steps: Int
        /// Whether the steps' own gradients are differentiated, too, in twice the time.
        public var secondOrder: Bool
        /// Training steps, at the beginning, without gradient steps inside.
        public var pretraining: Int
        /// Training steps after these until the weights of the errors after all but the last step are at their lowest.
        public var shift: Int
        public var kernels: KernelDistribution
        /// One task is one sample.
        public var schedule: Schedule

        /// The paper's training (64 channels, 5 tasks of 8 + 8 crops of 64×64, 5 steps, 100,000 iterations) at a size for CPUs.
        public static func standard(scale: Int) -> Recipe {
            Recipe(
                network: .init(scale: scale, width: 32, learnedSteps: 5), side: 48, photos: 4, steps: 5, secondOrder: false,
                pretraining: 4000, shift: 800, kernels: KernelDistribution(),
                schedule: Schedule(
                    steps: 6000, batch: 2, learningRate: .cosine(peak: 1e-3, warmUp: 100, floor: 0.05), gradientNorm: 0.2, averaging: 0.99))
        }

        /// How much the errors before the first gradient step and after each count, together one.
        ///
        /// - Parameter step: Training steps since the first with gradient steps.
        func weights(step: Int) -> [Double] {
            let share = 1 / Double(steps + 1)
            let lowest = 0.2 * share
            let before = max(share * (1 - Double(step) / Double(shift)), lowest)
            return [Double](repeating: before, count: steps) + [1 - before * Double(steps)]
        }
    }

    /// LR pixels around a photo that are shrunk with it.
    private static let margin = 4
    private static let validationPhotos = 4
    private static let validationSide = 192

    public let recipe: Recipe
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
        let scale = recipe.network.scale
        crops = try CropSource(pack, \.training, side: (recipe.side + 2 * Self.margin) * scale)
        let photos = try CropSource(pack, \.validation, side: Self.validationSide)
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

    /// The error without steps. Rates that are learned take part in it, with nothing to learn.
    private func plainLoss(task: Int) throws -> Tensor {
        let (input, target) = try material(task: task).judged
        let loss = try withReducedPrecision(on: device) { () throws(TorchError) in
            try MZSR.loss(network.start, input: input, target: target)
        }
        return try parameters.tensors.dropFirst(network.start.count).reduce(loss) { try $0 + $1.sum() * 0 }
    }

    /// The weighted errors before the first step and after each.
    private func metaLoss(task: Int, weights: [Double]) throws -> Tensor {
        let (learned, judged) = try material(task: task)
        func error(_ values: [Tensor]) throws(TorchError) -> Tensor {
            try MZSR.loss(values, input: judged.input, target: judged.target)
        }
        return try withReducedPrecision(on: device) { () throws(TorchError) in
            var values = network.start
            var sum = try error(values) * weights[0]
            for step in 0..<recipe.steps {
                values = try MZSR.stepped(
                    values, input: learned.input, target: learned.target, rates: network.rates(step: step),
                    differentiable: recipe.secondOrder)
                sum = try sum + error(values) * weights[step + 1]
            }
            return sum
        }
    }

    private typealias Pairs = (input: Tensor, target: Tensor)

    /// What the steps of a task learn from, the LR photos, and what judges them: the middle of the HR photos, photos × 3 × side × side each.
    private func material(task: Int) throws -> (learned: Pairs, judged: Pairs) {
        try withoutGradients {
            var random = CounterRandom(seed: recipe.schedule.seed, index: UInt64(task))
            let (scale, side, margin) = (recipe.network.scale, recipe.side, Self.margin)
            let kernel = recipe.kernels.sample(using: &random).kernel(size: recipe.kernels.size(scale: scale))
            var sources = (0..<recipe.photos).map {
                CounterRandom(seed: recipe.schedule.seed, index: UInt64(task), stream: UInt32(1 + $0))
            }
            func part(_ x: Tensor, from start: Int) throws(TorchError) -> Tensor {
                try x.slice(2, start..<start + side).slice(3, start..<start + side)
            }
            let hr = try crops.batch(&sources, device: device)
            let scaling = try ZeroShotScaling(kernel: kernel, scale: scale, grid: .degradation, device: device)
            let wide = try scaling.shrunk(hr).roundedTo8Bit()
            let lr = try part(wide, from: margin)
            let son = try scaling.enlarged(scaling.shrunk(lr).clamped(to: 0...1), height: side, width: side)
            let middle = (hr.shape[2] - side) / 2
            let enlarged = try scaling.enlarged(wide, height: hr.shape[2], width: hr.shape[3])
            return ((son, lr), (try part(enlarged, from: middle), try part(hr, from: middle)))
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
