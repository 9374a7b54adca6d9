import Foundation
import NeuralNetworks
import Torch

/// The flow kernel prior (FKP, Liang et al. 2021): a normalising flow between Gaussian kernels and a standard normal latent, in the way of
/// RealNVP.
///
///     kernel n×n → logit((1 − 2α)·(kernel/c + noise) + α) → 5 × (coupling, normalisation) → latent n²
///
/// Names of parameters and buffers are those of the official checkpoints.
public final class KernelFlow: WeightedNetwork {
    /// What makes one flow differ from another in shape.
    public struct Configuration: Sendable, Hashable, Codable {
        /// The side n of the kernels: 11, 15 or 19.
        public var kernelSize: Int
        /// Width of the couplings' networks.
        public var hidden: Int
        /// Number of couplings.
        public var blocks: Int

        public init(kernelSize: Int, hidden: Int, blocks: Int = 5) {
            self.kernelSize = kernelSize
            self.hidden = hidden
            self.blocks = blocks
        }

        /// The official sizes at ×2, ×3 and ×4.
        public static func standard(scale: Int) -> Configuration {
            Configuration(kernelSize: FKPKernels(scale: scale).size, hidden: 5 * (scale + 1))
        }

        /// The scale whose kernels have this side.
        public var scale: Int { (kernelSize - 3) / 4 }
    }

    public let configuration: Configuration
    public let parameters: Parameters
    private let alpha: Tensor
    private let normalization: Tensor
    private let layers: [(coupling: Coupling, normalisation: FlowNormalisation)]

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - seed: Of the initial parameters.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        let count = configuration.kernelSize * configuration.kernelSize
        let root = parameters.root
        // The flow needs only two of these; the others are in every official file.
        _ = try root.makeBuffer("kernel_size", shape: [1], values: [Float(configuration.kernelSize)])
        alpha = try root.makeBuffer("alpha", shape: [1], values: [1e-6])
        normalization = try root.makeBuffer(
            "normalization", shape: [1], values: [Float(FKPKernels(scale: configuration.scale).normalization)])
        _ = try root.makeBuffer("base_dist_mean", shape: [count], values: .init(repeating: 0, count: count))
        _ = try root.makeBuffer("base_dist_var", shape: [count], values: .init(repeating: 1, count: count))
        layers = try (0..<configuration.blocks).map { (i) throws(TorchError) in
            let mask = (0..<count).map { Float(($0 + i) % 2) }
            return (
                try Coupling(parameters / "net" / "\(2 * i)", mask: mask, hidden: configuration.hidden),
                try FlowNormalisation(parameters / "net" / "\(2 * i + 1)", count)
            )
        }
    }

    /// Number of latent variables, n².
    public var latentCount: Int { configuration.kernelSize * configuration.kernelSize }

    // MARK: Kernels and logits

    /// Kernels N×1×n×n as unbounded values N×n².
    ///
    /// - Parameters:
    ///   - kernels: Non-negative, with sum one.
    ///   - noise: Of the kernels' shape, added after they were brought between 0 and 1: the authors' is uniform in [0, 1/720).
    public func logits(kernels: Tensor, noise: Tensor) throws(TorchError) -> Tensor {
        let unit = try kernels.clamped(to: 0...Double.infinity) / normalization + noise
        let y = try unit * (alpha * -2 + 1) + alpha
        return try (y.log() - (-y + 1).log()).reshaped([-1, latentCount])
    }

    /// The inverse of ``logits(kernels:noise:)``: N×1×n×n, positive.
    private func kernels(logits: Tensor) throws(TorchError) -> Tensor {
        let size = configuration.kernelSize
        return try ((logits.sigmoid() - alpha) / (alpha * -2 + 1) * normalization).reshaped([-1, 1, size, size])
    }

    // MARK: The two directions

    /// From logits N×n² to latents N×n², with the logarithm of the determinant's absolute value, N.
    ///
    /// - Parameters:
    ///   - logits: Kernels as ``logits(kernels:noise:)`` gives them.
    ///   - training: Whether the batch's own statistics normalise, and move the running ones.
    public func latents(_ logits: Tensor, training: Bool = false) throws(TorchError) -> (latents: Tensor, logDeterminant: Tensor) {
        var x = logits
        var sum = try Tensor.zeros(shape: [logits.shape[0]], device: parameters.device)
        for (coupling, normalisation) in layers {
            let (coupled, first) = try coupling.forward(x)
            let (normalised, second) = try normalisation.forward(coupled, training: training)
            x = normalised
            sum = try sum + first + second
        }
        return (x, sum)
    }

    /// From latents N×n² to logits N×n², with the logarithm of the determinant's absolute value, N.
    public func logits(_ latents: Tensor) throws(TorchError) -> (logits: Tensor, logDeterminant: Tensor) {
        var u = latents
        var sum = try Tensor.zeros(shape: [latents.shape[0]], device: parameters.device)
        for (coupling, normalisation) in layers.reversed() {
            let (scaled, first) = try normalisation.inverse(u)
            let (uncoupled, second) = try coupling.inverse(scaled)
            u = uncoupled
            sum = try sum + first + second
        }
        return (u, sum)
    }

    /// The kernels N×1×n×n of latents N×n². They are positive; their sum is near one and not one.
    public func kernels(_ latents: Tensor) throws(TorchError) -> Tensor { try kernels(logits: logits(latents).logits) }

    /// The logarithm of the density at logits N×n², in nats: N.
    public func logProbability(_ logits: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        let (u, determinant) = try latents(logits, training: training)
        return try (u.squared() + log(2 * .pi)).sum([1]) * -0.5 + determinant
    }
}

extension KernelFlow.Configuration: NetworkConfiguration {
    public static let system = "fkp"
    public var leastParameterCount: Int { 2 * blocks * hidden * (2 * kernelSize * kernelSize + hidden) }
    public var usualScales: [Int] { [scale] }

    public init?(shapes: [String: [Int]]) {
        guard let first = shapes["net.0.s_net.0.weight"], first.count == 2 else { return nil }
        let blocks = (0...).first { shapes["net.\(2 * $0).s_net.0.weight"] == nil } ?? 0
        self.init(kernelSize: Int(Double(first[1]).squareRoot().rounded()), hidden: first[0], blocks: blocks)
    }

    public func check() throws(ConfigurationError) {
        guard FKPKernels.scales.contains(where: { FKPKernels(scale: $0).size == kernelSize }) else {
            throw ConfigurationError(reason: "its kernel size is \(kernelSize), not 11, 15 or 19")
        }
        try check("hidden width", hidden, 1...1024)
        try check("number of blocks", blocks, 1...64)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try KernelFlow(self, device: device) }
}

/// An affine coupling (Dinh et al. 2017): the variables of the mask stay, and say how the others are moved and scaled.
private struct Coupling {
    private let mask: Tensor
    private let others: Tensor
    private let scaling: [Linear]
    private let translation: [Linear]

    init(_ scope: Parameters.Scope, mask: [Float], hidden: Int) throws(TorchError) {
        let count = mask.count
        self.mask = try scope.makeBuffer("mask", shape: [count], values: mask)
        others = try Tensor(mask.map { 1 - $0 }, shape: [count], device: self.mask.device)
        func network(_ name: String) throws(TorchError) -> [Linear] {
            let widths = [count, hidden, hidden, count]
            return try (0..<3).map { (i) throws(TorchError) in try Linear(scope / name / "\(2 * i)", widths[i], widths[i + 1]) }
        }
        scaling = try network("s_net")
        translation = try network("t_net")
    }

    /// Logarithmic scale and translation of the variables outside the mask, zero inside it.
    private func coefficients(_ kept: Tensor) throws(TorchError) -> (logScale: Tensor, translation: Tensor) {
        let s = try scaling[2](scaling[1](scaling[0](kept).tanh()).tanh())
        let t = try translation[2](translation[1](translation[0](kept).relu()).relu())
        return (try s * others, try t * others)
    }

    func forward(_ x: Tensor) throws(TorchError) -> (Tensor, Tensor) {
        let (s, t) = try coefficients(x * mask)
        return (try (x - t) * (-s).exp(), try -s.sum([1]))
    }

    func inverse(_ u: Tensor) throws(TorchError) -> (Tensor, Tensor) {
        let (s, t) = try coefficients(u * mask)
        return (try u * s.exp() + t, try s.sum([1]))
    }
}

/// Normalisation of each variable over the batch, as a layer of a flow: its variance is the unbiased one.
private struct FlowNormalisation {
    private static let epsilon = 1e-5
    /// How far the running statistics move towards a batch's.
    private static let momentum = 0.1

    private let logGain: Tensor
    private let shift: Tensor
    private let mean: Tensor
    private let variance: Tensor

    init(_ scope: Parameters.Scope, _ count: Int) throws(TorchError) {
        logGain = try scope.make("log_gamma", shape: [count], value: 0)
        shift = try scope.make("beta", shape: [count], value: 0)
        mean = try scope.makeBuffer("running_mean", shape: [count], values: .init(repeating: 0, count: count))
        variance = try scope.makeBuffer("running_var", shape: [count], values: .init(repeating: 1, count: count))
    }

    func forward(_ x: Tensor, training: Bool) throws(TorchError) -> (Tensor, Tensor) {
        let (mean, variance) = try training ? statistics(x) : (self.mean, self.variance)
        let spread = try variance + Self.epsilon
        let y = try (x - mean) / spread.squareRoot() * logGain.exp() + shift
        return (y, try (logGain - spread.log() * 0.5).sum())
    }

    func inverse(_ y: Tensor) throws(TorchError) -> (Tensor, Tensor) {
        let spread = try variance + Self.epsilon
        let x = try (y - shift) * (-logGain).exp() * spread.squareRoot() + mean
        return (x, try (spread.log() * 0.5 - logGain).sum())
    }

    private func statistics(_ x: Tensor) throws(TorchError) -> (Tensor, Tensor) {
        let batchMean = try x.mean([0])
        let batchVariance = try (x - batchMean).squared().sum([0]) / Double(x.shape[0] - 1)
        try Tensor.interpolate([mean, variance], towards: [batchMean.detached(), batchVariance.detached()], weight: Self.momentum)
        return (batchMean, batchVariance)
    }
}
