import Foundation
import NeuralNetworks
import Pixels
import Torch

/// A non-blind upscaler that begins with the best linear answers and works at low resolution:
///
///     e = MLP(kernel's spectrum, noise, confidence)                          N×64
///     nᵢ = exp(aᵢ + (W·e)ᵢ/10) + σ²·exp(bᵢ)                 i = 0…M          the noise levels to filter for
///     x₀ … x₍M−1₎ = WienerFilter(lr, nᵢ)                                     N×3×H×W each
///     r₀ = Conv(blocks of s×s pixels of 4·x₀ and 8·(xᵢ − x₀) as channels)    N×w×h×w
///     r = r + Conv(ReLU((1 + g)·Conv(r) + b)),  (g, b) = FC(e)               B times, from r₀
///     x = x₀ + blocks of Conv(r + r₀)/4                                      N×3×H×W
///     x = x + WienerFilter(lr − A·x, n_M)                                    data consistency
///
/// The kernel may have any size. Parameters of one scale fit no other scale's input and output layers, but all its body.
public final class WienerNet: NonBlindUpscaler, WeightedNetwork {
    /// What makes one network differ from another in shape.
    public struct Configuration: Codable, Sendable, Hashable {
        /// The enlargement factor, 1 to 4.
        public var scale: Int
        /// Channels of the body.
        public var width: Int
        /// Residual blocks of the body.
        public var blocks: Int
        /// M, the number of linear answers that it begins with.
        public var starts = 3

        public init(scale: Int, width: Int, blocks: Int) {
            self.scale = scale
            self.width = width
            self.blocks = blocks
        }

        /// The size that is used where none is asked for. At ×4 the LR grid has few pixels, and it is wider.
        public static func fast(scale: Int) -> Configuration { Configuration(scale: scale, width: scale < 4 ? 48 : 64, blocks: 12) }
        /// Wider and deeper, four to five times the work.
        public static func best(scale: Int) -> Configuration { Configuration(scale: scale, width: 80, blocks: 16) }

        /// Whether the body has fewer than a million parameters: what "wiener" stands for, "wiener-best" being all above.
        public var isFast: Bool { 18 * blocks * width * width < 1_000_000 }

        /// Side of the blocks that become channels: the body works on the LR grid, and at ×1 on half of it.
        var fold: Int { max(scale, 2) }
    }

    /// x + Conv(ReLU((1 + gain)·Conv(x) + shift)).
    private struct Block {
        let first: Convolution
        let second: Convolution
        let modulation: Linear

        init(_ scope: Parameters.Scope, width: Int, code: Int) throws(TorchError) {
            first = try Convolution(scope / "first", width, width)
            second = try Convolution(scope / "second", width, width)
            modulation = try Linear(scope / "modulation", code, 2 * width)
            for tensor in [modulation.weight, modulation.bias] { try tensor.copy(from: tensor * 0) }
        }

        func callAsFunction(_ x: Tensor, _ code: Tensor) throws(TorchError) -> Tensor {
            let width = second.weight.shape[0]
            let both = try modulation(code).reshaped([code.shape[0], 2 * width, 1, 1])
            let (gain, shift) = (try both.slice(1, 0..<width) + 1, try both.slice(1, width..<2 * width))
            return try second(first.modulated(x, gain: gain, shift: shift, then: .relu), then: .add(x))
        }
    }

    /// Values of the kernel's spectrum that the network is told of: those of a 16×16 torus.
    private static let spectrumSide = 16
    /// Width of the code e.
    private static let codeWidth = 64
    /// Middle grey, which is taken away before filters that know nothing of means.
    private static let grey = 0.45

    public let configuration: Configuration
    public let parameters: Parameters
    public var scales: [Int] { [configuration.scale] }
    public var bytesPerPixel: Int { configuration.isFast ? 600 : 1000 }
    private let filters = KernelMemory<WienerFilter>()
    private let levels: Tensor
    private let noiseGains: Tensor
    private let steering: Linear
    private let embedding: [Linear]
    private let head: Convolution
    private let blocks: [Block]
    private let tail: Convolution

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - seed: Of the initial weights. The new network is the linear filter with a data step.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        let (code, starts, width) = (Self.codeWidth, configuration.starts, configuration.width)
        let channels = 3 * configuration.fold * configuration.fold
        levels = try (parameters / "noise").make("levels", shape: [starts + 1], bound: 0)
        noiseGains = try (parameters / "noise").make("gains", shape: [starts + 1], bound: 0)
        steering = try Linear(parameters / "noise" / "steering", code, starts + 1)
        let told = Self.spectrumSide * (Self.spectrumSide / 2 + 1) + 2
        embedding = [
            try Linear(parameters / "embedding" / "0", told, code),
            try Linear(parameters / "embedding" / "1", code, code),
        ]
        head = try Convolution(parameters / "head", starts * channels, width)
        blocks = try (0..<configuration.blocks).map { (i) throws(TorchError) in
            try Block(parameters / "blocks" / "\(i)", width: width, code: code)
        }
        tail = try Convolution(parameters / "tail", width, channels)
        try startLinear()
    }

    /// The body adds nothing at first. The first and the last filter are for 8-bit rounding, the others for less and for more noise.
    private func startLinear() throws(TorchError) {
        let starts = configuration.starts
        let others = (1..<max(starts, 2)).map { starts > 2 ? -3 - 7 * Float($0 - 1) / Float(starts - 2) : -3 }
        try levels.copy(from: Tensor([-7] + others.prefix(starts - 1) + [-7], shape: [starts + 1], device: parameters.device))
        // The power of a photo's gradients is about 1/200.
        try noiseGains.copy(from: .full(5.3, shape: [starts + 1], device: parameters.device))
        for tensor in [steering.weight, steering.bias, tail.weight, tail.bias!] { try tensor.copy(from: tensor * 0) }
    }

    /// What is known of the blur of each image of a batch.
    public struct Conditions {
        /// N×1×k×k in true-convolution orientation, any size.
        public let kernel: Tensor
        /// Standard deviation of the noise for samples in 0…1, N×1.
        public let sigma: Tensor
        /// The expected kernel PSNR in dB, N×1; ``WienerNet/certain`` for a kernel that is known.
        public let confidence: Tensor

        public init(kernel: Tensor, sigma: Tensor, confidence: Tensor) {
            self.kernel = kernel
            self.sigma = sigma
            self.confidence = confidence
        }
    }

    /// The confidence in dB of a kernel that is known.
    public static let certain = 80.0
    /// The confidences that are told apart.
    public static let confidences = 20...certain

    /// Super-resolves a batch under a circular border. Differentiable.
    ///
    /// - Parameters:
    ///   - lr: N×3×h×w in 0…1.
    ///   - conditions: Of N images.
    /// - Returns: N×3×(h·s)×(w·s), not clipped.
    public func callAsFunction(_ lr: Tensor, _ conditions: Conditions) throws(TorchError) -> Tensor {
        try self(lr, conditions, filter: filter(conditions.kernel, for: lr.shape))
    }

    private func filter(_ kernel: Tensor, for shape: [Int]) throws(TorchError) -> WienerFilter {
        let scale = configuration.scale
        return try WienerFilter(CircularBlur(kernel: kernel, height: shape[2] * scale, width: shape[3] * scale, scale: scale))
    }

    private func callAsFunction(_ lr: Tensor, _ conditions: Conditions, filter: WienerFilter) throws(TorchError) -> Tensor {
        let (shape, scale, starts) = (lr.shape, configuration.scale, configuration.starts)
        let code = try code(conditions)
        let noise = try (steering(code) * 0.1 + levels).exp() + conditions.sigma.squared() * noiseGains.exp()

        let y = try lr - Self.grey
        let answers = try filter(y, noise: noise.slice(1, 0..<starts))
        let first = try answers.slice(1, 0..<1)
        let size = [shape[0], 3, shape[2] * scale, shape[3] * scale]
        let linear = try first.reshaped(size)
        var inputs = try first * 4
        if starts > 1 { inputs = try .concatenate([inputs, (answers.slice(1, 1..<starts) - first) * 8], dim: 1) }
        let correction = try body(inputs.reshaped([shape[0], 3 * starts, size[2], size[3]]), code)
        let x = try linear + correction / 4
        let residual = try y - filter.blur.degraded(x)
        return try x + filter(residual, noise: noise.slice(1, starts..<starts + 1)).reshaped(size) + Self.grey
    }

    /// N×64: the power of the kernel's spectrum, the noise and the confidence, through two layers.
    private func code(_ conditions: Conditions) throws(TorchError) -> Tensor {
        let side = Self.spectrumSide
        let transfer = try CircularBlur(kernel: conditions.kernel, height: side, width: side, scale: 1).transfer
        let power = try ((transfer * transfer.conjugate()).real() + 1e-3).log() * 0.5 + 1
        let noise = try (conditions.sigma * 255 + 0.5).log()
        let told = try Tensor.concatenate([power.reshaped([power.shape[0], -1]), noise, (conditions.confidence - 50) / 10], dim: 1)
        return try embedding[1](embedding[0](told).relu()).relu()
    }

    /// N×(3·M)×H×W → N×3×H×W, on the grid of whole blocks.
    private func body(_ inputs: Tensor, _ code: Tensor) throws(TorchError) -> Tensor {
        let (fold, height, width) = (configuration.fold, inputs.shape[2], inputs.shape[3])
        let whole = try inputs.padded(right: (fold - width % fold) % fold, bottom: (fold - height % fold) % fold, .replicate)
        let correction = try withReducedPrecision(on: parameters.device) { () throws(TorchError) in
            let start = try head(whole.foldedBlocks(scale: fold).contiguous(channelsLast: true))
            var r = start
            for block in blocks { r = try block(r, code) }
            return try tail(r + start).to(.float32)
        }
        return try correction.unfoldedBlocks(scale: fold).slice(2, 0..<height).slice(3, 0..<width)
    }

    /// - Throws: `UpscalingError.scale` for another scale, `TorchError`.
    public func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        guard scale == configuration.scale else { throw UpscalingError.scale(scale, supported: scales) }
        return try withInference {
            let device = parameters.device
            let conditions = Conditions(
                kernel: try Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width], device: device),
                sigma: try .full(noise, shape: [1, 1], device: device),
                confidence: try .full(
                    min(max(confidence ?? Self.certain, Self.confidences.lowerBound), Self.certain), shape: [1, 1], device: device))
            let photo = try lr.rgbTensor(device: device)
            let kept = try filters(kernel, for: lr, scale: scale) { () throws(TorchError) in
                try filter(conditions.kernel, for: photo.shape)
            }
            return try Image(self(photo, conditions, filter: kept), grey: lr.channels == 1)
        }
    }
}

extension WienerNet.Configuration: NetworkConfiguration {
    public static let system = "wiener"
    public var name: String { isFast ? "wiener" : "wiener-best" }
    public var leastParameterCount: Int { 9 * width * (2 * blocks * width + 3 * fold * fold * (starts + 1)) }
    public var usualScales: [Int] { [scale] }

    public func check() throws(ConfigurationError) {
        try check("scale", scale, 1...4)
        try check("width", width, 1...1024)
        try check("number of blocks", blocks, 0...128)
        try check("number of starts", starts, 1...16)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try WienerNet(self, device: device) }
}
