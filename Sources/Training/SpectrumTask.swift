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
        /// By how much narrow blurs are favoured in training; see `KernelDistribution.power`.
        public var narrowness: Double
        /// By how much photos differ before the blur.
        var variation: PhotoVariation
        /// What happens to photos after the blur; nil for 8 bit alone.
        public var degradation: PhotoDegradation?
        /// Consecutive samples that share a photo; a batch is a multiple of it.
        public var kernelsPerCrop: Int
        public var schedule: Schedule

        /// The recipe of the weights that ship: crops of 6×6 of the largest tiles, four kernels for each.
        ///
        /// - Parameter photo: Whether blur, noise and compression are those of real photos.
        public static func standard(scale: Int, photo: Bool = false) -> Recipe {
            var network = SpectralEstimator.Configuration.standard(scale: scale)
            let kernels = photo ? KernelDistribution.photo(scale: scale) : KernelDistribution()
            network.kernelSize = kernels.size(scale: scale)
            network.noise = photo
            return Recipe(
                scale: scale, network: network, side: network.tiles[0] * 7 / 2, kernels: kernels, narrowness: photo ? 1.6 : 1,
                variation: photo ? .boundless : .thorough, degradation: photo ? .photo : nil, kernelsPerCrop: 4,
                schedule: Schedule(steps: 20_000, batch: 32, learningRate: .cosine(peak: 1e-3, warmUp: 200, floor: 0.01)))
        }
    }

    public let recipe: Recipe
    private let network: SpectralEstimator
    private let twin: SpectralEstimator
    private let source: KernelSource
    private let validation: KernelValidation

    public init(_ recipe: Recipe, pack: TrainingPack, device: Device) throws {
        precondition(recipe.schedule.batch % recipe.kernelsPerCrop == 0, "a batch holds whole groups of samples")
        self.recipe = recipe
        network = try SpectralEstimator(recipe.network, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        network.isThrifty = true
        twin = try SpectralEstimator(recipe.network, scale: recipe.scale, seed: recipe.schedule.seed, device: device)
        let crops = try CropSource(
            pack, \.training, side: KernelSource.cropSide(lr: recipe.side, scale: recipe.scale, kernels: recipe.kernels),
            variation: recipe.variation)
        source = KernelSource(
            crops: crops, distribution: recipe.kernels.favouringNarrow(power: recipe.narrowness), scale: recipe.scale,
            seed: recipe.schedule.seed,
            kernelsPerCrop: recipe.kernelsPerCrop, degradation: recipe.degradation, device: device)
        // Photos of 128 to 448 HR pixels, where there are such: the confidence is calibrated on them.
        let largest = pack.validation.map { min($0.width, $0.height) }.max()! - recipe.kernels.size(scale: recipe.scale)
        let sides = [128, 192, 320, 448].map { max(min($0, largest) / recipe.scale, recipe.network.tiles[0]) }
        validation = try KernelValidation(
            recipe.kernels, scale: recipe.scale, degradation: recipe.degradation, pack: pack, sides: sides + sides + sides + sides,
            device: device)
        try network.standardize(over: source.batch(0..<64 * recipe.kernelsPerCrop).lr)
    }

    public var parameters: Parameters { network.parameters }
    public var smoothed: Parameters { twin.parameters }

    /// Samples that show the same crop.
    public var group: Int { recipe.kernelsPerCrop }

    public var identity: String { get throws { try recipe.identity } }

    public var metadata: [String: String] {
        get throws { try network.configuration.metadata(scales: [recipe.scale], variant: recipe.degradation == nil ? "" : "-photo") }
    }

    /// The attention loss of the kernels with their squared error, the pinball loss of the kernel PSNR's quantiles, which reaches their head
    /// alone, and the error of the noise's logarithm.
    public func loss(_ range: Range<Int>) throws -> Tensor {
        let sample = try withoutGradients { try source.batch(range) }
        let prediction = try network(sample.lr)
        let errors = try (prediction.kernels - sample.kernels).squared().sum([1, 2])
        let area = Double(recipe.network.kernelSize * recipe.network.kernelSize)
        let psnr = try (errors.detached() / area + 1e-12).decibels().reshaped([-1, 1])
        let misjudged = try pinballLoss(prediction.confidence, of: psnr, at: SpectralEstimator.quantiles)
        var loss = try attentionLoss(prediction.kernels, true: sample.kernels) + errors.mean() * 20 + misjudged * 1e-3
        if let level = prediction.noiseLevel, let sigma = sample.sigma {
            loss = try loss + (level - (sigma * 255 + 0.5).log()).abs().mean() * 0.05
        }
        return loss
    }

    /// Beside the kernel PSNR: the mean absolute error of its prediction in dB, and that of the noise in 0…255 units.
    ///
    /// The predicted quantiles are calibrated here, so that a tenth, half and nine tenths of the validation photos lie below: training photos
    /// are varied and harder.
    public func validate() throws -> [String: Double] {
        var expected: [[Double]] = []
        var noise: [Double] = []
        let psnr = try validation.psnr { (sample) throws(TorchError) in
            let prediction = try twin(sample.lr)
            let confidence = try prediction.confidence.elements(as: Double.self)
            expected += stride(from: 0, to: confidence.count, by: 3).map { Array(confidence[$0..<$0 + 3]) }
            if let level = prediction.noiseLevel, let sigma = sample.sigma {
                noise += try (level.exp() - 0.5 - sigma * 255).abs().elements(as: Double.self)
            }
            return prediction.kernels
        }
        let shifts = SpectralEstimator.quantiles.enumerated().map { index, quantile in
            let differences = zip(psnr, expected).map { $0 - $1[index] }.sorted()
            return differences[Int(quantile * Double(differences.count))]
        }
        try withoutGradients { () throws(TorchError) in try twin.shiftConfidence(by: shifts) }
        var scores = KernelValidation.summary(psnr)
        scores["misjudged"] = zip(psnr, expected).reduce(0) { $0 + abs($1.0 - $1.1[1] - shifts[1]) } / Double(psnr.count)
        if !noise.isEmpty { scores["noiseError"] = noise.reduce(0, +) / Double(noise.count) }
        return scores
    }
}

/// The loss whose minimum are the quantiles: q·d for d = truth − prediction above zero, (q − 1)·d below. Predictions N×Q, truth N×1.
private func pinballLoss(_ predictions: Tensor, of truth: Tensor, at quantiles: [Double]) throws(TorchError) -> Tensor {
    let difference = try truth - predictions
    let weights = try Tensor(quantiles.map(Float.init), shape: [1, quantiles.count], device: truth.device)
    return try (difference * weights + (-difference).relu()).mean()
}

extension Tensor {
    /// Mean squared errors as PSNR in dB with peak 1.
    fileprivate func decibels() throws(TorchError) -> Tensor { try log() * (-10 / 2.302_585_092_994_046) }
}
