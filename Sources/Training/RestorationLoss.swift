import Torch

/// What the scores measure: the logarithm of each sample's mean squared error of luma, of which PSNR-Y is a multiple, and to a quarter of all
/// channels. A mean of squared errors itself would be about the worst samples only, absolute errors are what PSNR does not count.
///
/// The factor makes gradients about as large as those of the mean absolute error. Errors below −60 dB count no more.
/// - Parameters:
///   - restored: N×3×H×W.
///   - hr: N×3×H×W.
/// - Returns: A scalar, the mean over the batch.
func restorationLoss(_ restored: Tensor, _ hr: Tensor) throws(TorchError) -> Tensor {
    let error = try restored - hr
    let weights = try Tensor([65.481 / 255, 128.553 / 255, 24.966 / 255], shape: [1, 3, 1, 1], device: hr.device)
    let luma = try (error * weights).sum([1]).squared().mean([1, 2])
    let colour = try error.squared().mean([1, 2, 3])
    return try ((luma + 1e-6).log().mean() + (colour + 1e-6).log().mean() * 0.25) * 0.02
}
