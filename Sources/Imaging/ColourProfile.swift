/// An ICC profile that can be written beside grey or RGB pixels: its header and its table of tags are in order (ICC.1:2022, 7.2 and 7.3).
/// What an encoder would refuse is refused here, so that a photo is not lost for it.
struct ColourProfile {
    /// The profile without what follows its end.
    let bytes: [UInt8]

    private static let headerLength = 128

    /// Nil for bytes that are no profile, or one of another number of channels (1 or 3).
    init?(_ bytes: [UInt8], channels: Int) {
        guard bytes.count >= Self.headerLength + 4, Self.text(bytes, 36) == "acsp" else { return nil }
        let size = Self.number(bytes, 0)
        guard size >= Self.headerLength + 4, size <= bytes.count, size % 4 == 0 || bytes[8] < 4 else { return nil }
        guard Self.text(bytes, 16) == (channels == 1 ? "GRAY" : "RGB "), ["XYZ ", "Lab "].contains(Self.text(bytes, 20)) else { return nil }
        // Device links, abstract and named-colour profiles describe no photo.
        guard ["scnr", "mntr", "prtr", "spac"].contains(Self.text(bytes, 12)), Self.number(bytes, 64) < 4 else { return nil }
        let tags = Self.number(bytes, Self.headerLength)
        guard tags > 0, tags <= (size - Self.headerLength - 4) / 12 else { return nil }
        for tag in 0..<tags {
            let entry = Self.headerLength + 4 + 12 * tag
            let (offset, length) = (Self.number(bytes, entry + 4), Self.number(bytes, entry + 8))
            guard offset <= size, length <= size - offset else { return nil }
        }
        self.bytes = Array(bytes.prefix(size))
    }

    /// Whether the profile is one for grey pixels.
    static func isGrey(_ bytes: [UInt8]) -> Bool { bytes.count >= headerLength && text(bytes, 16) == "GRAY" }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }

    private static func text(_ bytes: [UInt8], _ offset: Int) -> String { String(decoding: bytes[offset..<offset + 4], as: UTF8.self) }
}
