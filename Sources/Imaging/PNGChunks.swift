/// The chunks of a PNG file, looked at before a library inflates them.
enum PNGChunks {
    /// More compressed texts than any program writes; libpng inflates each to 8 MB at most, but a thousand of them.
    static let mostTexts = 16

    /// The number of chunks that hold a text which may be compressed.
    static func compressedTexts(_ bytes: [UInt8]) -> Int {
        var count = 0
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = bytes[start + 4..<start + 8]
            if type.elementsEqual("zTXt".utf8) || type.elementsEqual("iTXt".utf8) { count += 1 }
            start += 12 + length
        }
        return count
    }
}
