import Torch

/// What moves parameters along their gradients.
public protocol Optimizer: AnyObject {
    /// One step along `gradients`, which are in the order of the network's parameters.
    func step(_ gradients: [Tensor], rate: Double) throws(TorchError)
    /// All that a resume needs.
    var state: NamedTensors { get }
}

/// Adam (Kingma and Ba 2015), in place.
public final class Adam: Optimizer {
    let parameters: NamedTensors
    let beta1: Double
    let beta2: Double
    let epsilon: Double
    private(set) var firstMoments: [Tensor]
    private(set) var secondMoments: [Tensor]
    private(set) var steps: [Tensor]

    /// Over all tensors of a network.
    public convenience init(_ parameters: Parameters) throws(TorchError) { try self.init(parameters.named) }

    public init(_ parameters: NamedTensors, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) throws(TorchError) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        firstMoments = []
        secondMoments = []
        steps = []
        for (_, tensor) in parameters {
            firstMoments.append(try .zeros(shape: tensor.shape, device: tensor.device))
            secondMoments.append(try .zeros(shape: tensor.shape, device: tensor.device))
            steps.append(try .zeros(shape: [], device: tensor.device))
        }
    }

    public func step(_ gradients: [Tensor], rate: Double) throws(TorchError) {
        try Tensor.adamStep(
            parameters: parameters.map(\.tensor), gradients: gradients, firstMoments: firstMoments, secondMoments: secondMoments,
            steps: steps,
            rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// Names start with `adam.`.
    public var state: NamedTensors {
        parameters.indices.flatMap { i in
            let name = parameters[i].name
            return [
                ("adam.first.\(name)", firstMoments[i]), ("adam.second.\(name)", secondMoments[i]), ("adam.steps.\(name)", steps[i]),
            ]
        }
    }
}

/// Scales gradients in place so that their common norm is at most `limit`. No host synchronisation.
public func clip(_ gradients: [Tensor], toNorm limit: Double) throws(TorchError) {
    let norm = try Tensor.globalNorm(gradients)
    try Tensor.scale(gradients, by: (Tensor.full(limit, shape: [], device: norm.device) / (norm + 1e-12)).clamped(to: 0...1))
}
