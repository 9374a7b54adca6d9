import NeuralNetworks

/// The tensors of a PyTorch checkpoint (`torch.save` of a state dictionary), in the old pickle layout or the zip layout.
///
/// The file may come from anywhere: it is read by a machine that knows tensors and dictionaries and executes nothing.
struct PyTorchCheckpoint {
    /// In the order of the state dictionary, contiguous.
    let records: [SafetensorsFile.Record]

    /// Old files begin with this pickled number.
    private static let legacyMagic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
    private static let zipMagic: [UInt8] = [0x50, 0x4b, 3, 4]

    /// Whether a file begins like a checkpoint.
    static func isCheckpoint(_ bytes: [UInt8]) -> Bool { bytes.starts(with: legacyMagic) || bytes.starts(with: zipMagic) }

    init(_ bytes: [UInt8]) throws(PickleFailure) {
        let (references, storages) = bytes.starts(with: Self.zipMagic) ? try Self.readZip(bytes) : try Self.readLegacy(bytes)
        guard !references.isEmpty else { throw PickleFailure(reason: "it holds no state dictionary of tensors") }
        var records: [SafetensorsFile.Record] = []
        var total = 0
        for (name, tensor) in references {
            guard let storage = storages[tensor.storage.key] else { throw PickleFailure(reason: "the values of \(name) are missing") }
            let values = try Self.values(of: tensor, in: storage, name: name)
            total += values.count
            // Several tensors may share a storage, but not so many that a small file fills the memory.
            guard total <= 4 * bytes.count else { throw PickleFailure(reason: "its tensors overlap too often") }
            records.append(SafetensorsFile.Record(name: name, dataType: tensor.storage.type, shape: tensor.shape, bytes: values))
        }
        self.records = records
    }

    private typealias Content = (tensors: [(String, TensorReference)], storages: [String: ArraySlice<UInt8>])

    /// Magic number, protocol, system information, the dictionary, the list of storage keys, then each storage's count and values.
    private static func readLegacy(_ bytes: [UInt8]) throws(PickleFailure) -> Content {
        var machine = PickleMachine(bytes, position: legacyMagic.count)
        guard case .integer(1001) = try machine.run() else { throw PickleFailure(reason: "its version is unknown") }
        _ = try machine.run()
        let tensors = try stateDictionary(try machine.run(), machine)
        guard case .sequence(let keys) = try machine.run() else { throw PickleFailure(reason: "its list of storages is damaged") }
        let types = machine.storages
        var reader = ByteReader(bytes: bytes, position: machine.position)
        var storages: [String: ArraySlice<UInt8>] = [:]
        for case .string(let key) in machine.elements(keys) {
            let count = try reader.integer(8)
            guard let storage = types[key], count == storage.count else {
                throw PickleFailure(reason: "its storages do not fit its tensors")
            }
            let (size, overflow) = count.multipliedReportingOverflow(by: storage.type.byteCount)
            storages[key] = try reader.take(overflow ? -1 : size)
        }
        return (tensors, storages)
    }

    private static func readZip(_ bytes: [UInt8]) throws(PickleFailure) -> Content {
        let archive = try ZipArchive(bytes)
        guard let pickle = archive.names.first(where: { $0.hasSuffix("/data.pkl") }), let content = archive[pickle] else {
            throw PickleFailure(reason: "it is a zip file without data.pkl")
        }
        guard content.count <= PickleMachine.maximumByteCount else { throw PickleMachine.tooLarge }
        let root = pickle.dropLast("data.pkl".count)
        if let order = archive["\(root)byteorder"], !order.elementsEqual("little".utf8) {
            throw PickleFailure(reason: "its numbers are big-endian")
        }
        var machine = PickleMachine(Array(content))
        let tensors = try stateDictionary(try machine.run(), machine)
        var storages: [String: ArraySlice<UInt8>] = [:]
        for (_, tensor) in tensors { storages[tensor.storage.key] = archive["\(root)data/\(tensor.storage.key)"] }
        return (tensors, storages)
    }

    /// The names under which training checkpoints keep a network.
    private static let networkNames = ["params_ema", "params", "state_dict", "model_state", "model_state_dict"]

    /// The tensors of a dictionary, or of the one under the usual names of a training checkpoint; throws where two have one name.
    private static func stateDictionary(
        _ value: PickleValue, _ machine: PickleMachine
    ) throws(PickleFailure) -> [(String, TensorReference)] {
        guard case .dictionary(let index) = value else { throw PickleFailure(reason: "it holds no dictionary") }
        var tensors: [(String, TensorReference)] = []
        var inner: [String: PickleValue] = [:]
        for case (.string(let key), let value) in machine.pairs(index) {
            if case .tensor(let tensor) = value { tensors.append((key, tensor)) } else { inner[key] = value }
        }
        if tensors.isEmpty, let name = networkNames.first(where: { inner[$0] != nil }) {
            guard case .dictionary(let index) = inner[name] else { throw PickleFailure(reason: "its \(name) is no dictionary") }
            for case (.string(let key), .tensor(let tensor)) in machine.pairs(index) { tensors.append((key, tensor)) }
        }
        var names: Set<String> = []
        for (name, _) in tensors where !names.insert(name).inserted {
            throw PickleFailure(reason: "it holds the tensor \(name) twice")
        }
        return tensors
    }

    /// A view's elements, row by row.
    private static func values(
        of tensor: TensorReference, in storage: ArraySlice<UInt8>, name: String
    ) throws(PickleFailure) -> [UInt8] {
        let wrong = PickleFailure(reason: "the tensor \(name) lies outside its storage")
        let size = tensor.storage.type.byteCount
        let available = storage.count / size
        guard tensor.strides.count == tensor.shape.count, (0...available).contains(tensor.offset) else { throw wrong }
        var (count, last) = (1, tensor.offset)
        for (length, stride) in zip(tensor.shape, tensor.strides) {
            let (product, overflow1) = count.multipliedReportingOverflow(by: length)
            let (reach, overflow2) = max(0, length - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow3) = last.addingReportingOverflow(reach)
            guard !overflow1, !overflow2, !overflow3 else { throw wrong }
            (count, last) = (product, sum)
        }
        if count == 0 { return [] }
        guard last < available, count <= available else { throw wrong }
        if last - tensor.offset == count - 1, tensor.strides == contiguousStrides(tensor.shape) {
            let start = storage.startIndex + tensor.offset * size
            return Array(storage[start..<start + count * size])
        }
        var result: [UInt8] = []
        result.reserveCapacity(count * size)
        var index = [Int](repeating: 0, count: tensor.shape.count)
        for _ in 0..<count {
            let element = tensor.offset + zip(index, tensor.strides).reduce(0) { $0 + $1.0 * $1.1 }
            let start = storage.startIndex + element * size
            result.append(contentsOf: storage[start..<start + size])
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < tensor.shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }

    private static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }
}
