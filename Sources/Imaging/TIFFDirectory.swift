/// The first directory of tags in a TIFF file or in EXIF data, which are a TIFF file without pixels (TIFF 6.0, section 2). Values are
/// changed in place, so that everything else stays where offsets look for it.
struct TIFFDirectory {
    enum Tag: Int {
        case imageWidth = 0x100
        case imageLength = 0x101
        case compression = 0x103
        case photometry = 0x106
        case orientation = 0x112
        case horizontalResolution = 0x11A
        case verticalResolution = 0x11B
        case exif = 0x8769
        case gps = 0x8825
    }

    private(set) var bytes: [UInt8]
    /// Where offsets are counted from.
    private let base: Int
    private let isLittleEndian: Bool
    private var start = 0
    private var count = 0

    /// Nil for what is no TIFF file with a whole directory; EXIF data may begin with their name.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        base = bytes.starts(with: Array("Exif\0\0".utf8)) ? 6 : 0
        isLittleEndian = bytes.dropFirst(base).starts(with: [0x49, 0x49])
        guard number(base + 2, 2) == 42, let offset = number(base + 4, 4), let count = number(base + offset, 2),
            base + offset + 2 + 12 * count + 4 <= bytes.count
        else { return nil }
        start = base + offset
        self.count = count
    }

    func holds(_ tag: Tag) -> Bool { entry(tag) != nil }

    /// The whole number of 16 bits that a tag has; nil where it is missing or another kind.
    func value(_ tag: Tag) -> Int? { entry(tag).flatMap { number($0 + 2, 2) == 3 ? number($0 + 8, 2) : nil } }

    /// Why a file's colours cannot be read; libvips would take their numbers for red, green and blue.
    var foreignColours: String? {
        let isJPEG = value(.compression).map([6, 7].contains) ?? false
        switch value(.photometry) {
        case 6 where !isJPEG: return "its colours are stored as YCbCr without JPEG, which is not read"
        case 8, 9, 10: return "its colours are stored as L*a*b*, which is not read"
        default: return nil
        }
    }

    /// Gives a tag that is there one whole number.
    mutating func set(_ tag: Tag, to number: Int) {
        guard let entry = entry(tag) else { return }
        // A whole number of 32 bits, whatever was there before.
        write(4, 2, at: entry + 2)
        write(1, 4, at: entry + 4)
        write(number, 4, at: entry + 8)
    }

    /// Exchanges the values of two tags of one type.
    mutating func exchange(_ a: Tag, _ b: Tag) {
        guard let a = entry(a), let b = entry(b), bytes[a + 2..<a + 8] == bytes[b + 2..<b + 8] else { return }
        for i in 8..<12 { bytes.swapAt(a + i, b + i) }
    }

    /// Cuts the way to the next directory: in EXIF data that of the thumbnail.
    mutating func end() { write(0, 4, at: start + 2 + 12 * count) }

    /// Where a tag's entry begins: its number, type, count and value.
    private func entry(_ tag: Tag) -> Int? {
        (0..<count).map { start + 2 + 12 * $0 }.first { number($0, 2) == tag.rawValue }
    }

    private func number(_ offset: Int, _ count: Int) -> Int? {
        guard offset + count <= bytes.count else { return nil }
        let stored = bytes[offset..<offset + count]
        return isLittleEndian ? stored.reversed().reduce(0) { $0 << 8 | Int($1) } : stored.reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func write(_ number: Int, _ count: Int, at offset: Int) {
        for i in 0..<count {
            bytes[offset + (isLittleEndian ? i : count - 1 - i)] = UInt8(truncatingIfNeeded: number >> (8 * i))
        }
    }
}
