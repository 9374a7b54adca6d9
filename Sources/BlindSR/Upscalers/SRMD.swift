import NeuralNetworks
import Pixels
import Torch

/// The network for multiple degradations of Zhang, Zuo and Zhang (CVPR 2018): plain convolutions that are told of blur and noise by
/// planes of constants beside the image.
///
///     code = PCA · kernel, flattened column by column                        N×c
///     x₀   = lr, a plane for each value of the code, a plane of σ            N×(3 + c + 1)×h×w
///     x    = ReLU(Conv(x)), L − 1 times                                      N×w×h×w
///     sr   = blocks of s×s pixels of Conv(x)                                 N×3×(s·h)×(s·w)
///
/// Parameter names are those of KAIR's checkpoints; the constant `pca` is the basis, which its authors keep in another file.
public final class SRMD: NonBlindUpscaler, WeightedNetwork {
    /// What makes one network differ from another.
    public struct Configuration: Codable, Sendable, Hashable {
        /// The enlargement factor, 2 to 4.
        public var scale: Int
        /// Channels.
        public var width: Int
        /// L, the number of convolutions.
        public var layers: Int
        /// c, the number of values that a kernel becomes.
        public var components: Int
        /// Side of the kernels.
        public var kernelSize: Int
        /// Whether there is a plane of σ.
        public var knowsNoise: Bool
        /// Whether it was trained on bicubic shrinking after the blur, as its authors do, and not on the decimation of Eq. (1).
        public var shrinksBicubically: Bool

        public init(
            scale: Int, width: Int = 128, layers: Int = 12, components: Int = 15, kernelSize: Int = 15, knowsNoise: Bool = true,
            shrinksBicubically: Bool
        ) {
            self.scale = scale
            self.width = width
            self.layers = layers
            self.components = components
            self.kernelSize = kernelSize
            self.knowsNoise = knowsNoise
            self.shrinksBicubically = shrinksBicubically
        }

        /// The paper's network, 1.5 million parameters.
        public static func paper(scale: Int) -> Configuration { Configuration(scale: scale, shrinksBicubically: true) }
        /// A narrow one for this library's degradation, which a CPU trains in minutes.
        public static func narrow(scale: Int) -> Configuration {
            Configuration(
                scale: scale, width: 48, layers: 8, kernelSize: BlurKernel.defaultSize(scale: scale), shrinksBicubically: false)
        }
    }

    public let configuration: Configuration
    public let parameters: Parameters
    public var scales: [Int] { [configuration.scale] }
    /// Whether the layers before the last may work in bfloat16 where the CPU is fast in it.
    public var usesReducedPrecision = true
    private let layers: [Convolution]
    private let pca: Tensor

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - pca: The basis: c components of k² values; nil for zeros, where a file will be loaded.
    ///   - seed: Of the initial weights.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, pca: KernelPCA? = nil, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        let (width, count, length) = (configuration.width, configuration.layers, configuration.kernelSize * configuration.kernelSize)
        precondition(
            pca.map { $0.side == configuration.kernelSize && $0.count == configuration.components } ?? true,
            "the basis is for other kernels")
        let inputs = 3 + configuration.components + (configuration.knowsNoise ? 1 : 0)
        layers = try (0..<count).map { (i) throws(TorchError) in
            try Convolution(
                parameters / "model" / "\(2 * i)", i == 0 ? inputs : width,
                i == count - 1 ? 3 * configuration.scale * configuration.scale : width)
        }
        self.pca = try parameters.root.makeBuffer(
            "pca", shape: [configuration.components, length],
            values: pca?.components ?? [Float](repeating: 0, count: configuration.components * length))
    }

    /// Super-resolves a batch. Differentiable.
    ///
    /// - Parameters:
    ///   - lr: N×3×h×w in 0…1.
    ///   - kernel: N×1×k×k in true-convolution orientation.
    ///   - sigma: Standard deviation of the noise for samples in 0…1, N×1×1×1; not looked at by a network without that plane.
    /// - Returns: N×3×(h·s)×(w·s), not clipped.
    public func callAsFunction(_ lr: Tensor, kernel: Tensor, sigma: Tensor) throws(TorchError) -> Tensor {
        let input = try input(lr, code: code(kernel), sigma: sigma)
        let features = try withReducedPrecision(usesReducedPrecision, on: lr.device) { () throws(TorchError) in
            var x = try input.contiguous(channelsLast: true)
            for layer in layers.dropLast() { x = try layer(x, then: .relu) }
            return try x.to(.float32)
        }
        return try layers[layers.count - 1](features).unfoldedBlocks(scale: configuration.scale)
    }

    /// N×1×k×k → N×c.
    func code(_ kernel: Tensor) throws(TorchError) -> Tensor {
        try kernel.permuted([0, 1, 3, 2]).reshaped([kernel.shape[0], -1]).linear(pca)
    }

    /// The image and its degradation maps, N×(3 + c + 1)×h×w.
    func input(_ lr: Tensor, code: Tensor, sigma: Tensor) throws(TorchError) -> Tensor {
        let (count, plane) = (lr.shape[0], [lr.shape[2], lr.shape[3]])
        let maps = try code.reshaped([count, -1, 1, 1]).expanded(to: [count, configuration.components] + plane)
        let noise = try sigma.expanded(to: [count, 1] + plane)
        return try .concatenate(configuration.knowsNoise ? [lr, maps, noise] : [lr, maps], dim: 1)
    }

    /// Larger kernels lose what lies beyond the network's canvas.
    ///
    /// - Throws: `UpscalingError.scale` for another scale, `BlurKernelError`, `TorchError`.
    public func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        guard scale == configuration.scale else { throw UpscalingError.scale(scale, supported: scales) }
        let size = configuration.kernelSize
        let fitting = try BlurKernel(height: size, width: size, values: kernel.resizedCanvas(to: size).values, normalize: true)
        let result = try withInference {
            let device = parameters.device
            let kernel = try Tensor(fitting.values, shape: [1, 1, size, size], device: device)
            let sigma = try Tensor.full(noise, shape: [1, 1, 1, 1], device: device)
            return try Image(self(lr.rgbTensor(device: device), kernel: kernel, sigma: sigma), grey: lr.channels == 1)
        }
        return configuration.shrinksBicubically ? result.movedFromResizerGrid(scale: scale) : result
    }
}

extension SRMD.Configuration: NetworkConfiguration {
    public static let system = "srmd"
    public var leastParameterCount: Int { 9 * width * width * (layers - 2) }
    public var usualScales: [Int] { [scale] }

    /// - Parameter shapes: Those of KAIR's checkpoints, with the basis as `pca` beside them where it is known.
    public init?(shapes: [String: [Int]]) {
        let layers = (0...).first { shapes["model.\(2 * $0).weight"] == nil } ?? 0
        guard layers >= 2, let head = shapes["model.0.weight"], let tail = shapes["model.\(2 * layers - 2).weight"],
            head.count == 4, tail.count == 4, shapes["pca"].map({ $0.count == 2 }) ?? true
        else { return nil }
        let (components, length) = (shapes["pca"]?.first ?? 15, shapes["pca"]?.last ?? 225)
        self.init(
            scale: Int((Double(tail[0]) / 3).squareRoot()), width: head[0], layers: layers, components: components,
            kernelSize: Int(Double(length).squareRoot()), knowsNoise: head[1] - 3 > components, shrinksBicubically: true)
    }

    public func check() throws(ConfigurationError) {
        try check("scale", scale, 2...4)
        try check("width", width, 3...1024)
        try check("number of layers", layers, 2...128)
        try check(kernelSize: kernelSize)
        try check("number of components", components, 1...kernelSize * kernelSize)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try SRMD(self, device: device) }
}
