import BlindSR
import Pixels
import Torch

/// A batch of what non-blind networks are trained on: HR crops are blurred under a circular border, as data steps assume, decimated, given a
/// little noise and rounded to 8 bit.
struct RestorationSample {
    /// N×3×H×W.
    let hr: Tensor
    /// N×3×h×w.
    let lr: Tensor
    /// N×1×l×l.
    let kernels: Tensor
    /// Standard deviation of the noise, N×1×1×1, in [0, 1] units.
    let sigma: Tensor

    /// Samples `range`; sample i is a pure function of (seed, i).
    ///
    /// - Parameter noise: Largest σ in 0…255 units; half of the samples have none, the others up to this much.
    init(
        _ range: Range<Int>, _ crops: CropSource, _ distribution: KernelDistribution, scale: Int, noise: Double, seed: UInt64,
        device: Device
    ) throws(TorchError) {
        var random = range.map { CounterRandom(seed: seed, index: UInt64($0)) }
        let size = BlurKernel.defaultSize(scale: scale)
        let values = random.indices.flatMap { distribution.sample(using: &random[$0]).kernel(size: size).values }
        kernels = try Tensor(values, shape: [random.count, 1, size, size], device: device)
        hr = try crops.batch(&random, device: device)
        let blurred = try CircularBlur(kernel: kernels, height: crops.side, width: crops.side, scale: scale).degraded(hr)
        let shape = blurred.shape
        let plane = shape[1] * shape[2] * shape[3]
        var sigmas = [Float](repeating: 0, count: random.count)
        var added = [Float](repeating: 0, count: noise > 0 ? random.count * plane : 0)
        for i in random.indices where noise > 0 && random[i].uniform() < 0.5 {
            sigmas[i] = Float(random[i].uniform() * noise / 255)
            for j in 0..<plane { added[i * plane + j] = sigmas[i] * Float(random[i].normal()) }
        }
        sigma = try Tensor(sigmas, shape: [random.count, 1, 1, 1], device: device)
        lr = try (added.isEmpty ? blurred : blurred + Tensor(added, shape: shape, device: device)).roundedTo8Bit()
    }
}

/// Fixed crops of the validation photos under fixed kernels, without noise: 8 of 192×192 for each scale.
struct RestorationValidation {
    private static let count = 8
    private let batches: [(sample: RestorationSample, scale: Int)]

    init(_ kernels: KernelDistribution, scales: [Int], pack: TrainingPack, device: Device) throws {
        let crops = try CropSource(pack, \.validation, side: 192)
        batches = try scales.map { scale in
            (try RestorationSample(0..<Self.count, crops, kernels, scale: scale, noise: 0, seed: 0x5eed, device: device), scale)
        }
    }

    /// Mean PSNR-Y of the 8-bit results, for each scale (`psnrYx2`) and over all (`psnrY`).
    ///
    /// - Parameter restore: From a sample and its scale to N×3×H×W.
    func scores(_ restore: (RestorationSample, Int) throws(TorchError) -> Tensor) throws -> [String: Double] {
        var scores: [String: Double] = [:]
        for (sample, scale) in batches {
            let restored = try withInference { () throws(TorchError) in try restore(sample, scale) }
            var sum = 0.0
            for i in 0..<Self.count {
                let pair = try (Image(restored.slice(0, i..<i + 1)), Image(sample.hr.slice(0, i..<i + 1)))
                sum += ImageQuality.psnrY(pair.0.rounded8Bit(), pair.1)
            }
            scores["psnrYx\(scale)"] = sum / Double(Self.count)
        }
        scores["psnrY"] = scores.values.reduce(0, +) / Double(scores.count)
        return scores
    }
}
