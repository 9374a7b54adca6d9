/// The stored (not compressed) entries of a zip file below 4 GiB, as PyTorch writes it.
struct ZipArchive {
    private let bytes: [UInt8]
    private var ranges: [String: Range<Int>] = [:]

    var names: Dictionary<String, Range<Int>>.Keys { ranges.keys }

    init(_ bytes: [UInt8]) throws(PickleFailure) {
        self.bytes = bytes
        let damaged = PickleFailure(reason: "its zip directory is damaged")
        // The end record has 22 bytes and a comment of up to 65535.
        let start = max(0, bytes.count - 22 - 65_535)
        guard bytes.count >= 22,
            let end = (start...bytes.count - 22).last(where: { bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4b, 5, 6]) })
        else { throw PickleFailure(reason: "it is cut short") }
        var record = ByteReader(bytes: bytes, position: end + 10)
        let count = try record.integer(2)
        _ = try record.integer(4)
        var directory = ByteReader(bytes: bytes, position: try record.integer(4))
        for _ in 0..<count {
            guard directory.position <= bytes.count, try directory.integer(4) == 0x0201_4b50 else { throw damaged }
            _ = try directory.take(6)
            let method = try directory.integer(2)
            _ = try directory.take(8)
            let (stored, size) = (try directory.integer(4), try directory.integer(4))
            let (nameLength, extra, comment) = (try directory.integer(2), try directory.integer(2), try directory.integer(2))
            _ = try directory.take(8)
            let header = try directory.integer(4)
            let name = try directory.text(nameLength)
            _ = try directory.take(extra + comment)
            guard method == 0, stored == size else { throw PickleFailure(reason: "its zip entries are compressed") }
            guard header <= bytes.count else { throw damaged }
            var local = ByteReader(bytes: bytes, position: header)
            guard try local.integer(4) == 0x0403_4b50 else { throw damaged }
            _ = try local.take(22)
            let (localName, localExtra) = (try local.integer(2), try local.integer(2))
            _ = try local.take(localName + localExtra)
            let first = local.position
            _ = try local.take(size)
            guard ranges.updateValue(first..<first + size, forKey: name) == nil else { throw damaged }
        }
    }

    /// The content of an entry; nil where there is none of this name.
    subscript(name: String) -> ArraySlice<UInt8>? { ranges[name].map { bytes[$0] } }
}
