/// What is refused before any pixel is decoded.
public struct ImageLimits: Sendable, Equatable {
    /// Largest number of pixels (width × height) that is decoded.
    public var maxPixels: Int
    /// Largest file in bytes that is read.
    public var maxBytes: Int

    /// 100 megapixels and 2 GiB.
    public static let `default` = ImageLimits()

    /// Limits on the number of pixels and on the size of the file.
    public init(maxPixels: Int = 100_000_000, maxBytes: Int = 1 << 31) {
        self.maxPixels = maxPixels
        self.maxBytes = maxBytes
    }
}

/// How images are encoded.
public struct EncodingOptions: Sendable, Equatable {
    /// 1 to 100, for JPEG, WebP, AVIF and HEIC; nil: lossless WebP, 95 for JPEG, whose colour keeps its full resolution, and 90 for the others.
    public var quality: Int?
    /// PNG compression, 0 (fast) to 9 (small).
    public var pngCompression: Int
    /// Whether EXIF, XMP, IPTC and comments are left out. The colour profile stays: without it the colours would be others.
    public var stripsMetadata: Bool
    /// Whether JPEG's colour has half the resolution, as most programs write it.
    var halvesColour = false

    /// The usual quality, PNG at compression 6, everything that the photo carries.
    public static let `default` = EncodingOptions()

    /// Values outside their range are moved to its nearer end.
    public init(quality: Int? = nil, pngCompression: Int = 6, stripsMetadata: Bool = false) {
        self.quality = quality.map { min(max($0, 1), 100) }
        self.pngCompression = min(max(pngCompression, 0), 9)
        self.stripsMetadata = stripsMetadata
    }

    init(quality: Int, halvesColour: Bool) {
        self.init(quality: quality)
        self.halvesColour = halvesColour
    }
}
