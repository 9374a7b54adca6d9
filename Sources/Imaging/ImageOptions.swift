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

/// How images are encoded; each option concerns one format.
public struct EncodingOptions: Sendable, Equatable {
    /// JPEG quality, 1 to 100. The colour keeps its full resolution (4:4:4).
    public var jpegQuality: Int
    /// WebP quality, 1 to 100; nil is lossless.
    public var webPQuality: Int?
    /// PNG compression, 0 (fast) to 9 (small).
    public var pngCompression: Int

    /// JPEG at quality 95, lossless WebP, PNG at compression 6.
    public static let `default` = EncodingOptions()

    /// Values outside their range are moved to its nearer end.
    public init(jpegQuality: Int = 95, webPQuality: Int? = nil, pngCompression: Int = 6) {
        self.jpegQuality = min(max(jpegQuality, 1), 100)
        self.webPQuality = webPQuality.map { min(max($0, 1), 100) }
        self.pngCompression = min(max(pngCompression, 0), 9)
    }
}
