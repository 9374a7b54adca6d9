import Torch

/// The trainable tensors of one network, by the names that its checkpoints use, in the order of their making.
///
/// A network is built on one of these: each layer asks for its tensors under the dotted path where it stands
/// (`parameters / "f1" / "conv"` makes `f1.conv.weight`). New tensors are drawn from a seeded source, so a network
/// is a pure function of its configuration and seed.
public final class Parameters {
    public private(set) var names: [String] = []
    public private(set) var tensors: [Tensor] = []
    /// What belongs to the network and is not trained, such as running statistics; kept in weight files beside the parameters.
    public private(set) var buffers: NamedTensors = []
    public let device: Device
    private var random: NormalSource

    /// - Parameters:
    ///   - seed: Of the initial values.
    ///   - device: Where the tensors live for good.
    public init(seed: UInt64 = 0, device: Device = .cpu) {
        random = NormalSource(seed: seed)
        self.device = device
    }

    /// Number of trainable scalars.
    public var count: Int { tensors.reduce(0) { $0 + $1.count } }

    public static func / (parameters: Parameters, component: String) -> Scope { parameters.root / component }

    /// The place of names without a dot.
    public var root: Scope { Scope(parameters: self, path: "") }

    /// A place in the tree of names.
    public struct Scope {
        let parameters: Parameters
        let path: String

        public static func / (scope: Scope, component: String) -> Scope {
            Scope(parameters: scope.parameters, path: scope.name(component))
        }

        private func name(_ component: String) -> String { path.isEmpty ? component : path + "." + component }

        /// A new parameter here, uniform in ±bound.
        public func make(_ name: String, shape: [Int], bound: Double) throws(TorchError) -> Tensor {
            try parameters.make(self.name(name), shape: shape) { (2 * $0.uniform() - 1) * bound }
        }

        /// A new parameter here, normal with this standard deviation.
        public func make(_ name: String, shape: [Int], deviation: Double) throws(TorchError) -> Tensor {
            try parameters.make(self.name(name), shape: shape) { $0.normal() * deviation }
        }

        /// A new parameter here that begins with one value everywhere.
        public func make(_ name: String, shape: [Int], value: Double) throws(TorchError) -> Tensor {
            try parameters.make(self.name(name), shape: shape) { _ in value }
        }

        /// A new tensor here that is not trained.
        public func makeBuffer(_ name: String, shape: [Int], values: [Float]) throws(TorchError) -> Tensor {
            let name = self.name(name)
            precondition(!parameters.named.contains { $0.name == name }, "two tensors are called \(name)")
            let tensor = try Tensor(values, shape: shape, device: parameters.device)
            parameters.buffers.append((name, tensor))
            return tensor
        }
    }

    private func make(_ name: String, shape: [Int], _ draw: (inout NormalSource) -> Double) throws(TorchError) -> Tensor {
        precondition(!names.contains(name), "two parameters are called \(name)")
        let values = (0..<shape.reduce(1, *)).map { _ in Float(draw(&random)) }
        let tensor = try Tensor(values, shape: shape, device: device)
        names.append(name)
        tensors.append(tensor)
        return tensor
    }

    /// Marks all tensors as ones that gradients are wanted of.
    public func requireGradients() throws(TorchError) {
        for tensor in tensors { try tensor.requireGradient() }
    }
}
