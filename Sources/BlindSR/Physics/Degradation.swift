import Pixels
import Torch

extension Image {
    /// Eq. (1) without noise: true convolution with `kernel` under a circular border, then rows and columns 0, s, 2s, … are kept. Computed in
    /// double precision and not rounded.
    ///
    /// - Parameter scale: s, at least 1.
    public func degraded(by kernel: BlurKernel, scale: Int) throws(TorchError) -> Image {
        let values = try Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width]).to(.float64)
        let pixels = try Tensor(samples, shape: [1, channels, height, width]).to(.float64)
        return try Image(CircularBlur(kernel: values, height: height, width: width, scale: scale).degraded(pixels))
    }
}
