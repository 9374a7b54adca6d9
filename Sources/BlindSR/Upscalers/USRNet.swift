import NeuralNetworks
import Pixels
import Torch

/// USRNet, the deep unfolding super-resolution network of Zhang, Van Gool and Timofte (CVPR 2020): a few rounds of a closed-form data
/// step, which knows blur kernel and scale, and a learned prior, which knows neither. One set of weights serves every scale.
///
/// Parameter names are those of the official checkpoints.
public final class USRNet: NonBlindUpscaler, WeightedNetwork {
    /// The sizes that differ between the published variants.
    public struct Configuration: Codable, Sendable, Hashable {
        /// Rounds of data step and prior.
        public var iterations: Int
        /// Width of the hyper-parameter network.
        public var hyperWidth: Int
        /// Channels of the prior at its four resolutions, finest first.
        public var widths: [Int]
        /// Residual blocks of the prior per resolution and direction.
        public var blocks: Int

        public init(iterations: Int, hyperWidth: Int, widths: [Int], blocks: Int) {
            self.iterations = iterations
            self.hyperWidth = hyperWidth
            self.widths = widths
            self.blocks = blocks
        }

        /// The paper's network, 17.0 million parameters.
        public static let full = Configuration(iterations: 8, hyperWidth: 64, widths: [64, 128, 256, 512], blocks: 2)
        /// The small published one, 0.6 million parameters.
        public static let tiny = Configuration(iterations: 6, hyperWidth: 32, widths: [16, 32, 64, 64], blocks: 2)
    }

    public let scales = [1, 2, 3, 4]
    public let configuration: Configuration
    public let parameters: Parameters
    private let dataSteps = KernelMemory<DataStep>()
    let hyperParameters: HyPaNet
    private let prior: ResUNet

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - seed: Of the initial weights.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        parameters = Parameters(seed: seed, device: device)
        prior = try ResUNet(parameters / "p", inputs: 4, outputs: 3, widths: configuration.widths, blocks: configuration.blocks)
        hyperParameters = try HyPaNet(parameters / "h", width: configuration.hyperWidth, iterations: configuration.iterations)
    }

    /// Super-resolves a batch under a circular border. Differentiable.
    ///
    /// - Parameters:
    ///   - lr: N×3×h×w in 0…1.
    ///   - kernel: N×1×k×k in true-convolution orientation.
    ///   - sigma: Standard deviation of the noise in `lr`, N×1×1×1.
    ///   - scale: From 1 to 4.
    /// - Returns: N×3×(h·scale)×(w·scale), not clipped.
    public func callAsFunction(_ lr: Tensor, kernel: Tensor, sigma: Tensor, scale: Int) throws(TorchError) -> Tensor {
        try self(lr, dataStep: dataStep(kernel, for: lr.shape, scale: scale), sigma: sigma, scale: scale)
    }

    private func dataStep(_ kernel: Tensor, for shape: [Int], scale: Int) throws(TorchError) -> DataStep {
        try DataStep(CircularBlur(kernel: kernel, height: shape[2] * scale, width: shape[3] * scale, scale: scale))
    }

    private func callAsFunction(_ lr: Tensor, dataStep: DataStep, sigma: Tensor, scale: Int) throws(TorchError) -> Tensor {
        let (alpha, beta) = try hyperParameters(sigma: sigma, scale: scale)
        var x = try lr.enlargedNearest(scale: scale)
        for i in 0..<configuration.iterations {
            x = try denoised(dataStep(lr, near: x, alpha: alpha.slice(1, i..<i + 1)), beta: beta.slice(1, i..<i + 1))
        }
        return x
    }

    /// One pass of the prior over N×3×H×W at the noise level β, N×1×1×1.
    func denoised(_ x: Tensor, beta: Tensor) throws(TorchError) -> Tensor {
        let shape = x.shape
        return try prior(Tensor.concatenate([x, beta.expanded(to: [shape[0], 1, shape[2], shape[3]])], dim: 1))
    }

    /// Super-resolves one image under a circular border. The result is not clipped.
    ///
    /// - Throws: `UpscalingError.scale` for a scale other than 1 to 4, `TorchError`.
    public func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        guard scales.contains(scale) else { throw UpscalingError.scale(scale, supported: scales) }
        return try withInference {
            let device = parameters.device
            let sigma = try Tensor.full(noise, shape: [1, 1, 1, 1], device: device)
            let photo = try lr.rgbTensor(device: device)
            let step = try dataSteps(kernel, for: lr, scale: scale) { () throws(TorchError) in
                try dataStep(
                    Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width], device: device), for: photo.shape, scale: scale)
            }
            let result = try self(photo, dataStep: step, sigma: sigma, scale: scale)
            return try Image(result, grey: lr.channels == 1)
        }
    }
}

extension USRNet.Configuration: NetworkConfiguration {
    public static let system = "usrnet"
    public static let servesEveryScale = true
    public var name: String { self == .tiny ? "usrnet-tiny" : "usrnet" }
    public var leastParameterCount: Int { 9 * 2 * blocks * widths.reduce(0) { $0 + $1 * $1 } + hyperWidth * (hyperWidth + 2 * iterations) }
    public var usualScales: [Int] { [1, 2, 3, 4] }

    public init?(shapes: [String: [Int]]) {
        guard let stem = shapes["p.m_head.weight"], let hidden = shapes["h.mlp.0.weight"], let output = shapes["h.mlp.4.weight"],
            stem.count == 4, hidden.count == 4, output.count == 4, output[0] >= 2, hidden[0] >= 1
        else { return nil }
        let blocks = (0...).first { shapes["p.m_body.\($0).res.0.weight"] == nil } ?? 0
        let deeper = (1...3).compactMap { shapes["p.m_down\($0).\(blocks).weight"]?.first }
        self.init(iterations: output[0] / 2, hyperWidth: hidden[0], widths: [stem[0]] + deeper, blocks: blocks)
    }

    public func check() throws(ConfigurationError) {
        try check("number of blocks", blocks, 1...16)
        try check("number of resolutions", widths.count, 4...4)
        try check("number of iterations", iterations, 1...64)
        try check("hyper-parameter width", hyperWidth, 1...1024)
        for width in widths { try check("width", width, 1...1024) }
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try USRNet(self, device: device) }
}
