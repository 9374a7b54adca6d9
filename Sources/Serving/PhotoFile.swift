import Foundation
import Imaging
import Pixels

/// How photos come in and results go out: the one place of this room that reads and writes image files.
enum PhotoFile {
    /// What a browser shows of results, and TIFF.
    static let formats: [ImageFormat] = [.png, .jpeg, .webp, .tiff]
    /// The bytes from which a format is told.
    static let signatureLength = 64

    /// Decodes a photo with all that it carries.
    ///
    /// - Parameter limit: The largest number of pixels.
    /// - Throws: `ImagingError`, which calls the file "photo".
    static func read(_ path: String, limit: Int) throws -> Photo {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        return try ImageFile.decode(Array(bytes), name: "photo", limits: ImageLimits(maxPixels: limit))
    }

    /// Writes a photo; the file is there whole or not at all.
    static func write(_ photo: Photo, as format: ImageFormat, to path: String) throws {
        try Data(ImageFile.encode(photo, as: format, name: "result")).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// A part of a result, for the page to show.
    static func preview(_ photo: Photo) throws -> Data {
        Data(try ImageFile.encode(photo, as: .png, options: EncodingOptions(pngCompression: 1, stripsMetadata: true), name: "preview"))
    }
}
