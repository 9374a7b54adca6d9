import NeuralNetworks

/// What the pickles of PyTorch checkpoints hold. Containers are indices into the arena of the machine that read them, so that no nesting,
/// however deep or circular, costs stack or leaks.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case string(String)
    /// A tuple or a list.
    case sequence(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(StorageReference)
    case tensor(TensorReference)
}

/// The only names that a checkpoint may ask for; none of them is ever called as Python code.
enum PickleGlobal: Equatable {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    case storage(ElementType)

    private static let names: [String: PickleGlobal] = [
        "collections OrderedDict": .orderedDictionary, "torch._utils _rebuild_tensor_v2": .rebuildTensor,
        "torch._utils _rebuild_parameter": .rebuildParameter, "torch FloatStorage": .storage(.float32),
        "torch HalfStorage": .storage(.float16), "torch BFloat16Storage": .storage(.bfloat16), "torch DoubleStorage": .storage(.float64),
        "torch LongStorage": .storage(.int64), "torch IntStorage": .storage(.int32), "torch ByteStorage": .storage(.uint8),
        "torch BoolStorage": .storage(.bool),
    ]

    init?(module: String, name: String) {
        guard let global = Self.names["\(module) \(name)"] else { return nil }
        self = global
    }
}

/// Where a tensor's values lie.
struct StorageReference {
    let type: ElementType
    let key: String
    /// Number of elements.
    let count: Int
}

/// A tensor as a view of a storage; offset and strides in elements.
struct TensorReference {
    let storage: StorageReference
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// What is wrong with a checkpoint, as part of a sentence.
struct PickleFailure: Error {
    let reason: String
}

/// Bytes that are read from front to back, never beyond their end.
struct ByteReader {
    let bytes: [UInt8]
    var position = 0

    mutating func byte() throws(PickleFailure) -> UInt8 {
        guard position < bytes.count else { throw Self.cutShort }
        position += 1
        return bytes[position - 1]
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(PickleFailure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw Self.cutShort }
        position += count
        return bytes[position - count..<position]
    }

    /// A little-endian whole number of up to eight bytes.
    mutating func integer(_ count: Int, signed: Bool = false) throws(PickleFailure) -> Int {
        let part = try take(count)
        var value: UInt64 = 0
        for (shift, byte) in part.enumerated() { value |= UInt64(byte) << UInt64(8 * shift) }
        if signed, count > 0, count < 8, part.last! & 0x80 != 0 { value |= UInt64.max << UInt64(8 * count) }
        return Int(truncatingIfNeeded: value)
    }

    mutating func text(_ count: Int) throws(PickleFailure) -> String { String(decoding: try take(count), as: UTF8.self) }

    /// A text that ends with a line feed.
    mutating func line() throws(PickleFailure) -> String {
        guard let end = bytes[position...].prefix(200).firstIndex(of: 0x0a) else { throw Self.cutShort }
        let line = try text(end - position)
        position += 1
        return line
    }

    private static let cutShort = PickleFailure(reason: "it is cut short")
}
