import Foundation
import Torch

/// The best linear answer to "which image made this one": the linear minimum-mean-square-error estimate under the true aliasing and a
/// natural image's power spectrum Q = 1/|ω|²,
///
///     x = Q·Aᵀ (A·Q·Aᵀ + noise)⁻¹ y
///
/// in closed form: A·Q·Aᵀ is diagonal in the Fourier domain of the LR grid, where the s² frequencies that alias onto one another share one
/// denominator. The noise is measured in units of Q: its variance over the power of the image's gradients.
public struct WienerFilter {
    /// A.
    let blur: CircularBlur
    /// Q · conj(transfer), N×1×H×(W/2+1).
    private let gain: Tensor
    /// The eigenvalues of A·Q·Aᵀ, N×1×h×w.
    private let power: Tensor

    /// - Parameter blur: The operator A. Its scale must divide its height and width.
    public init(_ blur: CircularBlur) throws(TorchError) {
        precondition(blur.height % blur.scale == 0 && blur.width % blur.scale == 0, "the filter needs whole blocks of s × s pixels")
        self.blur = blur
        let (s, h, w) = (blur.scale, blur.height / blur.scale, blur.width / blur.scale)
        let prior = try Self.prior(height: blur.height, width: blur.width, device: blur.transfer.device)
        gain = try blur.conjugateTransfer * prior
        let image = try Self.mirrored((blur.transfer * gain).real(), width: blur.width)
        power = try image.reshaped([-1, 1, s, h, s, w]).sum([2, 4]) / Double(s * s)
    }

    /// Q at the frequencies of a real transform, 1×1×H×(W/2+1), with the Laplacian's symbol for |ω|² and an end at 10⁴.
    private static func prior(height: Int, width: Int, device: Device) throws(TorchError) -> Tensor {
        func symbol(_ count: Int, of length: Int) -> [Float] {
            (0..<count).map { Float(2 - 2 * cos(2 * .pi * Double($0) / Double(length))) }
        }
        let rows = try Tensor(symbol(height, of: height), shape: [1, 1, height, 1], device: device)
        let columns = try Tensor(symbol(width / 2 + 1, of: width), shape: [1, 1, 1, width / 2 + 1], device: device)
        return try (rows + columns + 1e-4).power(-1)
    }

    /// All columns of a real image's spectrum (or of its power, if it is real) from those that a real transform keeps.
    private static func mirrored(_ half: Tensor, width: Int) throws(TorchError) -> Tensor {
        let kept = half.shape[half.shape.count - 1]
        guard width > kept else { return half }
        let rest = try half.slice(-1, 1..<width - kept + 1).flipped([-2, -1]).rolled(by: [1], dims: [-2])
        return try .concatenate([half, rest.conjugate()], dim: -1)
    }

    /// - Parameters:
    ///   - y: The LR image, N×C×h×w, with mean near zero.
    ///   - noise: One or several noise levels for each image, N×M, positive.
    /// - Returns: An estimate for each level, N×M×C×H×W.
    public func callAsFunction(_ y: Tensor, noise: Tensor) throws(TorchError) -> Tensor {
        let (shape, s) = (y.shape, blur.scale)
        let levels = try noise.reshaped([shape[0], -1, 1, 1, 1])
        let spectrum = try Self.mirrored(y.fourierTransformed(), width: shape[3]).reshaped([shape[0], 1, shape[1], shape[2], shape[3]])
        let weights = try spectrum / (power.reshaped([-1, 1, 1, shape[2], shape[3]]) + levels)
        // Zeros between the pixels repeat the spectrum; of its columns the real transform keeps half.
        let row = try Tensor.concatenate(Array(repeating: weights, count: s / 2 + 1), dim: -1).slice(-1, 0..<blur.width / 2 + 1)
        let spread = try Tensor.concatenate(Array(repeating: row, count: s), dim: -2)
        let kept = gain.shape
        return try (spread * gain.reshaped([kept[0], 1, 1, kept[2], kept[3]]))
            .inverseFourierTransformed(height: blur.height, width: blur.width)
    }
}
