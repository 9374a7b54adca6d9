/// JPEG files written by hand: what this room's encoder would not write.
enum JPEGBytes {
    /// A CMYK file as Adobe's programs write it, with inverted inks: blocks of 8×8 pixels side by side, each of one ink mixture of
    /// cyan, magenta, yellow and black in 0…255.
    static func cmyk(_ blocks: [[UInt8]]) -> [UInt8] {
        let components: [UInt8] = [1, 2, 3, 4]
        let size: [UInt8] = [0, 8, UInt8(blocks.count * 8 >> 8), UInt8(blocks.count * 8 & 255)]
        var bytes: [UInt8] = [0xFF, 0xD8]
        bytes += segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0])
        bytes += segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))
        bytes += segment(0xC0, [8] + size + [4] + components.flatMap { [$0, 0x11, 0] })
        // Codes of four bits for twelve sizes of a difference; one bit says that nothing else follows.
        bytes += segment(0xC4, [0x00, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12) + (0...11).map { UInt8($0) })
        bytes += segment(0xC4, [0x10, 1] + [UInt8](repeating: 0, count: 15) + [0])
        bytes += segment(0xDA, [4] + components.flatMap { [$0, 0] } + [0, 63, 0])
        return bytes + scan(blocks) + [0xFF, 0xD9]
    }

    /// The same file with other sides in its header.
    static func announcing(width: Int, height: Int, _ jpeg: [UInt8]) -> [UInt8] {
        var jpeg = jpeg
        let start = (2..<jpeg.count - 9).first { jpeg[$0] == 0xFF && [0xC0, 0xC2].contains(jpeg[$0 + 1]) && jpeg[$0 + 4] == 8 }!
        jpeg.replaceSubrange(start + 5..<start + 9, with: [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)])
        return jpeg
    }

    /// A segment right behind the file's start.
    static func adding(_ marker: UInt8, _ body: [UInt8], to jpeg: [UInt8]) -> [UInt8] {
        Array(jpeg.prefix(2)) + segment(marker, body) + jpeg.dropFirst(2)
    }

    private static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
    }

    private static func scan(_ blocks: [[UInt8]]) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) { for i in (0..<count).reversed() { bits.append(value >> i & 1 == 1) } }
        var last = [0, 0, 0, 0]
        for block in blocks {
            for component in 0..<4 {
                // With quantisation by 8 the mean coefficient is the level itself.
                let level = 127 - Int(block[component])
                let difference = level - last[component]
                last[component] = level
                let size = Int.bitWidth - abs(difference).leadingZeroBitCount
                append(size, 4)
                append(difference < 0 ? difference + (1 << size) - 1 : difference, size)
                append(0, 1)
            }
        }
        while bits.count % 8 != 0 { bits.append(true) }
        return stride(from: 0, to: bits.count, by: 8).flatMap { start -> [UInt8] in
            let byte = (0..<8).reduce(UInt8(0)) { $0 << 1 | (bits[start + $1] ? 1 : 0) }
            return byte == 0xFF ? [0xFF, 0] : [byte]
        }
    }
}
