import NeuralNetworks

/// A reader of the part of Python's pickle language that PyTorch state dictionaries use. Anything else is refused; nothing is executed.
struct PickleMachine {
    /// The most bytes of a file's pickles that are read: they say where values lie and hold none.
    static let maximumByteCount = 16 << 20
    static let tooLarge = PickleFailure(reason: "its pickle is larger than 16 MiB")

    private var reader: ByteReader
    private let end: Int
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var sequences: [[PickleValue]] = []
    private var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    /// What tensors lie in, by key.
    private(set) var storages: [String: StorageReference] = [:]

    init(_ bytes: [UInt8], position: Int = 0) {
        reader = ByteReader(bytes: bytes, position: position)
        end = position + Self.maximumByteCount
    }

    /// Where the next pickle begins.
    var position: Int { reader.position }

    func elements(_ index: Int) -> [PickleValue] { sequences[index] }
    func pairs(_ index: Int) -> [(key: PickleValue, value: PickleValue)] { dictionaries[index] }

    /// Reads one pickle to its end.
    mutating func run() throws(PickleFailure) -> PickleValue {
        stack = []
        marks = []
        memo = [:]
        while true {
            guard reader.position < end else { throw Self.tooLarge }
            let code = try reader.byte()
            if code == UInt8(ascii: ".") { return try pop() }
            try step(code)
        }
    }

    private mutating func step(_ code: UInt8) throws(PickleFailure) {
        switch code {
        case 0x80: guard (2...3).contains(try reader.byte()) else { throw PickleFailure(reason: "its pickle protocol is not 2") }
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "K"): stack.append(.integer(try reader.integer(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try reader.integer(2)))
        case UInt8(ascii: "J"): stack.append(.integer(try reader.integer(4, signed: true)))
        case 0x8a:
            let count = Int(try reader.byte())
            guard count <= 8 else { throw PickleFailure(reason: "a number in it is too large") }
            stack.append(.integer(try reader.integer(count, signed: true)))
        case UInt8(ascii: "G"):
            let bits = try reader.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.real(Double(bitPattern: bits)))
        case UInt8(ascii: "X"): try push(textOf: reader.integer(4))
        case UInt8(ascii: "U"): try push(textOf: reader.integer(1))
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: ")"): push(sequence: [])
        case UInt8(ascii: "]"): push(sequence: [])
        case UInt8(ascii: "}"): pushDictionary()
        case UInt8(ascii: "t"): push(sequence: try popToMark())
        case 0x85, 0x86, 0x87: push(sequence: try pop(Int(code) - 0x84))
        case UInt8(ascii: "q"): memo[try reader.integer(1)] = try top()
        case UInt8(ascii: "r"): memo[try reader.integer(4)] = try top()
        case UInt8(ascii: "h"): try recall(try reader.integer(1))
        case UInt8(ascii: "j"): try recall(try reader.integer(4))
        case UInt8(ascii: "a"): try extend(with: pop(1))
        case UInt8(ascii: "e"): try extend(with: popToMark())
        case UInt8(ascii: "s"): try insert(pop(2))
        case UInt8(ascii: "u"): try insert(popToMark())
        // The state of an ordered dictionary: attributes such as `_metadata`, of no use here.
        case UInt8(ascii: "b"): _ = try pop()
        case UInt8(ascii: "c"):
            let (module, name) = (try reader.line(), try reader.line())
            guard let global = PickleGlobal(module: module, name: name) else {
                throw PickleFailure(reason: "it asks for \(module).\(name), which is not allowed; save a plain state dictionary of tensors")
            }
            stack.append(.global(global))
        case UInt8(ascii: "R"): try reduce()
        case UInt8(ascii: "Q"): try persistentStorage()
        default: throw PickleFailure(reason: "it holds more than a state dictionary of tensors")
        }
    }

    // MARK: Stack

    private static let malformed = PickleFailure(reason: "its pickle is damaged")

    /// The part of the stack above the last mark may be used.
    private var floor: Int { marks.last ?? 0 }

    private func top() throws(PickleFailure) -> PickleValue {
        guard stack.count > floor else { throw Self.malformed }
        return stack[stack.count - 1]
    }

    private mutating func pop() throws(PickleFailure) -> PickleValue { try pop(1)[0] }

    private mutating func pop(_ count: Int) throws(PickleFailure) -> [PickleValue] {
        guard stack.count - count >= floor else { throw Self.malformed }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(PickleFailure) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw Self.malformed }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func push(textOf count: Int) throws(PickleFailure) {
        guard count <= end - reader.position else { throw Self.tooLarge }
        stack.append(.string(try reader.text(count)))
    }

    private mutating func push(sequence: [PickleValue]) {
        sequences.append(sequence)
        stack.append(.sequence(sequences.count - 1))
    }

    private mutating func pushDictionary() {
        dictionaries.append([])
        stack.append(.dictionary(dictionaries.count - 1))
    }

    private mutating func recall(_ index: Int) throws(PickleFailure) {
        guard let value = memo[index] else { throw Self.malformed }
        stack.append(value)
    }

    private mutating func extend(with elements: [PickleValue]) throws(PickleFailure) {
        guard case .sequence(let index) = try top() else { throw Self.malformed }
        sequences[index] += elements
    }

    private mutating func insert(_ flat: [PickleValue]) throws(PickleFailure) {
        guard case .dictionary(let index) = try top(), flat.count % 2 == 0 else { throw Self.malformed }
        for i in stride(from: 0, to: flat.count, by: 2) { dictionaries[index].append((flat[i], flat[i + 1])) }
    }

    // MARK: Objects

    private mutating func reduce() throws(PickleFailure) {
        let operands = try pop(2)
        guard case .global(let global) = operands[0], case .sequence(let index) = operands[1] else { throw Self.malformed }
        let arguments = sequences[index]
        switch global {
        case .orderedDictionary where arguments.isEmpty: pushDictionary()
        case .rebuildParameter where !arguments.isEmpty: stack.append(arguments[0])
        case .rebuildTensor where arguments.count >= 4:
            guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1] else { throw Self.malformed }
            let (shape, strides) = (try integers(arguments[2]), try integers(arguments[3]))
            stack.append(.tensor(TensorReference(storage: storage, offset: offset, shape: shape, strides: strides)))
        default: throw Self.malformed
        }
    }

    /// `('storage', type, key, place, count)`, in old files with a view behind it, which must be none.
    private mutating func persistentStorage() throws(PickleFailure) {
        guard case .sequence(let index) = try pop() else { throw Self.malformed }
        let parts = sequences[index]
        guard parts.count >= 5, case .string("storage") = parts[0], case .global(.storage(let type)) = parts[1],
            case .string(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
        else { throw Self.malformed }
        if parts.count > 5 { guard case .none = parts[5] else { throw PickleFailure(reason: "it holds views of storages") } }
        let storage = StorageReference(type: type, key: key, count: count)
        storages[key] = storage
        stack.append(.storage(storage))
    }

    private func integers(_ value: PickleValue) throws(PickleFailure) -> [Int] {
        guard case .sequence(let index) = value, sequences[index].count <= 8 else { throw Self.malformed }
        return try sequences[index].map { (element) throws(PickleFailure) in
            guard case .integer(let number) = element, number >= 0 else { throw Self.malformed }
            return number
        }
    }
}
