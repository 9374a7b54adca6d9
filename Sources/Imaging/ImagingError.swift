import Files

/// Why an image file could not be read or written. `description` is one sentence for a person.
public enum ImagingError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case notFound(path: String)
    /// A folder stands where an image file was expected.
    case isDirectory(path: String)
    /// The file exists but cannot be read.
    case unreadable(path: String, reason: String)
    /// The file has no content.
    case empty(path: String)
    /// The file is no image of a known format, or its kind of content is not supported.
    case unsupported(path: String, reason: String)
    /// The file begins as an image but cannot be decoded to its end.
    case damaged(path: String, reason: String)
    /// The image has more pixels than are allowed; nothing was decoded.
    case tooLarge(path: String, width: Int, height: Int, limit: Int)
    /// The output is there already and may not be overwritten.
    case exists(path: String)
    /// The output could not be written; what was there before is unchanged.
    case cannotWrite(path: String, reason: String)

    /// One sentence that names the file and the reason.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): there is no such file or folder"
        case .isDirectory(let path): "\(path): this is a folder, not an image file"
        case .unreadable(let path, let reason): "\(path): the file cannot be read (\(reason))"
        case .empty(let path): "\(path): the file is empty"
        case .unsupported(let path, let reason): "\(path): \(reason)"
        case .damaged(let path, let reason): "\(path): the file is damaged or cut short (\(reason))"
        case .tooLarge(let path, let width, let height, let limit):
            "\(path): the image is \(width) × \(height) pixels, more than the limit of \(Self.megapixels(limit))"
        case .exists(let path): "\(path): the file exists already"
        case .cannotWrite(let path, let reason): "\(path): the file cannot be written (\(reason))"
        }
    }

    init(_ error: AtomicFileError) {
        self =
            switch error {
            case .exists(let path): .exists(path: path)
            case .cannotWrite(let path, let reason): .cannotWrite(path: path, reason: reason)
            }
    }

    private static func megapixels(_ pixels: Int) -> String {
        pixels % 1_000_000 == 0 ? "\(pixels / 1_000_000) megapixels" : "\(pixels) pixels"
    }
}
