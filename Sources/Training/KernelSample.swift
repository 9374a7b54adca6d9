import BlindSR
import Foundation
import Torch

/// What estimators are trained on: HR crops, blurred without a border, decimated and rounded to 8 bit.
struct KernelSource {
    let crops: CropSource
    let distribution: KernelDistribution
    let scale: Int
    let seed: UInt64
    /// Consecutive samples that show the same crop under different kernels. It saves time, and tells the photo from the blur.
    var kernelsPerCrop = 1
    let device: Device

    /// Side of the HR crops for LR crops of `side`.
    static func cropSide(lr side: Int, scale: Int) -> Int { (side - 1) * scale + BlurKernel.defaultSize(scale: scale) }

    /// Samples `range`; sample i is a pure function of (seed, i). Whole groups of `kernelsPerCrop` are asked for.
    func batch(_ range: Range<Int>) throws(TorchError) -> KernelSample {
        var random = range.map { CounterRandom(seed: seed, index: UInt64($0)) }
        let size = BlurKernel.defaultSize(scale: scale)
        let values = random.indices.flatMap { distribution.sample(using: &random[$0]).kernel(size: size).values }
        var first = stride(from: 0, to: random.count, by: kernelsPerCrop).map { random[$0] }
        let kernels = try Tensor(values, shape: [random.count, size, size], device: device)
        let hr = try crops.batch(&first, device: device)
        let lr = try blurredWithoutBorder(hr, kernels: kernels, scale: scale).roundedTo8Bit()
        return KernelSample(hr: hr, lr: lr, kernels: kernels)
    }
}

/// A batch.
struct KernelSample {
    /// (N/m)×3×H×W, one for each group of m samples.
    let hr: Tensor
    /// N×3×h×w.
    let lr: Tensor
    /// N×l×l.
    let kernels: Tensor
}

/// 128 fixed crops of the validation photos, 96×96 after the decimation, under fixed kernels, never varied.
struct KernelValidation {
    let batches: [KernelSample]

    init(_ kernels: KernelDistribution, scale: Int, pack: TrainingPack, device: Device) throws {
        let crops = try CropSource(pack, \.validation, side: KernelSource.cropSide(lr: 96, scale: scale))
        let source = KernelSource(crops: crops, distribution: kernels, scale: scale, seed: 0x5eed, device: device)
        batches = try (0..<8).map { try source.batch($0 * 16..<($0 + 1) * 16) }
    }

    /// The kernel PSNR in dB of each crop.
    func psnr(_ estimate: (Tensor) throws(TorchError) -> Tensor) throws(TorchError) -> [Double] {
        var errors: [Double] = []
        for batch in batches {
            errors += try withInference { () throws(TorchError) in
                try (estimate(batch.lr) - batch.kernels).squared().mean([1, 2]).elements()
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
