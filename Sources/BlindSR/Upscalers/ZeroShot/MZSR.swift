import NeuralNetworks
import Pixels
import Torch

/// Meta-transfer learning for zero-shot super-resolution (Soh, Cho, Cho, CVPR 2020): the network of ZSSR with a start from which a few plain
/// gradient steps on the photo itself are enough.
///
/// Photo and result lie on the degradation's grid. The authors' programs leave its shift to the network; here the enlargement that the network
/// begins with knows of it.
public final class MZSR: NonBlindUpscaler, BlindUpscaler, WeightedNetwork {
    public struct Configuration: Codable, Sendable, Hashable {
        /// The enlargement factor that the start is learned for, 2 to 4.
        public var scale: Int
        /// Channels between the layers; the paper: 64.
        public var width: Int

        public init(scale: Int, width: Int = 64) {
            self.scale = scale
            self.width = width
        }
    }

    /// Longest side in LR pixels of the part of a photo that the steps are made on.
    private static let largestSide = 384

    public let configuration: Configuration
    public let parameters: Parameters
    public var scales: [Int] { [configuration.scale] }
    public let mayBeTiled = false
    /// What both kinds of upscaler assume where nothing was measured.
    public let bytesPerPixel = 1000
    /// Gradient steps on a photo; the paper shows 1 and 10.
    public var steps: Int

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - steps: Gradient steps on a photo.
    ///   - seed: Of the first parameters.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, steps: Int = 10, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        self.steps = steps
        parameters = Parameters(seed: seed, device: device)
        for i in 0..<ZeroShotNetwork.depth {
            let (inputs, outputs) = ZeroShotNetwork.channels(i, width: configuration.width)
            let layer = parameters / "conv\(i + 1)"
            // TensorFlow's default start: variance 1/(fan in). The last layer begins small, so that the start is the interpolation.
            let gain = i == ZeroShotNetwork.depth - 1 ? 0.1 : 1
            _ = try layer.make("kernel", shape: [outputs, inputs, 3, 3], deviation: gain / Double(9 * inputs).squareRoot())
            _ = try layer.make("bias", shape: [outputs], bound: 0)
        }
    }

    /// Rates of the gradient steps at a scale, from the first on; the last one holds for all that follow.
    public static func rates(scale: Int) -> [Double] {
        scale == 4 ? [1e-2, 5e-3, 5e-3, 5e-3, 5e-3, 1e-3] : [2e-2, 1e-2, 1e-2, 1e-2, 5e-3]
    }

    /// The network at other parameters than ``parameters``, in their order.
    static func network(_ values: [Tensor]) -> ZeroShotNetwork {
        ZeroShotNetwork(
            filters: stride(from: 0, to: values.count, by: 2).map { values[$0] },
            biases: stride(from: 1, to: values.count, by: 2).map { values[$0] })
    }

    /// The mean absolute error for interpolated images N×3×H×W and what they should be.
    public static func loss(_ values: [Tensor], input: Tensor, target: Tensor) throws(TorchError) -> Tensor {
        try (network(values)(input) - target).abs().mean()
    }

    /// The parameters after one plain gradient step.
    ///
    /// - Parameters:
    ///   - values: The network's parameters.
    ///   - input: N×3×H×W, what the network gets.
    ///   - target: N×3×H×W, what it shall make of it.
    ///   - rate: The gradient's factor.
    ///   - differentiable: Whether gradients pass through the step, those of second order included.
    public static func stepped(
        _ values: [Tensor], input: Tensor, target: Tensor, rate: Double, differentiable: Bool
    ) throws(TorchError) -> [Tensor] {
        let gradients = try loss(values, input: input, target: target).gradients(of: values, differentiable: differentiable)
        return try zip(values, gradients).map { (value, gradient) throws(TorchError) in try value - gradient * rate }
    }

    /// The parameters after the steps on one photo and its son.
    func adapted(to input: Tensor, target: Tensor, rates: [Double], progress: ProgressHandler) throws -> [Tensor] {
        var values = try parameters.tensors.map { (tensor) throws(TorchError) in try tensor.detached() }
        for step in 0..<steps {
            for value in values { try value.requireGradient() }
            let rate = rates[min(step, rates.count - 1)]
            values = try withReducedPrecision(on: input.device) { () throws(TorchError) in
                try Self.stepped(values, input: input, target: target, rate: rate, differentiable: false)
            }.map { (tensor) throws(TorchError) in try tensor.detached() }
            try progress(Double(step + 1) / Double(steps))
        }
        return values
    }

    /// - Throws: ``UpscalingError/scale(_:supported:)``, `TorchError`, what `progress` throws.
    public func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        guard scale == configuration.scale else { throw UpscalingError.scale(scale, supported: scales) }
        let device = parameters.device
        let scaling = try ZeroShotScaling(kernel: kernel, scale: scale, grid: .degradation, device: device)
        let (width, height) = (min(lr.width, Self.largestSide), min(lr.height, Self.largestSide))
        let part = try lr.cropped(x: (lr.width - width) / 2, y: (lr.height - height) / 2, width: width, height: height).rgbTensor(
            device: device)
        let input = try scaling.enlarged(scaling.shrunk(part).clamped(to: 0...1), height: height, width: width)
        let values = try adapted(to: input, target: part, rates: Self.rates(scale: scale)) { try progress(0.8 * $0) }

        let network = Self.network(values)
        func enlarge(_ tile: Image) throws -> Image {
            let result = try withInference { () throws(TorchError) in
                let input = try scaling.enlarged(
                    tile.rgbTensor(device: device), height: tile.height * scale, width: tile.width * scale)
                return try withReducedPrecision(on: device) { () throws(TorchError) in try network(input) }.clamped(to: 0...1)
            }
            return try Image(result, grey: lr.channels == 1)
        }
        return try lr.enlargedInTiles(scale: scale, progress: { try progress(0.8 + 0.2 * $0) }, enlarge: enlarge)
    }

    /// Without a kernel the photo is taken for one that was shrunk by bicubic interpolation, as in the authors' program.
    public func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> BlindResult {
        let kernel = BlurKernel.bicubic(scale: scale)
        return BlindResult(image: try upscale(lr, kernel: kernel, noise: 0, confidence: nil, scale: scale, progress: progress))
    }
}

extension BlurKernel {
    /// The antialiasing kernel of bicubic shrinking by `scale`, centred: 4·scale − 1 elements a side, some of them negative.
    static func bicubic(scale: Int) -> BlurKernel {
        let side = 4 * scale - 1
        let line = ResampledAxis(from: side, to: 1, kernelScale: 1 / Double(scale)) { _ in Double(side / 2) }.matrix
        return BlurKernel(height: side, width: side, unchecked: line.flatMap { a in line.map { a * $0 } })
    }
}

extension MZSR.Configuration: NetworkConfiguration {
    public static let system = "mzsr"
    public var leastParameterCount: Int { 9 * width * ((ZeroShotNetwork.depth - 2) * width + 6) }
    public var usualScales: [Int] { [scale] }

    public func check() throws(ConfigurationError) {
        try check("scale", scale, 2...4)
        try check("width", width, 1...1024)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try MZSR(self, device: device) }
}
