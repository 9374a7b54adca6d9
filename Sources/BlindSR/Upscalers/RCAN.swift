import NeuralNetworks
import Pixels
import Torch

/// The residual channel attention network of Zhang, Li, Li, Wang, Zhong and Fu (ECCV 2018): very deep, and made for photos that were shrunk
/// by bicubic interpolation and not blurred.
///
///     x₀ = Conv(255·lr − mean)                                               N×3×h×w → N×w×h×w
///     x  = x + Conv(B blocks of x), G times, from x₀                         a residual group
///     block: x + a(r)·r,  r = Conv(ReLU(Conv(x)))                            a: ``ChannelAttention``
///     sr = (Conv(Upsampler(Conv(x) + x₀)) + mean)/255                        N×3×(s·h)×(s·w)
///
/// Parameter names are those of the official checkpoints, and so is the range 0…255 inside.
public final class RCAN: BlindUpscaler, WeightedNetwork {
    /// What makes one network differ from another in shape.
    public struct Configuration: Codable, Sendable, Hashable {
        /// The enlargement factor, 2 to 4.
        public var scale: Int
        /// Residual groups.
        public var groups: Int
        /// Blocks of a group.
        public var blocks: Int
        /// Channels.
        public var width: Int
        /// By how much the attention reduces the channels in between.
        public var reduction: Int

        public init(scale: Int, groups: Int, blocks: Int, width: Int, reduction: Int) {
            self.scale = scale
            self.groups = groups
            self.blocks = blocks
            self.width = width
            self.reduction = reduction
        }

        /// The paper's network, 15.4 million parameters at ×2.
        public static func paper(scale: Int) -> Configuration {
            Configuration(scale: scale, groups: 10, blocks: 20, width: 64, reduction: 16)
        }
        /// One that a CPU trains in minutes: a hundredth of the paper's work.
        public static func narrow(scale: Int) -> Configuration {
            Configuration(scale: scale, groups: 2, blocks: 4, width: 32, reduction: 8)
        }
    }

    /// x + a(r)·r with r = Conv(ReLU(Conv(x))).
    private struct Block {
        let first: Convolution
        let second: Convolution
        let attention: ChannelAttention

        init(_ scope: Parameters.Scope, width: Int, reduction: Int) throws(TorchError) {
            first = try Convolution(scope / "0", width, width)
            second = try Convolution(scope / "2", width, width)
            attention = try ChannelAttention(scope / "3" / "conv_du", width: width, reduction: reduction, slope: 0)
        }

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
            let r = try second(first(x, then: .relu))
            return try r.multiplied(by: attention(r), adding: x)
        }
    }

    /// Blocks, a convolution, and the short skip around them.
    struct Group {
        private let blocks: [Block]
        private let tail: Convolution

        fileprivate init(_ scope: Parameters.Scope, _ configuration: Configuration) throws(TorchError) {
            blocks = try (0..<configuration.blocks).map { (i) throws(TorchError) in
                try Block(scope / "\(i)" / "body", width: configuration.width, reduction: configuration.reduction)
            }
            tail = try Convolution(scope / "\(configuration.blocks)", configuration.width, configuration.width)
        }

        /// The sums stay in float32, whatever the convolutions work in.
        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
            var r = x
            for block in blocks { r = try block(r) }
            return try x + tail(r)
        }
    }

    /// A fixed 1×1 convolution that takes the mean of the training photos away or adds it.
    struct MeanShift {
        private let weight: Tensor
        private let bias: Tensor

        /// Red, green and blue of DIV2K in 0…255.
        private static let mean: [Float] = [0.4488 * 255, 0.4371 * 255, 0.4040 * 255]

        fileprivate init(_ scope: Parameters.Scope, sign: Float) throws(TorchError) {
            weight = try scope.makeBuffer("weight", shape: [3, 3, 1, 1], values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
            bias = try scope.makeBuffer("bias", shape: [3], values: Self.mean.map { sign * $0 })
        }

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try x.correlated(with: weight, bias: bias) }
    }

    public let configuration: Configuration
    public let parameters: Parameters
    public var scales: [Int] { [configuration.scale] }
    public let mayBeTiled = true
    /// Where the pixels of ``upscale(_:scale:progress:)`` lie. The network itself knows the plain resizer's grid.
    public var grid = Bicubic.Grid.degradation
    /// Whether the groups may work in bfloat16 where the CPU is fast in it.
    public var usesReducedPrecision = true
    let subtractMean: MeanShift
    let head: Convolution
    let groups: [Group]
    private let fusion: Convolution
    private let upsampler: ShuffleUpsampler
    private let tail: Convolution
    private let addMean: MeanShift

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - seed: Of the initial weights.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        let (width, scale) = (configuration.width, configuration.scale)
        subtractMean = try MeanShift(parameters / "sub_mean", sign: -1)
        head = try Convolution(parameters / "head" / "0", 3, width)
        groups = try (0..<configuration.groups).map { (i) throws(TorchError) in
            try Group(parameters / "body" / "\(i)" / "body", configuration)
        }
        fusion = try Convolution(parameters / "body" / "\(configuration.groups)", width, width)
        upsampler = try ShuffleUpsampler(parameters / "tail" / "0", width: width, scale: scale)
        tail = try Convolution(parameters / "tail" / "1", width, 3)
        addMean = try MeanShift(parameters / "add_mean", sign: 1)
    }

    /// The same network, whose results stay where its authors have them.
    func onResizerGrid() -> RCAN {
        grid = .resizer
        return self
    }

    /// Super-resolves a batch on the plain resizer's grid. Differentiable.
    ///
    /// - Parameter lr: N×3×h×w in 0…1.
    /// - Returns: N×3×(h·s)×(w·s), not clipped.
    public func callAsFunction(_ lr: Tensor) throws(TorchError) -> Tensor {
        let start = try head(subtractMean(lr * 255).contiguous(channelsLast: true))
        let body = try withReducedPrecision(usesReducedPrecision, on: lr.device) { () throws(TorchError) in
            var x = start
            for group in groups { x = try group(x) }
            return try fusion(x).to(.float32)
        }
        return try addMean(tail(upsampler(body + start))) / 255
    }

    /// - Throws: `UpscalingError.scale` for another scale, `TorchError`.
    public func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> BlindResult {
        guard scale == configuration.scale else { throw UpscalingError.scale(scale, supported: scales) }
        let result = try withInference {
            try Image(self(lr.rgbTensor(device: parameters.device)), grey: lr.channels == 1)
        }
        return BlindResult(image: grid == .degradation ? result.movedFromResizerGrid(scale: scale) : result)
    }
}

extension RCAN.Configuration: NetworkConfiguration {
    public static let system = "rcan"
    public var leastParameterCount: Int { 9 * width * width * (groups * (2 * blocks + 1) + 1) }
    public var usualScales: [Int] { [scale] }

    public init?(shapes: [String: [Int]]) {
        guard let head = shapes["head.0.weight"], let squeeze = shapes["body.0.body.0.body.3.conv_du.0.weight"],
            let step = shapes["tail.0.0.weight"], head.count == 4, squeeze.count == 4, step.count == 4, (1...1024).contains(head[0]),
            squeeze[0] >= 1
        else { return nil }
        let groups = (0...).first { shapes["body.\($0).body.0.body.0.weight"] == nil } ?? 0
        let blocks = (0...).first { shapes["body.0.body.\($0).body.0.weight"] == nil } ?? 0
        let scale = shapes["tail.0.2.weight"] != nil ? 4 : step[0] == 9 * head[0] ? 3 : 2
        self.init(scale: scale, groups: groups, blocks: blocks, width: head[0], reduction: head[0] / squeeze[0])
    }

    public func check() throws(ConfigurationError) {
        try check("scale", scale, 2...4)
        try check("number of groups", groups, 1...64)
        try check("number of blocks", blocks, 1...64)
        try check("width", width, 3...1024)
        try check("reduction", reduction, 1...width)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork { try RCAN(self, device: device) }
}
