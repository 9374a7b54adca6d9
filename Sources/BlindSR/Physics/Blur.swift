import Torch

/// The blur of Eq. (1) without a border: the degradation that estimators are trained on.
///
/// - Parameters:
///   - hr: N×C×H×W.
///   - kernels: (N·m)×l×l in true-convolution orientation: the first m for the first image, and so on.
///   - scale: s; rows and columns l/2, l/2 + s, … of `hr` are kept.
/// - Returns: (N·m)×C×h×w with h = ⌊(H − l)/s⌋ + 1: only where the whole kernel fits.
public func blurredWithoutBorder(_ hr: Tensor, kernels: Tensor, scale: Int) throws(TorchError) -> Tensor {
    let (images, count, size) = (hr.shape, kernels.shape[0], kernels.shape[1])
    let turned = try kernels.flipped([1, 2]).reshaped([count, 1, size, size])
    if count > images[0] { return try blurredEachWithSeveral(hr, turned, scale: scale) }
    let planes = images[0] * images[1]
    let weights = try turned.expanded(to: [images[0], images[1], size, size]).reshaped([planes, 1, size, size])
    let blurred = try hr.reshaped([1, planes, images[2], images[3]]).correlated(with: weights, stride: scale, groups: planes)
    let shape = blurred.shape
    return try blurred.reshaped([images[0], images[1], shape[2], shape[3]])
}

/// One dense convolution for each image, its channels as the batch: on a CPU three times as fast as a grouped one.
private func blurredEachWithSeveral(_ hr: Tensor, _ weights: Tensor, scale: Int) throws(TorchError) -> Tensor {
    let images = hr.shape
    let several = weights.shape[0] / images[0]
    let blurred = try (0..<images[0]).map { (i) throws(TorchError) in
        try hr.slice(0, i..<i + 1).permuted([1, 0, 2, 3])
            .correlated(with: weights.slice(0, i * several..<(i + 1) * several), stride: scale).permuted([1, 0, 2, 3])
    }
    return try .concatenate(blurred, dim: 0)
}

extension Tensor {
    /// Rounded to the nearest of 256 levels in [0, 1], as an 8-bit file would hold it.
    public func roundedTo8Bit() throws(TorchError) -> Tensor { try (self * 255).rounded().clamped(to: 0...255) / 255 }
}
