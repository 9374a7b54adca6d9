import Torch

/// The processes that train one network together: each takes its part of every batch, and all make the same steps.
///
/// An operation is one of all processes: each must call it, in the same order. It throws ``ProcessLost`` where the others do not come.
public protocol Communicator {
    /// Which process this is, from 0. Process 0 writes files and shows progress.
    var rank: Int { get }
    /// How many there are.
    var count: Int { get }
    /// Replaces each value by its sum over all processes.
    func sum(_ values: inout [Float]) throws
    /// Replaces the bytes by those of process 0.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer) throws
}

/// A process that trains alone.
public struct SingleProcess: Communicator {
    public let rank = 0
    public let count = 1
    public init() {}
    public func sum(_ values: inout [Float]) {}
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {}
}

/// Another process of the training is gone.
public struct ProcessLost: Error {
    public init() {}
}

extension Communicator {
    /// Whether any process says so.
    func anyProcess(says flag: Bool) throws -> Bool {
        var sum: [Float] = [flag ? 1 : 0]
        try self.sum(&sum)
        return sum[0] > 0
    }

    /// The means of tensors over all processes. They travel as one flat buffer.
    func mean(_ tensors: [Tensor]) throws -> [Tensor] {
        guard count > 1 else { return tensors }
        var values = try Tensor.concatenate(tensors.map { (tensor) throws(TorchError) in try tensor.reshaped([-1]) }, dim: 0).floats()
        try sum(&values)
        let means = try Tensor(values, shape: [values.count], device: tensors[0].device) / Double(count)
        var start = 0
        return try tensors.map { tensor in
            defer { start += tensor.count }
            return try means.slice(0, start..<start + tensor.count).reshaped(tensor.shape)
        }
    }

    /// Overwrites tensors with those of process 0.
    func broadcast(_ tensors: [Tensor]) throws {
        guard count > 1 else { return }
        for tensor in tensors {
            var values = try tensor.detached().floats()
            try values.withUnsafeMutableBytes(broadcast)
            try tensor.copy(from: Tensor(values, shape: tensor.shape, device: tensor.device))
        }
    }

    /// The number that process 0 has.
    func broadcast(_ value: Int) throws -> Int {
        var value = value
        try withUnsafeMutableBytes(of: &value, broadcast)
        return value
    }
}
