/// The JSON header of a safetensors file, checked in full before a byte of data is touched.
///
/// The grammar is a small part of JSON (an object of objects of strings and non-negative integers), so it is scanned here: a
/// general parser would accept duplicate keys and round large integers.
struct SafetensorsHeader {
    /// Longest header that is accepted, in bytes.
    static let maximumByteCount = 16 << 20

    private(set) var entries: [String: SafetensorsFile.Entry] = [:]
    private(set) var metadata: [String: String] = [:]
    /// Tensor names in the order of their data.
    private(set) var names: [String] = []
    /// Bytes of data that the tensors fill, without gaps.
    private(set) var dataByteCount = 0

    /// Reads the header's text; `file` is named in errors.
    init(_ bytes: [UInt8], file: String) throws(SafetensorsError) {
        var scanner = HeaderScanner(bytes: bytes, file: file)
        guard bytes.first == UInt8(ascii: "{") else { throw scanner.malformed("the header does not begin with {") }
        var hasMetadata = false
        try scanner.object { scanner, key throws(SafetensorsError) in
            if key == "__metadata__" {
                guard !hasMetadata else { throw scanner.malformed("the key __metadata__ occurs twice") }
                hasMetadata = true
                metadata = try Self.metadata(&scanner)
            } else {
                let entry = try Self.entry(&scanner, name: key)
                guard entries.updateValue(entry, forKey: key) == nil else {
                    throw scanner.malformed("the tensor \(key) occurs twice")
                }
            }
        }
        guard scanner.isAtEnd else { throw scanner.malformed("something follows the header's closing brace") }
        try layOut(scanner)
    }

    /// Orders the tensors by offset and checks that they fill the data without gap or overlap.
    private mutating func layOut(_ scanner: HeaderScanner) throws(SafetensorsError) {
        let ordered = entries.sorted {
            ($0.value.offset, $0.value.byteCount, $0.key) < ($1.value.offset, $1.value.byteCount, $1.key)
        }
        for (name, entry) in ordered {
            guard entry.offset == dataByteCount else {
                let fault = entry.offset < dataByteCount ? "overlaps" : "leaves a gap after"
                throw scanner.malformed("the data of \(name) \(fault) other data")
            }
            dataByteCount += entry.byteCount
        }
        names = ordered.map(\.key)
    }

    private static func metadata(_ scanner: inout HeaderScanner) throws(SafetensorsError) -> [String: String] {
        var result: [String: String] = [:]
        try scanner.object { scanner, key throws(SafetensorsError) in
            guard result.updateValue(try scanner.string(), forKey: key) == nil else {
                throw scanner.malformed("the metadata key \(key) occurs twice")
            }
        }
        return result
    }

    private static func entry(_ scanner: inout HeaderScanner, name: String) throws(SafetensorsError) -> SafetensorsFile.Entry {
        var type: String?
        var shape: [Int]?
        var range: [Int]?
        try scanner.object { scanner, key throws(SafetensorsError) in
            switch key {
            case "dtype" where type == nil: type = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers()
            case "data_offsets" where range == nil: range = try scanner.integers()
            default: throw scanner.malformed("the tensor \(name) has a repeated or unknown field \(key)")
            }
        }
        guard let type, let shape, let range, range.count == 2 else {
            throw scanner.malformed("the tensor \(name) lacks its dtype, shape or data_offsets")
        }
        guard let dataType = ElementType(rawValue: type) else {
            throw .unsupportedType(file: scanner.file, tensor: name, type: type)
        }
        guard let expected = dataType.byteCount(shape: shape) else {
            throw scanner.malformed("the shape of \(name) is too large")
        }
        guard range[0] <= range[1], range[1] - range[0] == expected else {
            throw scanner.malformed("the data of \(name) does not have the size of its shape")
        }
        return SafetensorsFile.Entry(dataType: dataType, shape: shape, offset: range[0], byteCount: expected)
    }
}
