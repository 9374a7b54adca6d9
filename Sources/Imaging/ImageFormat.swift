import CVips
import Foundation
import Pixels

/// The file formats that are read and written.
public enum ImageFormat: String, Sendable, CaseIterable {
    case png, jpeg, webp, tiff, avif, heic

    /// How many of a file's first bytes tell its format.
    static let signatureLength = 64

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
        } else if let brands = Self.brands(bytes) {
            if brands.contains(where: { $0 == "avif" || $0 == "avis" }) {
                self = .avif
            } else if brands.contains(where: ["heic", "heix", "heim", "heis", "mif1"].contains) {
                self = .heic
            } else {
                return nil
            }
        } else {
            return nil
        }
    }

    /// The brands in the file type box of ISO/IEC 14496-12, with which AVIF and HEIC begin.
    private static func brands(_ bytes: some Collection<UInt8>) -> [String]? {
        let head = Array(bytes.prefix(signatureLength))
        guard head.count >= 16, head[4..<8].elementsEqual("ftyp".utf8) else { return nil }
        let length = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
        let end = min(head.count, length) / 4 * 4
        // The major brand, its version, then the compatible brands.
        return stride(from: 8, to: end, by: 4).filter { $0 != 12 }.map { String(decoding: head[$0..<$0 + 4], as: UTF8.self) }
    }

    /// The format that a path's extension asks for (png, jpg, jpeg, webp, tif, tiff, avif, heic, heif; case does not matter).
    public init?(pathExtension path: String) {
        self.init(name: (path as NSString).pathExtension)
    }

    /// The format of a name such as jpg, in small letters or capitals.
    public init?(name: String) {
        switch name.lowercased() {
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "webp": self = .webp
        case "tif", "tiff": self = .tiff
        case "avif": self = .avif
        case "heic", "heif": self = .heic
        default: return nil
        }
    }

    /// The usual extension, without its point.
    public var pathExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .tiff: "tif"
        default: rawValue
        }
    }

    /// The longest side in pixels that the format can hold.
    public var maximumSide: Int {
        switch self {
        case .png, .tiff: Int(Int32.max)
        case .jpeg: 65_500
        case .webp: 16_383
        case .avif, .heic: 16_384
        }
    }

    /// The most pixels that a byte can stand for; nil where there is no such bound. JPEG takes a bit at least for the 64 pixels of a block, PNG
    /// compresses single bits by 1032 at most.
    var mostPixelsPerByte: Int? {
        switch self {
        case .jpeg: 512
        case .png: 8 * 1032
        case .webp, .tiff, .avif, .heic: nil
        }
    }

    /// Whether the format holds opacity.
    public var holdsAlpha: Bool { self != .jpeg }

    /// Whether the format holds one channel of grey as such; the others hold it as RGB.
    var holdsGrey: Bool { self == .png || self == .jpeg || self == .tiff }

    /// Whether the format holds more than 8 bits per sample: 16, in AVIF 12, in HEIC 10.
    public var holdsDepth: Bool {
        switch self {
        case .png, .tiff, .avif, .heic: true
        case .jpeg, .webp: false
        }
    }

    /// The quality that is taken where none is asked for; 0 is lossless.
    var defaultQuality: Int {
        switch self {
        case .png, .tiff, .webp: 0
        case .jpeg: 95
        case .avif, .heic: 90
        }
    }

    /// The format's name as people write it.
    public var name: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        case .tiff: "TIFF"
        case .avif: "AVIF"
        case .heic: "HEIC"
        }
    }

    /// All names in one phrase.
    static let list = "PNG, JPEG, WebP, TIFF, AVIF or HEIC"

    /// Throws `unsupported` where the format cannot hold an image of a size.
    func check(width: Int, height: Int, name: String) throws(ImagingError) {
        guard max(width, height) <= maximumSide else {
            throw .unsupported(
                path: name, reason: "\(self.name) holds at most \(maximumSide) pixels a side, not \(width) × \(height)")
        }
    }

    /// Throws `unsupported` where the libvips of this system does not write the format.
    func checkCanBeWritten(name: String) throws(ImagingError) {
        guard self == .avif || self == .heic else { return }
        guard Self.heifEncoders.contains(self) else {
            throw .unsupported(path: name, reason: "the libvips of this system writes no \(self.name)")
        }
    }

    /// AVIF and HEIC need an encoder each, of which the first image tells whether it is there.
    private static let heifEncoders: Set<ImageFormat> = Set(
        [.avif, .heic].filter { format in
            (try? ImageFile.encode(Image(width: 64, height: 64, channels: 3), as: format, name: "a first image")) != nil
        })

    var cFormat: CVipsFormat {
        switch self {
        case .png: CVIPS_PNG
        case .jpeg: CVIPS_JPEG
        case .webp: CVIPS_WEBP
        case .tiff: CVIPS_TIFF
        case .avif: CVIPS_AVIF
        case .heic: CVIPS_HEIC
        }
    }
}
