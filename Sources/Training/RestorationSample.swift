import BlindSR
import Pixels
import Torch

/// A batch of what non-blind networks are trained on.
struct RestorationSample {
    /// N×3×H×W.
    let hr: Tensor
    /// N×3×h×w.
    let lr: Tensor
    /// The true ones, N×1×l×l.
    let kernels: Tensor
    /// Standard deviation of the noise, N×1×1×1, in [0, 1] units.
    let sigma: Tensor
    /// A larger part of the degraded photo around some of the crops, M×3×h'×w', for an estimator to look at; nil where none asks.
    let surroundings: Tensor?
}

/// Where the samples come from: HR crops are blurred under a circular border, as data steps assume, decimated, and rounded to 8 bit or degraded
/// as photos are.
struct RestorationSource {
    /// Of crops, or of what surrounds them.
    let crops: CropSource
    let kernels: KernelDistribution
    let scale: Int
    let seed: UInt64
    let device: Device
    /// Largest σ in 0…255 units of plain noise; half of the samples have none, the others up to this much.
    var noise = 0.0
    /// What a camera does to photos; in the place of plain noise.
    var degradation: PhotoDegradation?
    /// Side of the HR crops in the middle of their surroundings; nil where nothing surrounds them.
    var side: Int?
    /// Not the one of the kernel estimators' samples: with the same seed they would show a restorer what its estimator has learned by heart.
    private static let stream: UInt32 = 3

    /// Samples `range`; sample i is a pure function of (seed, i).
    ///
    /// - Parameter estimated: Places in the batch whose surroundings are made; nil for all.
    func batch(_ range: Range<Int>, estimated: [Int]? = nil) throws(TorchError) -> RestorationSample {
        var random = range.map { CounterRandom(seed: seed, index: UInt64($0), stream: Self.stream) }
        let size = self.kernels.size(scale: scale)
        let values = random.indices.flatMap { self.kernels.sample(using: &random[$0]).kernel(size: size).values }
        let kernels = try Tensor(values, shape: [random.count, 1, size, size], device: device)
        let whole = try crops.batch(&random, device: device)
        let margin = (crops.side - (side ?? crops.side)) / 2
        let inside = margin..<margin + (side ?? crops.side)
        let hr = try whole.slice(2, inside).slice(3, inside)
        let blurred = try CircularBlur(kernel: kernels, height: inside.count, width: inside.count, scale: scale).degraded(hr)

        // Copies of the generators give the surroundings the noise and the JPEG quality of the crop.
        let estimated = side == nil ? [] : estimated ?? Array(random.indices)
        var again = estimated.map { random[$0] }
        let photos = try degraded(blurred, &random)
        let surroundings =
            try estimated.isEmpty
            ? nil
            : { () throws(TorchError) in
                let theirs = try kernels.selected(0, estimated).reshaped([estimated.count, size, size])
                let clean = try blurredWithoutBorder(whole.selected(0, estimated), kernels: theirs, scale: scale)
                return try degraded(clean, &again).lr
            }()
        return RestorationSample(
            hr: hr, lr: photos.lr, kernels: kernels, sigma: try photos.sigma.reshaped([random.count, 1, 1, 1]), surroundings: surroundings)
    }

    private func degraded(_ clean: Tensor, _ random: inout [CounterRandom]) throws(TorchError) -> DegradedPhotos {
        if let degradation { return try degradation(clean, &random) }
        let shape = clean.shape
        let plane = shape[1] * shape[2] * shape[3]
        var sigmas = [Float](repeating: 0, count: shape[0])
        var added = [Float](repeating: 0, count: noise > 0 ? clean.count : 0)
        for i in random.indices where noise > 0 && random[i].uniform() < 0.5 {
            sigmas[i] = Float(random[i].uniform() * noise / 255)
            for j in 0..<plane { added[i * plane + j] = sigmas[i] * Float(random[i].normal()) }
        }
        let noisy = try added.isEmpty ? clean : clean + Tensor(added, shape: shape, device: device)
        return DegradedPhotos(lr: try noisy.roundedTo8Bit(), sigma: try Tensor(sigmas, shape: [shape[0]], device: device))
    }
}

/// The mean PSNR-Y in dB of N×3×H×W, rounded to 8 bit, against others.
func meanPSNRY(_ restored: Tensor, _ hr: Tensor) throws(TorchError) -> Double {
    let count = hr.shape[0]
    let scores = try (0..<count).map { (i) throws(TorchError) in
        let pair = try (Image(restored.slice(0, i..<i + 1)), Image(hr.slice(0, i..<i + 1)))
        return ImageQuality.psnrY(pair.0.rounded8Bit(), pair.1)
    }
    return scores.reduce(0, +) / Double(count)
}

/// Fixed crops of the validation photos: 8 of 192×192 for each scale.
struct RestorationValidation {
    private static let count = 8
    private static let side = 192
    private let batches: [(sample: RestorationSample, scale: Int)]

    /// - Parameter surroundings: HR pixels around the crops that an estimator is shown; 0 for none.
    init(
        _ kernels: KernelDistribution, scales: [Int], degradation: PhotoDegradation? = nil, surroundings: Int = 0, pack: TrainingPack,
        device: Device
    ) throws {
        let crops = try CropSource(pack, \.validation, side: Self.side + 2 * surroundings)
        batches = try scales.map { scale in
            let source = RestorationSource(
                crops: crops, kernels: kernels, scale: scale, seed: 0x5eed, device: device, degradation: degradation,
                side: surroundings > 0 ? Self.side : nil)
            return (try source.batch(0..<Self.count), scale)
        }
    }

    /// Mean PSNR-Y of the 8-bit results, for each scale (`psnrYx2`) and over all (`psnrY`).
    ///
    /// - Parameter restore: From a sample and its scale to N×3×H×W.
    func scores(_ restore: (RestorationSample, Int) throws(TorchError) -> Tensor) throws -> [String: Double] {
        var scores: [String: Double] = [:]
        for (sample, scale) in batches {
            let restored = try withInference { () throws(TorchError) in try restore(sample, scale) }
            scores["psnrYx\(scale)"] = try meanPSNRY(restored, sample.hr)
        }
        scores["psnrY"] = scores.values.reduce(0, +) / Double(scores.count)
        return scores
    }
}
