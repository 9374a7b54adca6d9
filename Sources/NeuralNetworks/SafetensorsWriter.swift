import Files

extension SafetensorsFile {
    /// A tensor to be written: little-endian bytes, row-major.
    public struct Record: Sendable {
        public let name: String
        public let dataType: ElementType
        public let shape: [Int]
        public let bytes: [UInt8]

        /// `bytes` must have the size of `shape`; the writer checks it.
        public init(name: String, dataType: ElementType, shape: [Int], bytes: [UInt8]) {
            self.name = name
            self.dataType = dataType
            self.shape = shape
            self.bytes = bytes
        }

        /// Floating-point numbers, rounded to nearest, ties to even, where a 16-bit type is asked for.
        public init(name: String, shape: [Int], floats: [Float], as type: FloatType = .float32) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(floats.count * type.elementType.byteCount)
            func append(_ bits: some FixedWidthInteger) {
                withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
            }
            switch type {
            case .float32: for value in floats { append(value.bitPattern) }
            case .float16: for value in floats { append(HalfPrecision.float16Bits(value)) }
            case .bfloat16: for value in floats { append(HalfPrecision.bfloat16Bits(value)) }
            }
            self.init(name: name, dataType: type.elementType, shape: shape, bytes: bytes)
        }
    }

    /// The types in which floating-point numbers are stored.
    public enum FloatType: Sendable {
        case float32, float16, bfloat16

        var elementType: ElementType {
            switch self {
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
    }

    /// Writes `tensors` by way of a temporary file and a rename; equal arguments give equal bytes.
    ///
    /// Wider types come first, so that every tensor is aligned to its element; otherwise the given order is kept. Throws
    /// `SafetensorsError.cannotWrite`, also for repeated names, sizes that do not fit their shapes and a header above 16 MiB.
    public static func write(
        _ tensors: [Record], metadata: [String: String] = [:], to path: String
    ) throws(SafetensorsError) {
        let ordered = ElementType.allCases.map(\.byteCount).uniqued().flatMap { size in
            tensors.filter { $0.dataType.byteCount == size }
        }
        for tensor in ordered where tensor.dataType.byteCount(shape: tensor.shape) != tensor.bytes.count {
            throw .cannotWrite(file: path, reason: "the tensor \(tensor.name) does not have the size of its shape")
        }
        let header = try header(ordered.map { ($0.name, $0.dataType, $0.shape) }, metadata: metadata, file: path)
        do throws(AtomicFileError) {
            let file = try AtomicFile(path)
            try file.append(header)
            for tensor in ordered { try file.append(tensor.bytes) }
            try file.finish()
        } catch {
            throw .cannotWrite(file: path, reason: error.reason)
        }
    }

    /// The header's length and text, padded with spaces to a multiple of 8 bytes.
    static func header(
        _ tensors: [(name: String, dataType: ElementType, shape: [Int])], metadata: [String: String], file: String
    ) throws(SafetensorsError) -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set<String> = ["__metadata__"]
        var offset = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw .cannotWrite(file: file, reason: "the name \(tensor.name) cannot be used twice")
            }
            guard let byteCount = tensor.dataType.byteCount(shape: tensor.shape) else {
                throw .cannotWrite(file: file, reason: "the tensor \(tensor.name) is too large")
            }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + byteCount
            let type = quoted(tensor.dataType.rawValue)
            fields.append("\(quoted(tensor.name)):{\"dtype\":\(type),\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var text = Array("{\(fields.joined(separator: ","))}".utf8)
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -text.count & 7))
        guard text.count <= SafetensorsHeader.maximumByteCount else {
            throw .cannotWrite(file: file, reason: "its header would be larger than 16 MiB")
        }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, each at its first place.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
