import NeuralNetworks
import Pixels
import Torch

/// The kernel estimation network of the paper (§2.2): one LR photo in, its blur kernel out, in one pass.
///
///     f0 = ResBlock(ReLU(Conv(lr)))                     N×3×h×w   → N×w×h×w
///     fi = ResBlock(ReLU(Conv(MaxPool(f(i−1)))))        i = 1…3     → N×(i+1)w×h/2ⁱ×w/2ⁱ
///     k  = Softmax(FC(ReLU(FC(ReLU(FC(GlobalAvgPool(f3)))))))       → N×l×l
public final class KENet: KernelEstimator, WeightedNetwork {
    /// What makes one KENet differ from another in shape.
    public struct Configuration: Codable, Sendable, Hashable {
        /// Channels of the first stage; stage i has i + 1 times as many. The paper: 64.
        public var width: Int
        /// The side l of the kernel in HR pixels: 11 at ×2, 21 at ×4.
        public var kernelSize: Int
        /// Width of the two hidden fully connected layers. The paper: 1024.
        public var hidden: Int

        public init(width: Int = 64, kernelSize: Int, hidden: Int = 1024) {
            self.width = width
            self.kernelSize = kernelSize
            self.hidden = hidden
        }
    }

    /// One convolution and one residual block at the same width.
    private struct Stage {
        let conv: Convolution
        let block: ResidualBlock

        init(_ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int) throws(TorchError) {
            conv = try Convolution(scope / "conv", inputs, outputs, gain: reluGain)
            block = try ResidualBlock(scope, width: outputs, gain: reluGain)
        }

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try block(conv(x, then: .relu)) }
    }

    /// The smallest photo side in LR pixels: three poolings must leave something.
    public let smallestSide = 8
    /// Of a larger photo, its middle part of at most this side is looked at: the cost of an estimate has a bound.
    static let largestSide = 768

    public let configuration: Configuration
    public let parameters: Parameters
    public let scales: [Int]
    /// Whether the stages work in reduced precision, as training does.
    public var usesReducedPrecision = false
    private let stages: [Stage]
    private let head: [Linear]

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - scale: The scale that it is trained for.
    ///   - seed: Of the initial parameters.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, scale: Int, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        scales = [scale]
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        let widths = (0...4).map { $0 == 0 ? 3 : $0 * configuration.width }
        stages = try (0..<4).map { (i) throws(TorchError) in try Stage(parameters / "f\(i)", widths[i], widths[i + 1]) }
        let sides = [widths[4], configuration.hidden, configuration.hidden, configuration.kernelSize * configuration.kernelSize]
        head = try (0..<3).map { (i) throws(TorchError) in
            try Linear(parameters / "fc" / "\(i)", sides[i], sides[i + 1], gain: i < 2 ? reluGain : defaultGain)
        }
        try startWithEdges()
    }

    /// Takes the mean out of each filter of the first layer: blur shows in edges and texture, not in brightness, and edges in
    /// photos are weak. At width 16 and ×2 this gave 48.8 dB instead of 46.9 after 38,400 training samples.
    private func startWithEdges() throws(TorchError) {
        let filters = stages[0].conv.weight
        let mean = try filters.mean([2, 3], keepingDimensions: true)
        try filters.copy(from: (filters - mean) * 6)
    }

    /// N×3×h×w in [0, 1] to N×l×l: non-negative, each with sum one.
    public func callAsFunction(_ lr: Tensor) throws(TorchError) -> Tensor {
        // The edges of a photo are a few levels of 8 bits: the first layer keeps its precision.
        let edges = try stages[0].conv(lr.contiguous(channelsLast: true), then: .relu)
        let features = try withReducedPrecision(usesReducedPrecision, on: lr.device) { () throws(TorchError) in
            var x = try stages[0].block(edges)
            for stage in stages.dropFirst() { x = try stage(x.maxPooled(2)) }
            return x
        }
        var x = try features.to(.float32).mean([2, 3])
        x = try head[2](head[1](head[0](x).relu()).relu()).softmax(1)
        return try x.reshaped([-1, configuration.kernelSize, configuration.kernelSize])
    }

    /// - Throws: ``EstimationError`` for another scale or a photo smaller than 8×8; `TorchError`.
    public func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate {
        try check(lr, scale: scale)
        let (width, height) = (min(lr.width, Self.largestSide), min(lr.height, Self.largestSide))
        let part = lr.cropped(x: (lr.width - width) / 2, y: (lr.height - height) / 2, width: width, height: height)
        let values = try withInference { try self(part.rgbTensor(device: parameters.device)).floats() }
        let size = configuration.kernelSize
        return KernelEstimate(kernel: try BlurKernel(height: size, width: size, values: values, normalize: true))
    }
}

extension KENet.Configuration: NetworkConfiguration {
    public static let system = "kenet"
    public var leastParameterCount: Int { 9 * 2 * 16 * width * width + hidden * (hidden + kernelSize * kernelSize) }
    public var usualScales: [Int] { scales(kernelSize: kernelSize) }

    public init?(shapes: [String: [Int]]) {
        guard let stem = shapes["f0.conv.weight"], let hidden = shapes["fc.1.weight"], let head = shapes["fc.2.weight"],
            stem.count == 4, hidden.count == 2, head.count == 2
        else { return nil }
        self.init(width: stem[0], kernelSize: Int(Double(head[0]).squareRoot().rounded()), hidden: hidden[0])
    }

    public func check() throws(ConfigurationError) {
        try check("width", width, 1...512)
        try check("hidden width", hidden, 1...8192)
        try check(kernelSize: kernelSize)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork {
        try KENet(self, scale: scale, device: device)
    }
}
