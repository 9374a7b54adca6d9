import Foundation
import Pixels

/// Reading and writing image files.
///
/// The format is recognised by the file's first bytes when reading and by the extension when writing. All functions may
/// be called from any thread; libvips is used by one at a time.
public enum ImageFile {
    /// Reads an image file with what it carries: PNG, JPEG, WebP, TIFF, and AVIF and HEIC where this libvips has them; 8 or 16 bits per
    /// sample, turned upright.
    ///
    /// - Throws: every case of `ImagingError` but `exists` and `cannotWrite`.
    public static func read(_ path: String, limits: ImageLimits = .default) throws(ImagingError) -> Photo {
        try decode(bytes(of: path, limits: limits), name: path, limits: limits)
    }

    /// What an image file says about itself; no pixel is decoded.
    ///
    /// - Throws: as `read`, but what is known of the header alone is no reason to refuse it.
    public static func header(_ path: String, limits: ImageLimits = .default) throws(ImagingError) -> PhotoHeader {
        try open(bytes(of: path, limits: limits), name: path) { (_, header, format) in PhotoHeader(header, format: format) }
    }

    private static func bytes(of path: String, limits: ImageLimits) throws(ImagingError) -> [UInt8] {
        let file = try InputFile(path)
        // A film or an archive is refused before it is read to its end.
        guard ImageFormat(detecting: try file.read(atMost: ImageFormat.signatureLength)) != nil else { throw notAnImage(path) }
        guard file.size <= limits.maxBytes else {
            throw .unreadable(path: path, reason: "it has \(file.size) bytes, more than the limit of \(limits.maxBytes)")
        }
        return try file.read(atMost: file.size)
    }

    /// Writes an image with 8 bits per sample in the format of the path's extension.
    ///
    /// The file appears whole or not at all: it is written beside its place, flushed to the disk and renamed.
    ///
    /// - Throws: `unsupported` (extension, or a size that the format cannot hold), `exists`, `cannotWrite`.
    public static func write(
        _ image: Image, to path: String, options: EncodingOptions = .default, overwrite: Bool = false
    ) throws(ImagingError) {
        try write(Photo(image), to: path, options: options, overwrite: overwrite)
    }

    /// Writes a photo with what it carries, as far as the format of the path's extension holds it; as an image is written.
    public static func write(
        _ photo: Photo, to path: String, options: EncodingOptions = .default, overwrite: Bool = false
    ) throws(ImagingError) {
        let format = try checkDestination(path, overwrite: overwrite)
        let encoder = try ImageEncoder(PhotoRows(photo, format: format), photo.metadata, format: format, options: options, name: path)
        try OutputFile.write(path, overwrite: overwrite, encoder.write)
    }

    /// Checks what can be known before the image is there: extension, folder, existing file. Nothing is written.
    ///
    /// - Returns: the format that the extension asks for.
    /// - Throws: as `write`.
    @discardableResult
    public static func checkDestination(_ path: String, overwrite: Bool) throws(ImagingError) -> ImageFormat {
        guard let format = ImageFormat(pathExtension: path) else {
            let name = (path as NSString).pathExtension
            let reason = name.isEmpty ? "the file name has no extension" : "the extension .\(name) is not known"
            throw .unsupported(path: path, reason: "\(reason); write .png, .jpg, .webp, .tif, .avif or .heic")
        }
        try format.checkCanBeWritten(name: path)
        try OutputFile.check(path, overwrite: overwrite)
        return format
    }

    static func notAnImage(_ name: String) -> ImagingError {
        .unsupported(path: name, reason: "this is not a \(ImageFormat.list) image")
    }
}
