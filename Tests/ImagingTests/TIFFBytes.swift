/// Uncompressed little-endian TIFF files of one strip a page, written by hand.
enum TIFFBytes {
    enum Photometric: Int {
        case rgb = 2
        case cmyk = 5
        case yCbCr = 6
        case lab = 8
    }

    /// - Parameter isRepeated: Whether a second page shows the same.
    static func file(
        width: Int, height: Int, samplesPerPixel: Int, bits: Int, photometric: Photometric, sampleFormat: Int = 1, isRepeated: Bool = false,
        data: [UInt8]
    ) -> [UInt8] {
        // Header (8 bytes), directory, bits per sample, data.
        let tagCount = 10
        let bitsOffset = 8 + 2 + tagCount * 12 + 4
        let dataOffset = bitsOffset + samplesPerPixel * 2
        let short = 3
        let long = 4
        let tags: [(tag: Int, type: Int, count: Int, value: Int)] = [
            (256, long, 1, width), (257, long, 1, height), (258, short, samplesPerPixel, bitsOffset), (259, short, 1, 1),
            (262, short, 1, photometric.rawValue), (273, long, 1, dataOffset), (277, short, 1, samplesPerPixel),
            (278, long, 1, height), (279, long, 1, data.count), (339, short, 1, sampleFormat),
        ]
        func directory(next: Int) -> [UInt8] {
            littleEndian(tagCount, 2)
                + tags.flatMap {
                    littleEndian($0.tag, 2) + littleEndian($0.type, 2) + littleEndian($0.count, 4) + littleEndian($0.value, 4)
                }
                + littleEndian(next, 4)
        }
        let end = (dataOffset + data.count + 1) / 2 * 2
        var bytes: [UInt8] = [0x49, 0x49, 42, 0] + littleEndian(8, 4) + directory(next: isRepeated ? end : 0)
        for _ in 0..<samplesPerPixel { bytes += littleEndian(bits, 2) }
        bytes += data
        guard isRepeated else { return bytes }
        return bytes + [UInt8](repeating: 0, count: end - bytes.count) + directory(next: 0)
    }

    private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
