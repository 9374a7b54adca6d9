import CVips
import Pixels

extension ImageFile {
    /// Decodes an image file that is already in memory.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `empty`, `unsupported`, `damaged`, `tooLarge`.
    public static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits = .default) throws(ImagingError) -> Photo {
        guard !bytes.isEmpty else { throw .empty(path: name) }
        guard let format = ImageFormat(detecting: bytes) else { throw notAnImage(name) }
        return try Vips.withLibrary(path: name) { () throws(ImagingError) in
            try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
                guard cvips_supports(format.cFormat) != 0 else {
                    throw .unsupported(path: name, reason: "the libvips of this system reads no \(format.name)")
                }
                guard let source = buffer.baseAddress, let opened = cvips_open(format.cFormat, source, buffer.count) else {
                    throw .damaged(path: name, reason: Vips.takeError())
                }
                defer { cvips_close(opened) }
                let header = cvips_header(opened)
                try check(header, format: format, name: name, limits: limits)
                return try photo(opened, header, format: format, name: name)
            }
        }
    }

    private static func check(_ header: CVipsHeader, format: ImageFormat, name: String, limits: ImageLimits) throws(ImagingError) {
        let (width, height) = (Int(header.width), Int(header.height))
        guard width * height <= limits.maxPixels else {
            throw .tooLarge(path: name, width: width, height: height, limit: limits.maxPixels)
        }
        guard header.bits != 0 else {
            throw .unsupported(path: name, reason: "only 8 and 16 bits per sample are read, and this \(format.name) image has another kind")
        }
    }

    private static func photo(
        _ opened: OpaquePointer, _ header: CVipsHeader, format: ImageFormat, name: String
    ) throws(ImagingError) -> Photo {
        let orientation = Orientation(rawValue: Int(header.orientation)) ?? .upright
        var (metadata, warnings) = PhotoMetadata.read(opened, header)
        if header.pages > 1 {
            warnings.append("it holds \(header.pages) pages or frames, of which one is taken")
        }
        if orientation.swapsSides { metadata.turnDensity() }
        var (colour, alpha) = try pixels(opened, header, orientation: orientation, name: name)
        if let alpha { colour.bleed(under: alpha) }
        return Photo(
            colour: colour, alpha: alpha, bitsPerSample: Int(header.bits), metadata: metadata, format: format,
            originalOrientation: orientation, warnings: warnings)
    }

    /// Memory is taken for the floats alone, and the system gives it as rows arrive: a file that lies about its size gets little.
    private static func pixels(
        _ opened: OpaquePointer, _ header: CVipsHeader, orientation: Orientation, name: String
    ) throws(ImagingError) -> (colour: Image, alpha: Image?) {
        let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
        let plane = width * height
        var status: Int32 = 0
        var alpha: [Float] = []
        let colour = [Float](unsafeUninitializedCapacity: plane * channels) { colour, filled in
            alpha = [Float](unsafeUninitializedCapacity: header.has_alpha != 0 ? plane : 0) { alpha, alphaFilled in
                var rows = UprightRows(
                    colour: colour.baseAddress!, alpha: header.has_alpha != 0 ? alpha.baseAddress : nil, width: width, height: height,
                    channels: channels, bits: Int(header.bits), orientation: orientation)
                status = cvips_read(
                    opened, { context, y, row in context.assumingMemoryBound(to: UprightRows.self).pointee.take(row, y: Int(y)) }, &rows)
                alphaFilled = status == 0 ? alpha.count : 0
            }
            filled = status == 0 ? plane * channels : 0
        }
        guard status == 0 else { throw .damaged(path: name, reason: Vips.takeError()) }
        let (w, h) = orientation.swapsSides ? (height, width) : (width, height)
        return (
            Image(width: w, height: h, channels: channels, samples: colour),
            alpha.isEmpty ? nil : Image(width: w, height: h, channels: 1, samples: alpha)
        )
    }
}
