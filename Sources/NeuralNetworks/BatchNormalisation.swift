import Torch

/// Normalisation of each channel of N×C×H×W over the batch (Ioffe and Szegedy 2015), with the names of PyTorch.
public struct BatchNormalisation {
    private static let epsilon = 1e-5
    private static let momentum = 0.1

    private let weight: Tensor
    private let bias: Tensor
    private let mean: Tensor
    private let variance: Tensor

    /// - Parameter start: The gain that training begins with.
    public init(_ scope: Parameters.Scope, _ channels: Int, start: Double = 1) throws(TorchError) {
        weight = try scope.make("weight", shape: [channels], value: start)
        bias = try scope.make("bias", shape: [channels], value: 0)
        mean = try scope.makeBuffer("running_mean", shape: [channels], values: .init(repeating: 0, count: channels))
        variance = try scope.makeBuffer("running_var", shape: [channels], values: .init(repeating: 1, count: channels))
    }

    /// - Parameter training: Whether the batch's own statistics are used, and move the running ones.
    public func callAsFunction(_ x: Tensor, training: Bool) throws(TorchError) -> Tensor {
        try x.batchNormalized(
            weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: training, momentum: Self.momentum,
            epsilon: Self.epsilon)
    }
}
