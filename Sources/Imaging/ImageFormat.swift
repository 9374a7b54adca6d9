import CVips
import Foundation

/// The file formats that are read and written.
public enum ImageFormat: String, Sendable, CaseIterable {
    case png, jpeg, webp, tiff

    /// The format that a file's first bytes announce; nil for everything that is not on this list, whatever its name is.
    public init?(detecting bytes: some Collection<UInt8>) {
        let signatures: [(ImageFormat, [UInt8])] = [
            (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            (.jpeg, [0xFF, 0xD8, 0xFF]),
            (.tiff, [0x49, 0x49, 0x2A, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2A]),
            (.tiff, [0x49, 0x49, 0x2B, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2B]),
        ]
        if let (format, _) = signatures.first(where: { bytes.starts(with: $0.1) }) {
            self = format
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            self = .webp
        } else {
            return nil
        }
    }

    /// The format that a path's extension asks for (png, jpg, jpeg, webp, tif, tiff; case does not matter).
    public init?(pathExtension path: String) {
        switch (path as NSString).pathExtension.lowercased() {
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "webp": self = .webp
        case "tif", "tiff": self = .tiff
        default: return nil
        }
    }

    /// The longest side in pixels that the format can hold.
    public var maximumSide: Int {
        switch self {
        case .png, .tiff: Int(Int32.max)
        case .jpeg: 65_535
        case .webp: 16_383
        }
    }

    /// The format's name as people write it.
    public var name: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        case .tiff: "TIFF"
        }
    }

    /// All names in one phrase.
    static let list = "PNG, JPEG, WebP or TIFF"

    var cFormat: CVipsFormat {
        switch self {
        case .png: CVIPS_PNG
        case .jpeg: CVIPS_JPEG
        case .webp: CVIPS_WEBP
        case .tiff: CVIPS_TIFF
        }
    }
}
