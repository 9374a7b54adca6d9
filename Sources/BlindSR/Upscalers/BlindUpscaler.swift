import Pixels

/// A system that enlarges an image without being told of its blur.
public protocol BlindUpscaler {
    /// The enlargement factors that it serves.
    var scales: [Int] { get }
    /// Whether a photo may be restored in tiles with some context, each by itself. Not where the system learns from the photo.
    var mayBeTiled: Bool { get }
    /// Bytes that the system takes at work for each pixel of the enlarged image or tile, measured.
    var bytesPerPixel: Int { get }

    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - scale: One of ``scales``.
    ///   - progress: Told of the progress of systems that take their time.
    /// - Returns: An image of `scale` times the size with as many channels, not clipped, on the grid whose pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: ``UpscalingError``, ``EstimationError``, `TorchError`, what `progress` throws.
    func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> BlindResult
}

extension BlindUpscaler {
    public var bytesPerPixel: Int { 1000 }

    /// The same without progress.
    public func upscale(_ lr: Image, scale: Int) throws -> BlindResult { try upscale(lr, scale: scale) { _ in } }
}

/// What a blind system makes of a photo.
public struct BlindResult: Sendable {
    public let image: Image
    /// The blur that the system found, on the enlarged grid; nil where it does not say.
    public let kernel: BlurKernel?

    public init(image: Image, kernel: BlurKernel? = nil) {
        self.image = image
        self.kernel = kernel
    }
}
