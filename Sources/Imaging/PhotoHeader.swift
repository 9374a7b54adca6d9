import CVips

/// What an image file says about itself before any pixel is decoded.
public struct PhotoHeader: Sendable, Equatable {
    public let format: ImageFormat
    /// Columns and rows of the upright picture.
    public let width: Int
    public let height: Int
    /// Channels of colour, 1 or 3.
    public let channels: Int
    public let hasAlpha: Bool
    /// 8 or 16; 0 for samples of another type, which are not read.
    public let bitsPerSample: Int
    /// How the stored pixels have to be turned.
    public let orientation: Orientation
    /// Pages or frames, of which one is read.
    public let pages: Int

    init(_ header: CVipsHeader, format: ImageFormat) {
        let orientation = Orientation(rawValue: Int(header.orientation)) ?? .upright
        let (width, height) = (Int(header.width), Int(header.height))
        self.format = format
        self.width = orientation.swapsSides ? height : width
        self.height = orientation.swapsSides ? width : height
        channels = Int(header.channels)
        hasAlpha = header.has_alpha != 0
        bitsPerSample = Int(header.bits)
        self.orientation = orientation
        pages = Int(header.pages)
    }

    /// Bytes of the decoded photo in memory: 4 for every sample.
    public var decodedBytes: Int { 4 * width * height * (channels + (hasAlpha ? 1 : 0)) }

    /// Throws `tooLarge`, `unsupported`, and `damaged` for a file that is too short for what it claims to hold.
    ///
    /// - Parameter count: The file's size in bytes.
    func check(count: Int, name: String, limits: ImageLimits) throws(ImagingError) {
        guard width * height <= limits.maxPixels else { throw .tooLarge(path: name, width: width, height: height, limit: limits.maxPixels) }
        guard bitsPerSample != 0 else {
            throw .unsupported(path: name, reason: "only 8 and 16 bits per sample are read, and this \(format.name) image has another kind")
        }
        guard format.mostPixelsPerByte.map({ width * height / $0 <= count }) ?? true else {
            throw .damaged(path: name, reason: "\(count) bytes cannot hold the \(width) × \(height) pixels that it announces")
        }
    }
}
