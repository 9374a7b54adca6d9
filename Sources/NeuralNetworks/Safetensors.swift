/// A safetensors file, read as a whole into memory of its own and checked before use.
///
/// Every tensor lies inside the data, has the size of its shape, overlaps no other and leaves no gap; a file that breaks one of
/// these rules is refused, whoever made it.
public struct SafetensorsFile: Sendable {
    /// Where a tensor lies and what its elements are.
    public struct Entry: Sendable, Equatable {
        public let dataType: ElementType
        /// Row-major; empty for a scalar.
        public let shape: [Int]
        /// Bytes from the start of the data.
        public let offset: Int
        public let byteCount: Int
    }

    public let entries: [String: Entry]
    /// Tensor names in the order of their data.
    public let names: [String]
    /// The header's string map.
    public let metadata: [String: String]

    private let file: String
    private let data: OwnedBytes

    /// Reads a file. Throws `SafetensorsError.cannotRead`, `.truncated`, `.malformed` or `.unsupportedType`.
    public init(contentsOf path: String) throws(SafetensorsError) {
        let source = try ByteSource(path: path)
        try self.init(file: path, byteCount: source.count) { buffer throws(SafetensorsError) in try source.read(into: buffer) }
    }

    /// Reads a file's content that is already in memory; `name` stands for the path in errors.
    public init(bytes: [UInt8], name: String) throws(SafetensorsError) {
        var position = 0
        try self.init(file: name, byteCount: bytes.count) { buffer in
            buffer.copyBytes(from: bytes[position..<(position + buffer.count)])
            position += buffer.count
        }
    }

    /// Takes the length, the header and the data from `read`, which fills whole buffers and is never asked for more than `byteCount`.
    private init(
        file: String, byteCount: Int, read: (UnsafeMutableRawBufferPointer) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        guard byteCount > 0 else { throw .malformed(file: file, reason: "it is empty") }
        guard byteCount >= 8 else { throw .truncated(file: file, expected: 8, found: byteCount) }
        var length: UInt64 = 0
        try withUnsafeMutableBytes(of: &length) { buffer throws(SafetensorsError) in try read(buffer) }
        length = UInt64(littleEndian: length)
        guard length <= UInt64(SafetensorsHeader.maximumByteCount) else {
            throw .malformed(file: file, reason: "it does not begin with the length of a header")
        }
        let headerEnd = 8 + Int(length)
        guard headerEnd <= byteCount else { throw .truncated(file: file, expected: headerEnd, found: byteCount) }

        var text = [UInt8](repeating: 0, count: Int(length))
        try text.withUnsafeMutableBufferPointer { buffer throws(SafetensorsError) in try read(UnsafeMutableRawBufferPointer(buffer)) }
        let header = try SafetensorsHeader(text, file: file)
        let available = byteCount - headerEnd
        guard header.dataByteCount <= available else {
            let (expected, overflow) = headerEnd.addingReportingOverflow(header.dataByteCount)
            throw .truncated(file: file, expected: overflow ? .max : expected, found: byteCount)
        }
        guard header.dataByteCount == available else {
            throw .malformed(file: file, reason: "\(available - header.dataByteCount) bytes at its end belong to no tensor")
        }
        guard let data = try OwnedBytes(count: available, fill: read) else {
            throw .cannotRead(file: file, reason: "\(available) bytes of memory are not available")
        }
        self.entries = header.entries
        self.names = header.names
        self.metadata = header.metadata
        self.file = file
        self.data = data
    }

    /// The entry of a tensor; throws `SafetensorsError.missingTensor`.
    public func entry(_ name: String) throws(SafetensorsError) -> Entry {
        guard let entry = entries[name] else { throw .missingTensor(file: file, tensor: name) }
        return entry
    }

    /// The shape of a tensor; throws `SafetensorsError.missingTensor`.
    public func shape(_ name: String) throws(SafetensorsError) -> [Int] {
        try entry(name).shape
    }

    /// Lends the bytes of a tensor, little-endian and row-major, for the time of the call; throws `SafetensorsError.missingTensor` and
    /// what `body` throws.
    public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        try body(bytes(of: entry(name)))
    }

    /// The elements of a tensor as `Float`, whatever their stored type; throws `SafetensorsError.missingTensor`.
    public func floats(_ name: String) throws(SafetensorsError) -> [Float] {
        try elements(name, as: Float.self)
    }

    /// The elements of a tensor as `Double`, whatever their stored type; throws `SafetensorsError.missingTensor`.
    public func doubles(_ name: String) throws(SafetensorsError) -> [Double] {
        try elements(name, as: Double.self)
    }

    private func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: data.buffer[entry.offset..<(entry.offset + entry.byteCount)])
    }

    private func elements<Number: BinaryFloatingPoint>(_ name: String, as: Number.Type) throws(SafetensorsError) -> [Number] {
        let entry = try entry(name)
        let bytes = bytes(of: entry)
        func map<Stored: FixedWidthInteger>(_: Stored.Type, _ convert: (Stored) -> Number) -> [Number] {
            (0..<bytes.count / MemoryLayout<Stored>.size).map { index in
                convert(Stored(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)))
            }
        }
        return withExtendedLifetime(data) {
            switch entry.dataType {
            case .float64: map(UInt64.self) { Number(Double(bitPattern: $0)) }
            case .float32: map(UInt32.self) { Number(Float(bitPattern: $0)) }
            case .float16: map(UInt16.self) { Number(HalfPrecision.float(float16Bits: $0)) }
            case .bfloat16: map(UInt16.self) { Number(HalfPrecision.float(bfloat16Bits: $0)) }
            case .int64: map(Int64.self) { Number($0) }
            case .int32: map(Int32.self) { Number($0) }
            case .uint8: map(UInt8.self) { Number($0) }
            case .bool: map(UInt8.self) { $0 == 0 ? 0 : 1 }
            }
        }
    }
}
