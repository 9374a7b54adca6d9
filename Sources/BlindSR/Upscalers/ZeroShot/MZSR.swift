import NeuralNetworks
import Pixels
import Torch

/// Meta-transfer learning for zero-shot super-resolution (Soh, Cho, Cho, CVPR 2020): the network of ZSSR with a start from which a few plain
/// gradient steps on the photo itself are enough.
///
/// The authors' steps have one rate for all parameters. Weights may bring rates of their own instead, learned with the start: one for each step and
/// tensor (Antoniou, Edwards, Storkey, "How to train your MAML", ICLR 2019, §4).
///
/// Photo and result lie on the degradation's grid. The authors' programs leave its shift to the network; here the enlargement that the network
/// begins with knows of it.
public final class MZSR: NonBlindUpscaler, BlindUpscaler, WeightedNetwork {
    public struct Configuration: Codable, Sendable, Hashable {
        /// The enlargement factor that the start is learned for, 2 to 4.
        public var scale: Int
        /// Channels between the layers; the paper: 64.
        public var width: Int
        /// Gradient steps with learned rates, the last one's for all that follow; nil where the rates are the authors'.
        public var learnedSteps: Int?

        public init(scale: Int, width: Int = 64, learnedSteps: Int? = nil) {
            self.scale = scale
            self.width = width
            self.learnedSteps = learnedSteps
        }
    }

    /// Longest side in LR pixels of the part of a photo that the steps are made on.
    private static let largestSide = 384
    /// What rates are learned from.
    private static let firstRate = 0.04

    public let configuration: Configuration
    public let parameters: Parameters
    /// Steps × tensors; nil where the rates are the authors'.
    private let learnedRates: Tensor?
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
            // He's start: what a layer puts out is no smaller than what it gets, and so are the gradients. The last layer begins small, so that
            // the network begins as the interpolation.
            let gain = i == ZeroShotNetwork.depth - 1 ? 0.1 : 2.0.squareRoot()
            _ = try layer.make("kernel", shape: [outputs, inputs, 3, 3], deviation: gain / Double(9 * inputs).squareRoot())
            _ = try layer.make("bias", shape: [outputs], bound: 0)
        }
        if let steps = configuration.learnedSteps {
            learnedRates = try parameters.root.make("rates", shape: [steps, 2 * ZeroShotNetwork.depth], value: Self.firstRate)
        } else {
            learnedRates = nil
        }
    }

    /// Rates of the gradient steps at a scale, from the first on; the last one holds for all that follow.
    public static func rates(scale: Int) -> [Double] {
        scale == 4 ? [1e-2, 5e-3, 5e-3, 5e-3, 5e-3, 1e-3] : [2e-2, 1e-2, 1e-2, 1e-2, 5e-3]
    }

    /// The network's parameters before the first step: filter and bias of each layer.
    public var start: [Tensor] { Array(parameters.tensors.prefix(2 * ZeroShotNetwork.depth)) }

    /// The rates of gradient step `step`, from 0 on: one scalar for each tensor of ``start``.
    public func rates(step: Int) throws(TorchError) -> [Tensor] {
        guard let learnedRates else {
            let rates = Self.rates(scale: configuration.scale)
            let rate = try Tensor([Float(rates[min(step, rates.count - 1)])], shape: [], device: parameters.device)
            return [Tensor](repeating: rate, count: start.count)
        }
        let row = min(step, learnedRates.shape[0] - 1)
        let rates = try learnedRates.slice(0, row..<row + 1).reshaped([-1])
        return try start.indices.map { (i) throws(TorchError) in try rates.slice(0, i..<i + 1).reshaped([]) }
    }

    /// The network at other parameters than ``start``, in their order.
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
    ///   - values: The network's parameters, in the order of ``start``.
    ///   - input: N×3×H×W, what the network gets.
    ///   - target: N×3×H×W, what it shall make of it.
    ///   - rates: The gradients' factors, a scalar each.
    ///   - differentiable: Whether the step's own gradient is differentiated, too, where gradients pass through it (second order).
    public static func stepped(
        _ values: [Tensor], input: Tensor, target: Tensor, rates: [Tensor], differentiable: Bool
    ) throws(TorchError) -> [Tensor] {
        let gradients = try loss(values, input: input, target: target).gradients(of: values, differentiable: differentiable)
        return try values.indices.map { (i) throws(TorchError) in try values[i] - gradients[i] * rates[i] }
    }

    /// The parameters after the steps on one photo and its son.
    func adapted(to input: Tensor, target: Tensor, progress: ProgressHandler) throws -> [Tensor] {
        var values = try start.map { (tensor) throws(TorchError) in try tensor.detached() }
        for step in 0..<steps {
            for value in values { try value.requireGradient() }
            let rates = try rates(step: step)
            values = try withReducedPrecision(on: input.device) { () throws(TorchError) in
                try Self.stepped(values, input: input, target: target, rates: rates, differentiable: false)
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
        let values = try adapted(to: input, target: part) { try progress(0.8 * $0) }

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
        if let learnedSteps { try check("number of learned steps", learnedSteps, 1...100) }
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try MZSR(self, device: device) }
}
