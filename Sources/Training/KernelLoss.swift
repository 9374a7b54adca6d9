import BlindSR
import Torch

/// What an estimator is trained to make small. Each is a sum over the kernel (or LR image) of one sample, averaged over the batch.
public enum KernelLoss: String, Codable, Sendable, CaseIterable {
    /// The adaptive attention loss of the paper.
    case attention
    /// ‖k* − k‖₁.
    case l1
    /// Eq. (2): ‖(I_HR ⊗ k)↓ − I_LR‖₁ per LR value, which the paper argues against: many kernels explain the same LR image.
    case reconstruction

    /// - Parameters:
    ///   - estimated: k, N×l×l.
    ///   - true: k*, N×l×l.
    ///   - reblurError: (I_HR ⊗ k)↓ − I_LR for a batch of kernels k.
    func callAsFunction(
        _ estimated: Tensor, true kernels: Tensor, reblurError: (Tensor) throws(TorchError) -> Tensor
    ) throws(TorchError) -> Tensor {
        switch self {
        case .attention: try attentionLoss(estimated, true: kernels)
        case .l1: try (kernels - estimated).abs().sum([1, 2]).mean()
        case .reconstruction: try reblurError(estimated).abs().mean()
        }
    }
}

/// The adaptive attention loss: L1 over the whole kernel, over its part above 0.01 of its peak, and over its part above 0.1 of it,
/// weighted 0.01, 0.1 and 1.
///
/// Eq. (7) replaces k* by k where k* ≤ λ·p_max, so that these elements add nothing: the same as leaving them out of the sum.
/// - Parameters:
///   - estimated: k, N×l×l.
///   - kernels: k*, N×l×l.
/// - Returns: A scalar, the mean over the batch.
public func attentionLoss(_ estimated: Tensor, true kernels: Tensor) throws(TorchError) -> Tensor {
    let difference = try (kernels - estimated).abs()
    let peak = try kernels.maximum([1, 2], keepingDimensions: true)
    var weight = try Tensor.full(0.01, shape: [], device: kernels.device)
    for (rho, lambda) in [(0.1, 0.01), (1.0, 0.1)] {
        weight = try weight + kernels.isGreater(than: peak * lambda).to(.float32) * rho
    }
    return try (difference * weight).sum([1, 2]).mean()
}
