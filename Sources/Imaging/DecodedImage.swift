import Pixels

/// An image file's picture, upright, and what the file said about it.
public struct DecodedImage: Sendable {
    /// The picture in sRGB or grey, values in 0…1, its orientation applied, transparency laid onto white.
    public let image: Image
    /// The format of the file.
    public let format: ImageFormat
    /// The EXIF orientation that has been applied.
    public let originalOrientation: Orientation
    /// Bits per sample in the file, 8 or 16.
    public let bitsPerSample: Int
}
