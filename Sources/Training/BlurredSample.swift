import BlindSR
import Torch

/// What networks are trained on that end in plain zeros at the border: HR crops and their LR images, blurred with what lies around the
/// crop, decimated and rounded to 8 bit.
struct BlurredSource {
    private let source: KernelSource
    private let side: Int

    /// - Parameter side: Of the LR crops.
    init(_ pack: TrainingPack, side: Int, kernels: KernelDistribution, scale: Int, seed: UInt64, device: Device) throws {
        let crops = try CropSource(pack, \.training, side: KernelSource.cropSide(lr: side, scale: scale, kernels: kernels))
        source = KernelSource(crops: crops, distribution: kernels, scale: scale, seed: seed, device: device)
        self.side = side
    }

    /// Samples `range`: HR N×3×H×W, LR N×3×h×w and the kernels N×l×l; sample i is a pure function of (seed, i).
    func batch(_ range: Range<Int>) throws(TorchError) -> (hr: Tensor, lr: Tensor, kernels: Tensor) {
        let sample = try source.batch(range)
        let start = sample.kernels.shape[1] / 2
        let inside = start..<start + side * source.scale
        return (try sample.hr.slice(2, inside).slice(3, inside), sample.lr, sample.kernels)
    }
}
