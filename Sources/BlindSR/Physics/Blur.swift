import Torch

/// The blur of Eq. (1) without a border: the degradation that estimators are trained on.
///
/// - Parameters:
///   - hr: N×C×H×W.
///   - kernels: N×l×l in true-convolution orientation, one for each image of the batch.
///   - scale: s; rows and columns l/2, l/2 + s, … of `hr` are kept.
/// - Returns: N×C×h×w with h = ⌊(H − l)/s⌋ + 1: only where the whole kernel fits.
public func blurredWithoutBorder(_ hr: Tensor, kernels: Tensor, scale: Int) throws(TorchError) -> Tensor {
    let (images, size) = (hr.shape, kernels.shape[1])
    let planes = images[0] * images[1]
    let weights = try kernels.flipped([1, 2]).reshaped([images[0], 1, size, size])
        .expanded(to: [images[0], images[1], size, size]).reshaped([planes, 1, size, size])
    let blurred = try hr.reshaped([1, planes, images[2], images[3]]).correlated(with: weights, stride: scale, groups: planes)
    let shape = blurred.shape
    return try blurred.reshaped([images[0], images[1], shape[2], shape[3]])
}

extension Tensor {
    /// Rounded to the nearest of 256 levels in [0, 1], as an 8-bit file would hold it.
    public func roundedTo8Bit() throws(TorchError) -> Tensor { try (self * 255).rounded().clamped(to: 0...255) / 255 }
}
