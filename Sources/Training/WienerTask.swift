import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// Training of the Wiener network for one scale, with true or with estimated kernels.
public final class WienerTask: TrainingTask {
    /// What the network is shown and asked.
    public struct Recipe: TrainingRecipe {
        public var network: WienerNet.Configuration
        /// Side of the HR crops, a multiple of the scale.
        public var side: Int
        public var kernels: KernelDistribution
        /// What happens to photos after the blur; nil for 8 bit alone.
        public var degradation: PhotoDegradation?
        /// Nil where the network is always told the truth.
        public var estimates: Estimates?
        public var schedule: Schedule

        /// How photos differ before the blur. Beyond ×2 some are made softer than the estimator expects of them, as many are; at ×2 that costs
        /// sharp ones more than it gives.
        var variation: PhotoVariation? { estimates != nil && network.scale > 2 ? .sizes : nil }

        /// How often the network is told what an estimator says instead of the truth.
        public struct Estimates: Codable, Equatable, Sendable {
            /// SHA-256 of the estimator's weights.
            public var estimator: String
            /// The share of samples with estimated kernels.
            public var share: Double

            public init(estimator: String, share: Double) {
                self.estimator = estimator
                self.share = share
            }
        }

        /// The recipe of the weights that ship: as many HR pixels in a step at every scale, crops of about 64 LR pixels.
        ///
        /// - Parameter photo: Whether blur, noise and compression are those of real photos.
        public static func standard(_ network: WienerNet.Configuration, photo: Bool = false) -> Recipe {
            let scale = network.scale
            return Recipe(
                network: network, side: [96, 128, 144, 192][scale - 1], kernels: photo ? .photo(scale: scale) : KernelDistribution(),
                degradation: photo ? .photo : nil,
                schedule: Schedule(
                    steps: 20_000, batch: 8, learningRate: .cosine(peak: 1e-3, warmUp: 100, floor: 0.01), gradientNorm: 0.05))
        }
    }

    /// LR pixels around a crop that the estimator sees beside it.
    private static let surroundings = 32

    public let recipe: Recipe
    private let network: WienerNet
    private let twin: WienerNet
    private let estimator: SpectralEstimator?
    private let source: RestorationSource
    private let validation: RestorationValidation
    private let device: Device

    /// - Parameter estimator: What `recipe.estimates` names, for the kernels of the recipe.
    public init(_ recipe: Recipe, estimator: SpectralEstimator? = nil, pack: TrainingPack, device: Device) throws {
        precondition((recipe.estimates == nil) == (estimator == nil), "estimates come from an estimator")
        self.recipe = recipe
        self.estimator = estimator
        self.device = device
        network = try WienerNet(recipe.network, seed: recipe.schedule.seed, device: device)
        twin = try WienerNet(recipe.network, seed: recipe.schedule.seed, device: device)
        let scale = recipe.network.scale
        let margin = estimator == nil ? 0 : Self.surroundings * scale
        source = RestorationSource(
            crops: try CropSource(pack, \.training, side: recipe.side + 2 * margin, variation: recipe.variation),
            kernels: recipe.kernels, scale: scale,
            seed: recipe.schedule.seed, device: device, degradation: recipe.degradation, side: estimator == nil ? nil : recipe.side)
        validation = try RestorationValidation(
            recipe.kernels, scales: [scale], degradation: recipe.degradation, surroundings: margin, pack: pack, device: device)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws { try recipe.network.metadata(scales: [recipe.network.scale], variant: recipe.degradation == nil ? "" : "-photo") }
    }

    public func loss(_ range: Range<Int>) throws -> Tensor {
        let (sample, told) = try withoutGradients { () throws(TorchError) in try samples(range) }
        return try restorationLoss(network(sample.lr, told), sample.hr)
    }

    /// Training samples, and what the network is told of each.
    func samples(_ range: Range<Int>) throws(TorchError) -> (RestorationSample, told: WienerNet.Conditions) {
        let estimated = estimated(range)
        let sample = try source.batch(range, estimated: estimated)
        return (sample, try conditions(sample, estimated: estimated))
    }

    /// PSNR-Y of the 8-bit result with the true kernel, 8 crops of 192×192; with an estimator also `psnrYblind`, that with its kernels.
    public func validate() throws -> [String: Double] {
        var scores = try validation.scores { (sample, _) throws(TorchError) in try twin(sample.lr, truth(sample)) }
        if let estimator {
            scores["psnrYblind"] = try validation.scores { (sample, _) throws(TorchError) in
                try twin(sample.lr, estimates(of: sample, at: Array(0..<sample.hr.shape[0]), by: estimator))
            }["psnrY"]
        }
        return scores
    }

    private func truth(_ sample: RestorationSample) throws(TorchError) -> WienerNet.Conditions {
        let count = sample.hr.shape[0]
        return WienerNet.Conditions(
            kernel: sample.kernels, sigma: try sample.sigma.reshaped([count, 1]),
            confidence: try .full(WienerNet.certain, shape: [count, 1], device: device))
    }

    /// What the estimator says of the samples with surroundings: kernel, expected kernel PSNR, and the noise where it knows of noise.
    ///
    /// - Parameter places: Those samples.
    private func estimates(
        of sample: RestorationSample, at places: [Int], by estimator: SpectralEstimator
    ) throws(TorchError) -> WienerNet.Conditions {
        let prediction = try estimator(sample.surroundings!)
        let (shape, noise) = (prediction.kernels.shape, try prediction.noise)
        return WienerNet.Conditions(
            kernel: try prediction.kernels.reshaped([shape[0], 1, shape[1], shape[2]]),
            sigma: try (noise == nil ? sample.sigma.selected(0, places) : noise!).reshaped([shape[0], 1]),
            confidence: try prediction.confidence.slice(1, 1..<2).clamped(to: WienerNet.confidences))
    }

    /// The places in a batch whose samples the network is told an estimate of.
    private func estimated(_ range: Range<Int>) -> [Int] {
        guard let share = recipe.estimates?.share else { return [] }
        return range.filter {
            var random = CounterRandom(seed: recipe.schedule.seed, index: UInt64($0), stream: 2)
            return random.uniform() < share
        }.map { $0 - range.lowerBound }
    }

    /// Estimates for the samples at these places, the truth for the others.
    private func conditions(_ sample: RestorationSample, estimated: [Int]) throws(TorchError) -> WienerNet.Conditions {
        let known = try truth(sample)
        guard let estimator, !estimated.isEmpty else { return known }
        let guessed = try estimates(of: sample, at: estimated, by: estimator)
        var rows = Array(0..<sample.hr.shape[0])
        for (place, i) in estimated.enumerated() { rows[i] = rows.count + place }
        func mixed(_ a: Tensor, _ b: Tensor) throws(TorchError) -> Tensor { try .concatenate([a, b], dim: 0).selected(0, rows) }
        return WienerNet.Conditions(
            kernel: try mixed(known.kernel, guessed.kernel), sigma: try mixed(known.sigma, guessed.sigma),
            confidence: try mixed(known.confidence, guessed.confidence))
    }
}
