/// Photoshop's image resources, in which JPEG and TIFF carry IPTC data ("8BIM" blocks; one of them is IPTC's own record).
///
/// JPEG has them in a segment that begins with a name, TIFF in a tag without it and the IPTC record in another tag besides.
struct PhotoshopResources {
    private static let segmentName = Array("Photoshop 3.0\0".utf8)
    private static let iptcNumber = 0x0404
    /// Thumbnails, in two forms.
    private static let thumbnails = [0x0409, 0x040C]

    private var resources: [(number: Int, block: [UInt8])] = []
    /// The bare IPTC record, where there is one of its own.
    let iptc: [UInt8]?

    /// - Parameters:
    ///   - photoshop: The blocks as TIFF has them.
    ///   - iptc: As libvips gives it: JPEG's segment, or the bare record of a TIFF file.
    init(photoshop: [UInt8]?, iptc: [UInt8]?) {
        let isSegment = iptc?.starts(with: Self.segmentName) == true
        self.iptc = isSegment ? nil : iptc
        read(isSegment ? Array(iptc!.dropFirst(Self.segmentName.count)) : photoshop ?? [])
        if let record = self.iptc, !resources.contains(where: { $0.number == Self.iptcNumber }) {
            resources.append((Self.iptcNumber, Self.block(Self.iptcNumber, record)))
        }
    }

    /// Reads blocks up to the end or to what is none; thumbnails are left out.
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
            if !Self.thumbnails.contains(number) { resources.append((number, Array(bytes[start..<end]))) }
            start = end
        }
    }

    private static func block(_ number: Int, _ data: [UInt8]) -> [UInt8] {
        let size = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: data.count >> $0) }
        let head = Array("8BIM".utf8) + [UInt8(number >> 8), UInt8(number & 255), 0, 0] + size
        return head + data + (data.count % 2 == 0 ? [] : [0])
    }

    /// The blocks as TIFF has them; nil where there are none.
    var bytes: [UInt8]? { resources.isEmpty ? nil : resources.flatMap(\.block) }

    /// The blocks as JPEG has them; nil where there are none.
    var segment: [UInt8]? { bytes.map { Self.segmentName + $0 } }
}
