/// ICC profiles of matrix type, version 2, written by hand.
enum ProfileBytes {
    /// Display P3: the primaries of DCI-P3 adapted to D50, with a plain gamma in the place of sRGB's curve.
    static let displayP3 = file(
        space: "RGB ",
        tags: [
            ("desc", description("Display P3")), ("cprt", Array("text".utf8) + [0, 0, 0, 0] + Array("none\0".utf8)),
            ("wtpt", xyz(0.9642, 1, 0.8249)), ("rXYZ", xyz(0.51512, 0.24119, -0.00105)), ("gXYZ", xyz(0.29198, 0.69225, 0.04189)),
            ("bXYZ", xyz(0.1571, 0.06657, 0.78407)), ("rTRC", gamma), ("gTRC", gamma), ("bTRC", gamma),
        ])

    /// Grey with a gamma of 2.2.
    static let grey = file(
        space: "GRAY", tags: [("desc", description("Grey")), ("wtpt", xyz(0.9642, 1, 0.8249)), ("kTRC", gamma)])

    private static let gamma = Array("curv".utf8) + [0, 0, 0, 0] + number(1, 4) + number(Int(2.2 * 256), 2) + [0, 0]

    private static func file(space: String, tags: [(name: String, data: [UInt8])]) -> [UInt8] {
        var table = number(tags.count, 4)
        var data: [UInt8] = []
        for tag in tags {
            table += Array(tag.name.utf8) + number(128 + 4 + 12 * tags.count + data.count, 4) + number(tag.data.count, 4)
            data += tag.data + [UInt8](repeating: 0, count: (4 - tag.data.count % 4) % 4)
        }
        var header = number(128 + table.count + data.count, 4) + [0, 0, 0, 0, 2, 0x20, 0, 0] + Array("mntr\(space)XYZ ".utf8)
        header += [UInt8](repeating: 0, count: 12) + Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
        header += number(0xF6D6, 4) + number(0x10000, 4) + number(0xD32D, 4)
        header += [UInt8](repeating: 0, count: 128 - header.count)
        return header + table + data
    }

    private static func description(_ text: String) -> [UInt8] {
        let ascii = Array(text.utf8) + [0]
        return Array("desc".utf8) + [0, 0, 0, 0] + number(ascii.count, 4) + ascii + [UInt8](repeating: 0, count: 78)
    }

    private static func xyz(_ x: Double, _ y: Double, _ z: Double) -> [UInt8] {
        Array("XYZ ".utf8) + [0, 0, 0, 0] + [x, y, z].flatMap { number(Int(($0 * 65_536).rounded()), 4) }
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
}
