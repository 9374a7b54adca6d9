import CVips
import Pixels

extension ImageFile {
    /// Decodes an image file that is already in memory.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `empty`, `unsupported`, `damaged`, `tooLarge`.
    public static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits = .default) throws(ImagingError) -> DecodedImage {
        guard !bytes.isEmpty else { throw .empty(path: name) }
        guard let format = ImageFormat(detecting: bytes) else { throw notAnImage(name) }
        return try Vips.withLibrary(path: name) { () throws(ImagingError) in
            try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
                guard let source = buffer.baseAddress, let opened = cvips_open(format.cFormat, source, buffer.count) else {
                    throw .damaged(path: name, reason: Vips.takeError())
                }
                defer { cvips_close(opened) }
                let header = cvips_header(opened)
                try check(header, format: format, name: name, limits: limits)
                let orientation = Orientation(rawValue: Int(header.orientation)) ?? .upright
                return DecodedImage(
                    image: try pixels(of: opened, header, orientation: orientation, name: name), format: format,
                    originalOrientation: orientation, bitsPerSample: Int(header.bits))
            }
        }
    }

    /// Encodes an image with 8 bits per sample.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `unsupported` where the format cannot hold an image of this size, `cannotWrite` where encoding fails.
    public static func encode(
        _ image: Image, as format: ImageFormat, options: EncodingOptions = .default, name: String
    ) throws(ImagingError) -> [UInt8] {
        guard max(image.width, image.height) <= format.maximumSide else {
            throw .unsupported(
                path: name, reason: "\(format.name) holds at most \(format.maximumSide) pixels a side, not \(image.width) × \(image.height)"
            )
        }
        let quality =
            switch format {
            case .jpeg: options.jpegQuality
            case .webp: options.webPQuality ?? 0
            case .png, .tiff: 0
            }
        let encoding = CVipsEncoding(
            format: format.cFormat, quality: Int32(quality), subsample_colour: 0, compression: Int32(options.pngCompression))
        return try encode(image, encoding, name: name)
    }

    /// What is left of an image after it has been a JPEG file: 8 bits, colour at half resolution as most programs write it.
    ///
    /// - Parameter quality: 1 to 100; other values are moved to the nearer end.
    /// - Throws: `unsupported` for a side of more than 65,535 pixels, `cannotWrite` where encoding fails.
    public static func jpegRoundTrip(_ image: Image, quality: Int) throws(ImagingError) -> Image {
        let name = "JPEG in memory"
        guard max(image.width, image.height) <= ImageFormat.jpeg.maximumSide else {
            throw .unsupported(path: name, reason: "JPEG holds at most \(ImageFormat.jpeg.maximumSide) pixels a side")
        }
        let encoding = CVipsEncoding(
            format: CVIPS_JPEG, quality: Int32(min(max(quality, 1), 100)), subsample_colour: 1, compression: 0)
        let limits = ImageLimits(maxPixels: image.width * image.height)
        return try decode(encode(image, encoding, name: name), name: name, limits: limits).image
    }

    private static func encode(_ image: Image, _ encoding: CVipsEncoding, name: String) throws(ImagingError) -> [UInt8] {
        let samples = PixelConversion.interleaved8Bit(image)
        return try Vips.withLibrary(path: name) { () throws(ImagingError) in
            try samples.withUnsafeBufferPointer { (samples) throws(ImagingError) in
                var bytes: UnsafeMutableRawPointer?
                var count = 0
                guard let source = samples.baseAddress,
                    cvips_encode(source, Int32(image.width), Int32(image.height), Int32(image.channels), encoding, &bytes, &count) == 0
                else { throw .cannotWrite(path: name, reason: Vips.takeError()) }
                defer { cvips_free(bytes) }
                return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
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

    private static func pixels(
        of opened: OpaquePointer, _ header: CVipsHeader, orientation: Orientation, name: String
    ) throws(ImagingError) -> Image {
        var pixels = CVipsPixels()
        guard cvips_decode(opened, &pixels) == 0, let samples = pixels.samples else {
            throw .damaged(path: name, reason: Vips.takeError())
        }
        defer { cvips_free(samples) }
        let (width, height, channels) = (Int(header.width), Int(header.height), Int(pixels.channels))
        func image<Sample: FixedWidthInteger & UnsignedInteger>(_: Sample.Type) -> Image {
            let count = width * height * channels
            let stored = UnsafeBufferPointer(start: samples.bindMemory(to: Sample.self, capacity: count), count: count)
            return PixelConversion.image(stored, width: width, height: height, channels: channels, orientation: orientation)
        }
        return pixels.bits == 16 ? image(UInt16.self) : image(UInt8.self)
    }
}
