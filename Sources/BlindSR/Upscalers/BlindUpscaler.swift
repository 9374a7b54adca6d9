import Pixels

/// A system that enlarges an image without being told of its blur, and without saying what it found.
public protocol BlindUpscaler {
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - scale: From 1 to 4.
    /// - Returns: An image of `scale` times the size with as many channels, not clipped.
    func upscale(_ lr: Image, scale: Int) throws -> Image
}
