import BlindSR
import Foundation
import Torch

/// What estimators are trained on: HR crops, blurred without a border, decimated, and rounded to 8 bit or degraded as photos are.
struct KernelSource {
    let crops: CropSource
    let distribution: KernelDistribution
    let scale: Int
    let seed: UInt64
    /// Consecutive samples that show the same crop under different kernels. It saves time, and tells the photo from the blur.
    var kernelsPerCrop = 1
    /// Nil for 8 bit alone.
    var degradation: PhotoDegradation?
    let device: Device

    /// Side of the HR crops for LR crops of `side`.
    static func cropSide(lr side: Int, scale: Int, kernels: KernelDistribution = .init()) -> Int {
        (side - 1) * scale + kernels.size(scale: scale)
    }

    /// Samples `range`; sample i is a pure function of (seed, i). Whole groups of `kernelsPerCrop` are asked for.
    func batch(_ range: Range<Int>) throws(TorchError) -> KernelSample {
        var random = range.map { CounterRandom(seed: seed, index: UInt64($0)) }
        let size = distribution.size(scale: scale)
        let values = random.indices.flatMap { distribution.sample(using: &random[$0]).kernel(size: size).values }
        var first = stride(from: 0, to: random.count, by: kernelsPerCrop).map { random[$0] }
        let kernels = try Tensor(values, shape: [random.count, size, size], device: device)
        let hr = try crops.batch(&first, device: device)
        let clean = try blurredWithoutBorder(hr, kernels: kernels, scale: scale)
        guard let degradation else {
            let lr = try clean.shape[1] == 1 ? clean.roundedAsLuminance() : clean.roundedTo8Bit()
            return KernelSample(hr: hr, lr: lr, kernels: kernels, sigma: nil)
        }
        var noise = range.map { CounterRandom(seed: seed, index: UInt64($0), stream: 1) }
        let shape = clean.shape
        let photos = try degradation(clean.expanded(to: [shape[0], 3, shape[2], shape[3]]), &noise)
        return KernelSample(hr: hr, lr: photos.lr, kernels: kernels, sigma: photos.sigma)
    }
}

/// A batch.
struct KernelSample {
    /// (N/m)×C×H×W, one for each group of m samples; C = 3, or 1 where photos are grey.
    let hr: Tensor
    /// N×C×h×w.
    let lr: Tensor
    /// N×l×l.
    let kernels: Tensor
    /// N: the noise in 0…1; nil where nothing but 8 bit was done.
    let sigma: Tensor?
}

extension Tensor {
    /// Rounded so that the error is what 8 bit in red, green and blue leave in luminance: √(0.299² + 0.587² + 0.114²) as large as its own.
    fileprivate func roundedAsLuminance() throws(TorchError) -> Tensor {
        let levels = 255 / 0.6686
        return try (clamped(to: 0...1) * levels).rounded() / levels
    }
}

/// Fixed crops of the validation photos under fixed kernels, never varied.
struct KernelValidation {
    let batches: [KernelSample]

    /// - Parameter sides: Of the crops after the decimation, 16 crops for each.
    init(
        _ kernels: KernelDistribution, scale: Int, degradation: PhotoDegradation? = nil, pack: TrainingPack,
        sides: [Int] = .init(repeating: 96, count: 8), device: Device
    ) throws {
        batches = try sides.enumerated().map { index, side in
            let crops = try CropSource(
                pack, \.validation, side: KernelSource.cropSide(lr: side, scale: scale, kernels: kernels))
            let source = KernelSource(
                crops: crops, distribution: kernels, scale: scale, seed: 0x5eed, degradation: degradation, device: device)
            return try source.batch(index * 16..<(index + 1) * 16)
        }
    }

    /// The kernel PSNR in dB of each crop.
    func psnr(_ estimate: (KernelSample) throws(TorchError) -> Tensor) throws(TorchError) -> [Double] {
        var errors: [Double] = []
        for batch in batches {
            errors += try withInference { () throws(TorchError) in
                try (estimate(batch) - batch.kernels).squared().mean([1, 2]).elements()
            }
        }
        return errors.map { -10 * log10($0) }
    }

    /// Mean, median and mean of the worst tenth.
    static func summary(_ values: [Double]) -> [String: Double] {
        let scores = values.sorted()
        let tenth = scores.prefix(max(1, scores.count / 10))
        return [
            "kernelPSNR": scores.reduce(0, +) / Double(scores.count), "median": scores[scores.count / 2],
            "worstTenth": tenth.reduce(0, +) / Double(tenth.count),
        ]
    }
}
