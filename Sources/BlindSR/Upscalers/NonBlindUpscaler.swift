import Pixels

/// A system that enlarges an image whose blur kernel is known.
public protocol NonBlindUpscaler {
    /// The enlargement factors that it serves.
    var scales: [Int] { get }
    /// Whether a photo may be restored in tiles with some context, each by itself. Not where the system learns from the photo.
    var mayBeTiled: Bool { get }
    /// Bytes that the system takes at work for each pixel of the enlarged image or tile, measured.
    var bytesPerPixel: Int { get }

    /// Enlarges a whole image under a circular border.
    ///
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - kernel: The blur on the enlarged grid.
    ///   - noise: Standard deviation of the noise in `lr`, for samples in 0…1.
    ///   - confidence: The expected kernel PSNR in dB of `kernel`; nil for one that is known. Systems without use for it ignore it.
    ///   - scale: One of ``scales``.
    ///   - progress: Told of the progress of systems that take their time.
    /// - Returns: An image of `scale` times the size with as many channels, on the grid whose pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: ``UpscalingError``, `TorchError`, what `progress` throws.
    func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image
}

extension NonBlindUpscaler {
    public var mayBeTiled: Bool { true }
    public var bytesPerPixel: Int { 1000 }

    /// The same without progress.
    public func upscale(_ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double? = nil, scale: Int) throws -> Image {
        try upscale(lr, kernel: kernel, noise: noise, confidence: confidence, scale: scale) { _ in }
    }
}

/// Why an image cannot be enlarged.
public enum UpscalingError: Error, Equatable, CustomStringConvertible {
    /// The system does not serve this factor.
    case scale(Int, supported: [Int])
    /// The result holds values that are no numbers.
    case notFinite
    /// Not even small tiles fit into the memory that may be taken; both in bytes.
    case memory(needed: Int, limit: Int)

    public var description: String {
        switch self {
        case .scale(let scale, let supported):
            "This model cannot enlarge by \(scale), only by \(supported.map(String.init).joined(separator: ", "))."
        case .memory(let needed, let limit):
            "Restoring this takes at least \(needed >> 20) MiB beside the photo itself, and \(limit >> 20) MiB are left for it."
        case .notFinite: "The result holds values that are not finite numbers: the weights, the kernel or the device is faulty."
        }
    }
}
