import CVips
import Pixels

extension ImageFile {
    /// Decodes an image file that is already in memory.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `empty`, `unsupported`, `damaged`, `tooLarge`.
    public static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits = .default) throws(ImagingError) -> Photo {
        try open(bytes, name: name) { (opened, stored, format) throws(ImagingError) in
            let header = PhotoHeader(stored, format: format)
            try header.check(count: bytes.count, name: name, limits: limits)
            var (metadata, warnings) = PhotoMetadata.read(opened, stored)
            if header.pages > 1 { warnings.append("it holds \(header.pages) pages or frames, of which one is taken") }
            if format == .tiff, let directory = TIFFDirectory(bytes), directory.holds(.exif) || directory.holds(.gps) {
                warnings.append("its EXIF data are not read from TIFF")
            }
            if header.orientation.swapsSides { metadata.turn() }
            var (colour, alpha) = try pixels(opened, stored, header, name: name)
            if let alpha { colour.bleed(under: alpha) }
            return Photo(
                colour: colour, alpha: alpha, bitsPerSample: header.bitsPerSample, metadata: metadata, format: format,
                warnings: warnings)
        }
    }

    /// Opens an image file and reads its header; `body` may decode it.
    static func open<Value: Sendable>(
        _ bytes: [UInt8], name: String, _ body: (OpaquePointer, CVipsHeader, ImageFormat) throws(ImagingError) -> Value
    ) throws(ImagingError) -> Value {
        guard !bytes.isEmpty else { throw .empty(path: name) }
        guard let format = ImageFormat(detecting: bytes) else { throw notAnImage(name) }
        if format == .png, case let texts = PNGChunks.compressedTexts(bytes), texts > PNGChunks.mostTexts {
            throw .unsupported(path: name, reason: "it holds \(texts) texts, more than the \(PNGChunks.mostTexts) that are read")
        }
        if format == .tiff, let reason = TIFFDirectory(bytes)?.foreignColours { throw .unsupported(path: name, reason: reason) }
        return try Vips.withLibrary(path: name) { () throws(ImagingError) in
            try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
                guard cvips_supports(format.cFormat) != 0 else {
                    throw .unsupported(path: name, reason: "the libvips of this system reads no \(format.name)")
                }
                guard let source = buffer.baseAddress, let opened = cvips_open(format.cFormat, source, buffer.count) else {
                    throw .damaged(path: name, reason: Vips.takeError())
                }
                defer { cvips_close(opened) }
                return try body(opened, cvips_header(opened), format)
            }
        }
    }

    /// Memory is taken for the floats alone, and the system gives it as rows arrive: a file that lies about its size gets little.
    private static func pixels(
        _ opened: OpaquePointer, _ stored: CVipsHeader, _ header: PhotoHeader, name: String
    ) throws(ImagingError) -> (colour: Image, alpha: Image?) {
        let (width, height, channels) = (Int(stored.width), Int(stored.height), header.channels)
        let plane = width * height
        var status: Int32 = 0
        var alpha: [Float] = []
        let colour = [Float](unsafeUninitializedCapacity: plane * channels) { colour, filled in
            alpha = [Float](unsafeUninitializedCapacity: header.hasAlpha ? plane : 0) { alpha, alphaFilled in
                var rows = UprightRows(
                    colour: colour.baseAddress!, alpha: header.hasAlpha ? alpha.baseAddress : nil, width: width, height: height,
                    channels: channels, bits: header.bitsPerSample, orientation: header.orientation)
                status = cvips_read(
                    opened, { context, y, row in context.assumingMemoryBound(to: UprightRows.self).pointee.take(row, y: Int(y)) }, &rows)
                alphaFilled = status == 0 ? alpha.count : 0
            }
            filled = status == 0 ? plane * channels : 0
        }
        guard status == 0 else { throw .damaged(path: name, reason: Vips.takeError()) }
        // Where a JPEG's data end before its picture does, its decoder fills the rest with grey and only warns.
        if header.format == .jpeg, case let warning = Vips.takeError(), warning.contains("premature end") {
            throw .damaged(path: name, reason: warning)
        }
        return (
            Image(width: header.width, height: header.height, channels: channels, samples: colour),
            alpha.isEmpty ? nil : Image(width: header.width, height: header.height, channels: 1, samples: alpha)
        )
    }
}
