import Torch

/// The operator A of Eq. (1) under a circular border: true convolution of a high-resolution (HR) image with a blur kernel, of which
/// rows and columns 0, s, 2s, … are kept. One kernel per image of a batch; all channels are blurred alike.
///
/// Everything that depends on the kernel and the size alone is computed once, in double precision. All methods are differentiable.
public struct CircularBlur {
    /// Rows of the HR image.
    public let height: Int
    /// Columns of the HR image.
    public let width: Int
    /// Every `scale`-th row and column is kept.
    public let scale: Int
    /// The kernel's spectrum, N×1×H×(W/2+1).
    let transfer: Tensor
    let conjugateTransfer: Tensor

    /// - Parameters:
    ///   - kernel: N×1×k×l in true-convolution orientation, centred on element (⌊k/2⌋, ⌊l/2⌋). One that is larger than the image wraps around.
    ///   - height: Rows of the HR image.
    ///   - width: Columns of the HR image.
    ///   - scale: The decimation factor s, at least 1.
    public init(kernel: Tensor, height: Int, width: Int, scale: Int) throws(TorchError) {
        self.height = height
        self.width = width
        self.scale = scale
        let spectrum = try Self.wrapped(kernel.to(.float64), height: height, width: width).fourierTransformed()
        transfer = try spectrum.to(kernel.dataType == .float64 ? .complex128 : .complex64)
        conjugateTransfer = try transfer.conjugate()
    }

    /// The kernel on an H×W torus, its centre at (0, 0).
    private static func wrapped(_ kernel: Tensor, height: Int, width: Int) throws(TorchError) -> Tensor {
        let shape = kernel.shape
        let (rows, columns) = (shape[2], shape[3])
        let (down, across) = ((rows + height - 1) / height, (columns + width - 1) / width)
        return try kernel.padded(right: across * width - columns, bottom: down * height - rows, .zero)
            .reshaped([shape[0], 1, down, height, across, width]).sum([2, 4])
            .rolled(by: [-(rows / 2), -(columns / 2)], dims: [-2, -1])
    }

    /// The kernel's convolution with `image`, N×C×H×W → N×C×H×W.
    public func blurred(_ image: Tensor) throws(TorchError) -> Tensor {
        try (image.fourierTransformed() * transfer).inverseFourierTransformed(height: height, width: width)
    }

    /// A·image: blurred and decimated, N×C×H×W → N×C×⌈H/s⌉×⌈W/s⌉.
    public func degraded(_ image: Tensor) throws(TorchError) -> Tensor { try blurred(image).decimated(by: scale) }

    /// Aᵀ·image: zeros inserted and correlated with the kernel, N×C×⌈H/s⌉×⌈W/s⌉ → N×C×H×W.
    public func adjoint(_ image: Tensor) throws(TorchError) -> Tensor {
        let spread = try image.zerosInserted(height: height, width: width, scale: scale)
        return try (spread.fourierTransformed() * conjugateTransfer).inverseFourierTransformed(height: height, width: width)
    }

    /// The eigenvalues of AAᵀ, N×1×h×(w/2+1): where s divides the size, AAᵀ is itself a circular convolution on the decimated grid.
    func gramSpectrum() throws(TorchError) -> Tensor {
        let power = try (transfer * conjugateTransfer).to(.complex128)
        let autocorrelation = try power.inverseFourierTransformed(height: height, width: width)
        return try autocorrelation.decimated(by: scale).fourierTransformed().real().clamped(to: 0...Double.infinity)
            .to(transfer.dataType == .complex128 ? .float64 : .float32)
    }
}
