/// An XMP packet (ISO 16684-1), in which the few statements that enlarging makes wrong are put right; everything else stays byte by byte.
struct XMPPacket {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether bytes of unknown kind hold XMP.
    static func isXMP(_ bytes: [UInt8]) -> Bool {
        bytes.count < 8 << 20 && position(of: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", in: bytes, from: 0) != nil
    }

    /// Upright, with the sizes given, and without thumbnails.
    func described(width: Int, height: Int) -> XMPPacket {
        var packet = setting("tiff:Orientation", to: 1)
        for name in ["tiff:ImageWidth", "exif:PixelXDimension"] { packet = packet.setting(name, to: width) }
        for name in ["tiff:ImageLength", "exif:PixelYDimension"] { packet = packet.setting(name, to: height) }
        for name in ["xmp:Thumbnails", "xap:Thumbnails"] { packet = packet.removing(name) }
        return packet
    }

    /// With another whole number in every `name="6"` and `<name>6</name>`.
    private func setting(_ name: String, to number: Int) -> XMPPacket {
        replacing(with: Array(String(number).utf8)) { digits(of: name, from: $0) }
    }

    private func digits(of name: String, from start: Int) -> Range<Int>? {
        var from = start
        while let found = Self.position(of: name, in: bytes, from: from) {
            from = found + name.utf8.count
            let value = bytes[from...]
            guard let opening = ["=\"", "='", ">"].first(where: { value.starts(with: $0.utf8) }) else { continue }
            let first = from + opening.utf8.count
            let end = bytes[first...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? bytes.count
            if end > first { return first..<end }
        }
        return nil
    }

    /// Without the elements of a name and all that is in them.
    private func removing(_ name: String) -> XMPPacket {
        replacing(with: []) { from in
            guard let start = Self.position(of: "<\(name)", in: bytes, from: from),
                let end = Self.position(of: "</\(name)>", in: bytes, from: start)
            else { return nil }
            return start..<end + name.utf8.count + 3
        }
    }

    /// With `replacement` in the place of each range that `next` finds from a position on. One pass: a hostile file has megabytes of such
    /// ranges.
    private func replacing(with replacement: [UInt8], _ next: (Int) -> Range<Int>?) -> XMPPacket {
        var edited: [UInt8] = []
        var end = 0
        while let range = next(end) {
            edited += bytes[end..<range.lowerBound]
            edited += replacement
            end = range.upperBound
        }
        return XMPPacket(edited + bytes[end...])
    }

    private static func position(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
        let text = Array(text.utf8)
        guard start <= bytes.count - text.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            (start...bytes.count - text.count).first { position in
                bytes[position] == text[0] && bytes[position..<position + text.count].elementsEqual(text)
            }
        }
    }
}
