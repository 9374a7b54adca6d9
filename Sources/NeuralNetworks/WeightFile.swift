import Torch

/// Why a file's tensors cannot become a network's parameters.
public enum WeightError: Error, Equatable, CustomStringConvertible {
    case missing(key: String, file: String)
    case unknown(key: String, file: String)
    case shape(key: String, expected: [Int], found: [Int], file: String)
    case notFinite(key: String, file: String)

    public var description: String {
        switch self {
        case .missing(let key, let file): "\(file): these weights do not fit the network: \(key) is missing."
        case .unknown(let key, let file): "\(file): these weights do not fit the network: it has no \(key)."
        case .shape(let key, let expected, let found, let file):
            "\(file): these weights do not fit the network: \(key) should have the shape \(expected) and has \(found)."
        case .notFinite(let key, let file): "\(file): these weights are damaged: \(key) holds a value that is not a number."
        }
    }
}

/// Named tensors, in order.
public typealias NamedTensors = [(name: String, tensor: Tensor)]

extension Parameters {
    /// The parameters by name, in order, then the buffers.
    public var named: NamedTensors { Array(zip(names, tensors)) + buffers }

    /// Overwrites all parameters and buffers with those of a file, strictly: it must hold every name in the right shape and no other.
    ///
    /// - Parameter fileName: What error messages call the file.
    /// - Throws: ``WeightError``, ``SafetensorsError`` or `TorchError`; nothing is changed unless all keys, shapes and values are right.
    public func load(_ file: SafetensorsFile, fileName: String) throws {
        let wanted = named.map(\.name)
        if let missing = wanted.first(where: { file.entries[$0] == nil }) { throw WeightError.missing(key: missing, file: fileName) }
        let known = Set(wanted)
        if let unknown = file.names.first(where: { !known.contains($0) }) { throw WeightError.unknown(key: unknown, file: fileName) }
        try file.restore(named, fileName: fileName)
    }
}

extension Parameters {
    /// Overwrites those parameters that a file holds under the same name in the same shape, and leaves the others: the start of a training
    /// from the weights of a relative.
    ///
    /// - Throws: ``WeightError/missing(key:file:)`` with the first name where the file has none of them; otherwise as ``load(_:fileName:)``.
    public func adopt(_ file: SafetensorsFile, fileName: String) throws {
        let shared = named.filter { file.entries[$0.name]?.shape == $0.tensor.shape }
        guard !shared.isEmpty else { throw WeightError.missing(key: names[0], file: fileName) }
        try file.restore(shared, fileName: fileName)
    }
}

extension SafetensorsFile {
    /// Overwrites tensors with those of the same names in this file.
    ///
    /// - Throws: As ``Parameters/load(_:fileName:)``; nothing is changed unless all is right. Names beside the wanted ones are left alone.
    public func restore(_ targets: NamedTensors, fileName: String) throws {
        var sources: [Tensor] = []
        for (key, target) in targets {
            guard let found = entries[key]?.shape else { throw WeightError.missing(key: key, file: fileName) }
            guard found == target.shape else {
                throw WeightError.shape(key: key, expected: target.shape, found: found, file: fileName)
            }
            let values = try floats(key)
            guard values.allSatisfy(\.isFinite) else { throw WeightError.notFinite(key: key, file: fileName) }
            sources.append(try Tensor(values, shape: found, device: target.device))
        }
        for ((_, target), source) in zip(targets, sources) { try target.copy(from: source) }
    }

    /// A tensor of this file as float32 on a device.
    public func tensor(_ name: String, device: Device = .cpu) throws -> Tensor {
        try Tensor(floats(name), shape: shape(name), device: device)
    }

    /// Writes named tensors as float32 or a narrower type. The file is complete or it is not there.
    public static func write(
        _ tensors: NamedTensors, as type: FloatType = .float32, metadata: [String: String], to path: String
    ) throws {
        let records = try tensors.map { name, tensor in
            try Record(name: name, shape: tensor.shape, floats: tensor.detached().floats(), as: type)
        }
        try write(records, metadata: metadata, to: path)
    }
}
