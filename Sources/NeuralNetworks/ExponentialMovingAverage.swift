import Torch

/// A smoothed copy of a network's parameters, usually better than the last step's.
public final class ExponentialMovingAverage {
    private let source: Parameters
    private let target: Parameters
    private let decay: Double

    /// - Parameters:
    ///   - target: A second network of the same shape, which receives the averages.
    ///   - decay: What is kept of the old average at each step.
    public init(of source: Parameters, into target: Parameters, decay: Double) throws(TorchError) {
        precondition(source.named.map(\.name) == target.named.map(\.name), "the networks differ")
        self.source = source
        self.target = target
        self.decay = decay
        for (copy, tensor) in zip(target.named, source.named) { try copy.tensor.copy(from: tensor.tensor) }
    }

    /// - Parameter step: Steps done so far; early averages forget faster, so that the random start does not linger.
    public func update(step: Int) throws(TorchError) {
        let decay = min(decay, Double(step + 1) / Double(step + 10))
        try Tensor.interpolate(target.named.map(\.tensor), towards: source.named.map(\.tensor), weight: 1 - decay)
    }
}
