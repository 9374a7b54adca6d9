import CVips
import Pixels

extension ImageFile {
    /// Encodes an image with 8 bits per sample.
    ///
    /// - Parameter name: what errors call the file.
    /// - Throws: `unsupported` where the format cannot hold an image of this size, `cannotWrite` where encoding fails.
    public static func encode(
        _ image: Image, as format: ImageFormat, options: EncodingOptions = .default, name: String
    ) throws(ImagingError) -> [UInt8] {
        try encode(Photo(image), as: format, options: options, name: name)
    }

    /// Encodes a photo with what it carries, as far as the format holds it.
    ///
    /// - Throws: as for an image.
    public static func encode(
        _ photo: Photo, as format: ImageFormat, options: EncodingOptions = .default, name: String
    ) throws(ImagingError) -> [UInt8] {
        try ImageEncoder(PhotoRows(photo, format: format), photo.metadata, format: format, options: options, name: name).bytes()
    }

    /// What is left of an image after it has been a JPEG file: 8 bits, colour at half resolution as most programs write it.
    ///
    /// - Parameter quality: 1 to 100; other values are moved to the nearer end.
    /// - Throws: `unsupported` for a side of more than 65,500 pixels, `cannotWrite` where encoding fails.
    public static func jpegRoundTrip(_ image: Image, quality: Int) throws(ImagingError) -> Image {
        let options = EncodingOptions(quality: quality, halvesColour: true)
        let bytes = try encode(image, as: .jpeg, options: options, name: "JPEG in memory")
        return try decode(bytes, name: "JPEG in memory", limits: ImageLimits(maxPixels: image.width * image.height)).image
    }
}

/// Rows of pixels and what a file carries beside them, on the way into a file.
struct ImageEncoder {
    private let rows: any PixelRows
    private let metadata: PhotoMetadata
    private let format: ImageFormat
    private let options: EncodingOptions
    private let name: String

    /// - Throws: `unsupported` where the format cannot hold an image of this size.
    init(
        _ rows: any PixelRows, _ metadata: PhotoMetadata, format: ImageFormat, options: EncodingOptions, name: String
    ) throws(ImagingError) {
        try format.check(width: rows.width, height: rows.height, name: name)
        self.rows = rows
        self.metadata = metadata.prepared(
            width: rows.width, height: rows.height, channels: rows.layout.channels, format: format, strips: options.stripsMetadata)
        self.format = format
        self.options = options
        self.name = name
    }

    /// The encoded file. Throws `cannotWrite`.
    func bytes() throws(ImagingError) -> [UInt8] {
        try withImage { image, encoding in
            var bytes: UnsafeMutableRawPointer?
            var count = 0
            guard cvips_save_to_memory(image, encoding, &bytes, &count) == 0 else { return nil }
            defer { cvips_free(bytes) }
            return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
        }
    }

    /// Encodes into an open file. Throws `cannotWrite`.
    func write(to descriptor: Int32) throws(ImagingError) {
        try withImage { image, encoding in cvips_save(image, encoding, descriptor) == 0 ? () : nil }
    }

    private func withImage<Value: Sendable>(_ body: (OpaquePointer, CVipsEncoding) -> Value?) throws(ImagingError) -> Value {
        let giver = PixelGiver(rows)
        return try Vips.withLibrary(path: name) { () throws(ImagingError) in
            let shape = CVipsShape(
                width: Int32(rows.width), height: Int32(rows.height), channels: Int32(rows.layout.samplesPerPixel),
                bits: Int32(rows.layout.bits), horizontal_density: metadata.density.horizontal,
                vertical_density: metadata.density.vertical)
            let image = cvips_new(
                shape,
                { context, x, y, width, pixels in
                    let rows = Unmanaged<PixelGiver>.fromOpaque(context).takeUnretainedValue().rows
                    return rows.give(x: Int(x), y: Int(y), width: Int(width), into: pixels) ? 0 : -1
                }, Unmanaged.passUnretained(giver).toOpaque())
            guard let image else { throw .cannotWrite(path: name, reason: Vips.takeError()) }
            defer { withExtendedLifetime(giver) { cvips_close(image) } }
            metadata.write(to: image)
            let encoding = CVipsEncoding(
                format: format.cFormat, quality: Int32(options.quality ?? format.defaultQuality),
                subsample_colour: options.halvesColour ? 1 : 0, compression: Int32(options.pngCompression))
            guard let value = body(image, encoding) else { throw .cannotWrite(path: name, reason: Vips.takeError()) }
            return value
        }
    }
}

/// Rows behind one pointer, for C.
private final class PixelGiver: Sendable {
    let rows: any PixelRows

    init(_ rows: any PixelRows) { self.rows = rows }
}
