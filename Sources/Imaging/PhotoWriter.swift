import Files
import Foundation
import Pixels

/// Writes a photo's result while it is being restored: finished rows go in from the top to the bottom, and neither they nor the encoder
/// hold the whole image (WebP, AVIF and HEIC do, in the encoder).
///
/// The rows wait, as they will be stored, in a file without a name beside the output. The output appears whole or not at all.
public final class PhotoWriter {
    private let photo: Photo
    private let scale: Int
    private let path: String
    private let format: ImageFormat
    private let options: EncodingOptions
    private let overwrite: Bool
    private let rows: SpooledRows

    /// - Parameters:
    ///   - photo: The photo that is being restored; the result carries what it carries.
    ///   - scale: How many times as wide and high the result is.
    ///   - path: Its extension decides the format.
    /// - Throws: As `ImageFile.write`.
    public init(
        _ photo: Photo, scale: Int, to path: String, options: EncodingOptions = .default, overwrite: Bool = false
    ) throws(ImagingError) {
        self.photo = photo
        self.scale = scale
        self.path = path
        self.options = options
        self.overwrite = overwrite
        format = try ImageFile.checkDestination(path, overwrite: overwrite)
        let (width, height) = (photo.colour.width * scale, photo.colour.height * scale)
        try format.check(width: width, height: height, name: path)
        rows = try SpooledRows(width: width, height: height, layout: PixelLayout(photo, format: format), beside: path)
    }

    /// Takes the next rows of the restored colours, on the model's grid; the opacity is enlarged here.
    ///
    /// - Throws: `cannotWrite`.
    public func append(_ colour: Image) throws(ImagingError) {
        precondition(
            colour.width == rows.width && colour.channels == photo.colour.channels && rows.count + colour.height <= rows.height,
            "rows of a result have its width and its channels, and there are no more of them than it has")
        let alpha = photo.alpha?.enlargedOnModelGrid(scale: scale, rows: rows.count..<rows.count + colour.height).clipped()
        try rows.append(colour, alpha)
    }

    /// Encodes the file, once all rows are there.
    ///
    /// - Throws: `exists`, `cannotWrite`.
    public func finish() throws(ImagingError) {
        precondition(rows.count == rows.height, "a result is finished once it has all its rows")
        let encoder = try ImageEncoder(rows, photo.metadata, format: format, options: options, name: path)
        try OutputFile.write(path, overwrite: overwrite, encoder.write)
    }
}

/// Rows of pixels in a file that nobody else can open. They are written first, by one thread, and read afterwards.
private final class SpooledRows: PixelRows, @unchecked Sendable {
    let width: Int
    let height: Int
    let layout: PixelLayout
    /// The number of rows that are there.
    private(set) var count = 0
    private let file: ScratchFile

    init(width: Int, height: Int, layout: PixelLayout, beside path: String) throws(ImagingError) {
        self.width = width
        self.height = height
        self.layout = layout
        do { file = try ScratchFile(beside: path) } catch { throw ImagingError(error) }
    }

    private var rowBytes: Int { width * layout.bytesPerPixel }

    func append(_ colour: Image, _ alpha: Image?) throws(ImagingError) {
        // A few rows at a time, so that little memory is taken beside the image's.
        let step = max(1, (1 << 20) / rowBytes)
        for first in stride(from: 0, to: colour.height, by: step) {
            let last = min(first + step, colour.height)
            let bytes = [UInt8](unsafeUninitializedCapacity: (last - first) * rowBytes) { bytes, filled in
                for y in first..<last {
                    layout.interleave(
                        colour, alpha, x: 0, y: y, width: width,
                        into: UnsafeMutableRawPointer(bytes.baseAddress! + (y - first) * rowBytes))
                }
                filled = (last - first) * rowBytes
            }
            do { try file.append(bytes) } catch { throw ImagingError(error) }
        }
        count += colour.height
    }

    func give(x: Int, y: Int, width: Int, into pixels: UnsafeMutableRawPointer) -> Bool {
        file.read(
            from: y * rowBytes + x * layout.bytesPerPixel,
            into: UnsafeMutableRawBufferPointer(start: pixels, count: width * layout.bytesPerPixel))
    }
}
