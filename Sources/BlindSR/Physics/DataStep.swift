import Torch

/// The data step of USRNet (Zhang et al. 2020, Eq. 8): the image nearest to a given one that explains the low-resolution image,
/// `argmin ‖A·x − y‖² + α·‖x − z‖²`, in closed form.
///
/// By the Woodbury identity x = z + Aᵀ·(AAᵀ + α)⁻¹·(y − A·z), where AAᵀ is diagonal in the Fourier domain of the decimated grid. This
/// form never divides by α alone, so that it stays accurate where α is nearly zero (no noise).
public struct DataStep {
    private let blur: CircularBlur
    private let gramSpectrum: Tensor

    /// - Parameter blur: The operator A. Its scale must divide its height and width.
    public init(_ blur: CircularBlur) throws(TorchError) {
        precondition(blur.height % blur.scale == 0 && blur.width % blur.scale == 0, "the data step needs whole blocks of s × s pixels")
        self.blur = blur
        gramSpectrum = try blur.gramSpectrum()
    }

    /// - Parameters:
    ///   - y: The low-resolution image, N×C×h×w.
    ///   - z: The image to stay near to, N×C×(h·s)×(w·s).
    ///   - alpha: The weight of staying near, positive, N×1×1×1.
    /// - Returns: x, of the size of `z`.
    public func callAsFunction(_ y: Tensor, near z: Tensor, alpha: Tensor) throws(TorchError) -> Tensor {
        let residual = try (y - blur.degraded(z)).fourierTransformed()
        let weights = try (residual / (gramSpectrum + alpha))
            .inverseFourierTransformed(height: blur.height / blur.scale, width: blur.width / blur.scale)
        return try z + blur.adjoint(weights)
    }
}
