/// Photoshop's image resources ("8BIM" blocks), one of which is IPTC's record. JPEG has them in a segment that begins with a name, TIFF in a
/// tag. TIFF has a tag for the record alone, too, of which libvips 8.14 writes only the first quarter: it is read and not written.
struct PhotoshopResources {
    private static let segmentName = Array("Photoshop 3.0\0".utf8)
    private static let recordNumber = 0x0404
    /// Thumbnails, in two forms.
    private static let thumbnailNumbers = [0x0409, 0x040C]

    /// The blocks but the record and thumbnails, one behind the other.
    private var others: [UInt8] = []
    /// IPTC's record.
    private var record: [UInt8]?

    /// - Parameters:
    ///   - photoshop: The blocks as TIFF has them.
    ///   - iptc: As libvips gives it: JPEG's segment, or the record of a TIFF file.
    init(photoshop: [UInt8]?, iptc: [UInt8]?) {
        if let iptc, iptc.starts(with: Self.segmentName) {
            read(Array(iptc.dropFirst(Self.segmentName.count)))
        } else {
            read(photoshop ?? [])
            record = record ?? iptc
        }
    }

    /// Reads blocks up to the end or to what is none.
    private mutating func read(_ bytes: [UInt8]) {
        var start = 0
        while start + 12 <= bytes.count, bytes[start..<start + 4].elementsEqual("8BIM".utf8) {
            let number = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
            // A Pascal string of even length, then the size of the data, which are padded likewise.
            let sizeAt = start + 6 + (Int(bytes[start + 6]) + 2) / 2 * 2
            guard sizeAt + 4 <= bytes.count else { return }
            let size = bytes[sizeAt..<sizeAt + 4].reduce(0) { $0 << 8 | Int($1) }
            guard size <= bytes.count - sizeAt - 4 else { return }
            let end = min(bytes.count, sizeAt + 4 + (size + 1) / 2 * 2)
            if number == Self.recordNumber {
                record = Array(bytes[sizeAt + 4..<sizeAt + 4 + size])
            } else if !Self.thumbnailNumbers.contains(number) {
                others += bytes[start..<end]
            }
            start = end
        }
    }

    /// All blocks, as TIFF has them; nil where there are none.
    var blocks: [UInt8]? {
        guard let record else { return others.isEmpty ? nil : others }
        let size = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: record.count >> $0) }
        let head = Array("8BIM".utf8) + [UInt8(Self.recordNumber >> 8), UInt8(Self.recordNumber & 255), 0, 0] + size
        return others + head + record + (record.count % 2 == 0 ? [] : [0])
    }

    /// All blocks, as JPEG has them; nil where there are none.
    var segment: [UInt8]? { blocks.map { Self.segmentName + $0 } }
}
