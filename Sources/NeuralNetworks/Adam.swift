import Torch

/// Adam (Kingma and Ba 2015) over the tensors of one network, in place.
public final class Adam {
    let parameters: Parameters
    let beta1: Double
    let beta2: Double
    let epsilon: Double
    private(set) var firstMoments: [Tensor]
    private(set) var secondMoments: [Tensor]
    private(set) var steps: [Tensor]

    public init(_ parameters: Parameters, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) throws(TorchError) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        firstMoments = []
        secondMoments = []
        steps = []
        for tensor in parameters.tensors {
            firstMoments.append(try .zeros(shape: tensor.shape, device: tensor.device))
            secondMoments.append(try .zeros(shape: tensor.shape, device: tensor.device))
            steps.append(try .zeros(shape: [], device: tensor.device))
        }
    }

    /// One step along `gradients`, which are in the order of the parameters.
    public func step(_ gradients: [Tensor], rate: Double) throws(TorchError) {
        try Tensor.adamStep(
            parameters: parameters.tensors, gradients: gradients, firstMoments: firstMoments, secondMoments: secondMoments, steps: steps,
            rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    }

    /// All that a resume needs, under names that start with `adam.`.
    public var state: NamedTensors {
        parameters.names.indices.flatMap { i in
            [
                ("adam.first.\(parameters.names[i])", firstMoments[i]),
                ("adam.second.\(parameters.names[i])", secondMoments[i]),
                ("adam.steps.\(parameters.names[i])", steps[i]),
            ]
        }
    }
}

/// Scales gradients in place so that their common norm is at most `limit`. No host synchronisation.
public func clip(_ gradients: [Tensor], toNorm limit: Double) throws(TorchError) {
    let norm = try Tensor.globalNorm(gradients)
    try Tensor.scale(gradients, by: (Tensor.full(limit, shape: [], device: norm.device) / (norm + 1e-12)).clamped(to: 0...1))
}
