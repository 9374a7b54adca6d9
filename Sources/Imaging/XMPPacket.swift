/// An XMP packet (ISO 16684-1), in which the few statements that enlarging makes wrong are put right; everything else stays byte by byte.
struct XMPPacket {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether bytes of unknown kind hold XMP.
    static func isXMP(_ bytes: [UInt8]) -> Bool {
        bytes.count < 8 << 20 && position(of: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", in: bytes, from: 0) != nil
    }

    /// Upright, with the sizes given, and without thumbnails.
    func described(width: Int, height: Int) -> XMPPacket {
        var packet = self
        packet.set("tiff:Orientation", to: 1)
        for name in ["tiff:ImageWidth", "exif:PixelXDimension"] { packet.set(name, to: width) }
        for name in ["tiff:ImageLength", "exif:PixelYDimension"] { packet.set(name, to: height) }
        for name in ["xmp:Thumbnails", "xap:Thumbnails"] { packet.remove(name) }
        return packet
    }

    /// Replaces a whole number: `name="6"` or `<name>6</name>`.
    private mutating func set(_ name: String, to number: Int) {
        var from = 0
        while let start = Self.position(of: name, in: bytes, from: from) {
            var first = start + name.utf8.count
            from = first
            let isQuoted = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
            guard first < bytes.count else { return }
            if bytes[first] == UInt8(ascii: "=") {
                first += 1
                guard first < bytes.count, isQuoted(bytes[first]) else { continue }
            } else if bytes[first] != UInt8(ascii: ">") {
                continue
            }
            first += 1
            let end = bytes[first...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? bytes.count
            guard end > first else { continue }
            let digits = Array(String(number).utf8)
            bytes.replaceSubrange(first..<end, with: digits)
            from = first + digits.count
        }
    }

    /// Removes an element with all that is in it.
    private mutating func remove(_ name: String) {
        while let start = Self.position(of: "<\(name)", in: bytes, from: 0),
            let end = Self.position(of: "</\(name)>", in: bytes, from: start)
        {
            bytes.removeSubrange(start..<end + name.utf8.count + 3)
        }
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
