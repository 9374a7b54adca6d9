import NeuralNetworks
import Torch

/// The deep image prior (Ulyanov et al. 2018) as DIP-FKP and SelfDeblur use it: an untrained encoder-decoder with skip connections and, from
/// the third level on, non-local blocks, which makes an image out of noise.
///
///     level i:  x ─ skip: Conv1 ──────────────────────────────────────────────────────┐
///               └─ Conv3, half size ─ [non-local] ─ Conv3 ─ level i + 1 ─ bilinear ×2 ─ concatenate ─ norm ─ Conv3 ─ Conv1
///     image = Sigmoid(Conv1(level 0(noise)))
///
/// Every convolution but the last is followed by batch normalisation and a leaky ReLU; 3×3 ones are padded by reflection. Names of
/// parameters and buffers are the authors'.
public final class SkipNetwork {
    public struct Configuration: Sendable, Hashable {
        /// Channels of the noise.
        public var inputs: Int
        /// Channels of the image.
        public var outputs: Int
        /// Channels of each level, finest first.
        public var widths: [Int]
        /// Channels of each level's skip connection.
        public var skips: [Int]

        public init(inputs: Int, outputs: Int, widths: [Int], skips: [Int]) {
            self.inputs = inputs
            self.outputs = outputs
            self.widths = widths
            self.skips = skips
        }

        /// Whether bfloat16 is used: it was measured for widths like the published ones.
        var isFastInBFloat16: Bool { (widths + skips).allSatisfy { $0 % 16 == 0 } }

        /// The published size: five levels of 128 channels.
        public static let published = Configuration(
            inputs: 3, outputs: 3, widths: .init(repeating: 128, count: 5), skips: .init(repeating: 16, count: 5))
    }

    /// The smallest side of an image that reflection can pad on every level of the published size.
    static let smallestSide = 33
    private static let slope = 0.2

    public let parameters: Parameters
    private let levels: [Level]
    private let output: Convolution

    /// - Parameters:
    ///   - configuration: The network's sizes.
    ///   - seed: Of the parameters that the search begins with.
    ///   - device: Where the network lives.
    public init(_ configuration: Configuration, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        var levels: [Level] = []
        var scope = parameters.root
        var inputs = configuration.inputs
        for index in configuration.widths.indices {
            let level = try Level(scope, index: index, inputs: inputs, configuration)
            levels.append(level)
            scope = level.next
            inputs = configuration.widths[index]
        }
        self.levels = levels
        output = try Convolution(parameters / "9" / "1", configuration.widths[0], configuration.outputs, size: 1)
    }

    /// Noise 1×C×H×W to an image 1×outputs×H×W in 0…1.
    ///
    /// - Parameters:
    ///   - noise: What the network is fitted on; it stays the same during a search.
    ///   - training: Whether batch normalisation uses the image's own statistics, as the search does.
    ///   - isFast: Whether all but the last layer work in bfloat16 where the CPU is faster with it.
    public func callAsFunction(_ noise: Tensor, training: Bool = true, isFast: Bool = false) throws(TorchError) -> Tensor {
        let finest = try withReducedPrecision(isFast, on: noise.device) { () throws(TorchError) in
            try features(noise, level: 0, training: training)
        }
        return try output(finest.to(.float32)).sigmoid()
    }

    private func features(_ x: Tensor, level index: Int, training: Bool) throws(TorchError) -> Tensor {
        let level = levels[index]
        func unit(_ layer: (convolution: Convolution, norm: BatchNormalisation), _ x: Tensor) throws(TorchError) -> Tensor {
            try layer.norm(layer.convolution(x), training: training).leakyRelu(slope: Self.slope)
        }
        let skip = try unit(level.skip, x)
        var deeper = try unit(level.shrink, x.reflected)
        if let nonLocal = level.nonLocal { deeper = try nonLocal(deeper, training: training) }
        deeper = try unit(level.refine, deeper.reflected)
        if index + 1 < levels.count { deeper = try features(deeper, level: index + 1, training: training) }
        let joined = try level.norm(skip.joined(with: deeper.enlargedBilinear(scale: 2)), training: training)
        return try unit(level.mix, unit(level.decode, joined.reflected))
    }

    /// The layers of one resolution.
    private struct Level {
        typealias Unit = (convolution: Convolution, norm: BatchNormalisation)

        let skip: Unit
        let shrink: Unit
        let nonLocal: NonLocalBlock?
        let refine: Unit
        let norm: BatchNormalisation
        let decode: Unit
        let mix: Unit
        /// Where the next level's layers are.
        let next: Parameters.Scope

        init(_ scope: Parameters.Scope, index: Int, inputs: Int, _ configuration: Configuration) throws(TorchError) {
            let (width, skipWidth) = (configuration.widths[index], configuration.skips[index])
            let below = index + 1 < configuration.widths.count ? configuration.widths[index + 1] : width
            /// Padding is a child of its own, the first one, so that a convolution is the second.
            func unit(
                _ scope: Parameters.Scope, _ position: Int, _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1
            ) throws(TorchError) -> Unit {
                (
                    try Convolution(scope / "\(position)" / "1", inputs, outputs, size: size, stride: stride, padding: 0),
                    try BatchNormalisation(scope / "\(position + 1)", outputs)
                )
            }
            let (skipScope, deeper) = (scope / "1" / "0", scope / "1" / "1")
            skip = try unit(skipScope, 1, inputs, skipWidth, size: 1)
            shrink = try unit(deeper, 1, inputs, width, size: 3, stride: 2)
            nonLocal = index >= 2 ? try NonLocalBlock(deeper / "4", width) : nil
            let refinement = index >= 2 ? 5 : 4
            refine = try unit(deeper, refinement, width, width, size: 3)
            next = deeper / "\(refinement + 3)"
            norm = try BatchNormalisation(scope / "2", skipWidth + below)
            decode = try unit(scope, 3, skipWidth + below, width, size: 3)
            mix = try unit(scope, 6, width, width, size: 1)
        }
    }
}

/// A non-local block (Wang et al. 2018) with dot products: every position gets a sum over all others, weighted by likeness, on top of itself.
private struct NonLocalBlock {
    private let value: Convolution
    private let query: Convolution
    private let key: Convolution
    private let output: Convolution
    private let norm: BatchNormalisation

    init(_ scope: Parameters.Scope, _ channels: Int) throws(TorchError) {
        let inner = max(1, channels / 2)
        value = try Convolution(scope / "g" / "0", channels, inner, size: 1)
        output = try Convolution(scope / "W" / "0", inner, channels, size: 1)
        norm = try BatchNormalisation(scope / "W" / "1", channels, start: 0)
        query = try Convolution(scope / "theta", channels, inner, size: 1)
        key = try Convolution(scope / "phi" / "0", channels, inner, size: 1)
    }

    /// Queries · keysᵀ · values, without a softmax between them, is taken from the right: the cost is linear in the number of positions.
    func callAsFunction(_ x: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let queries = try query(x)
        let shape = queries.shape
        func positions(_ x: Tensor) throws(TorchError) -> Tensor { try x.reshaped([shape[0], shape[1], -1]) }
        let keys = try positions(key(x).maxPooled(2))
        let values = try positions(value(x).maxPooled(2))
        let mixing = try values.matrixProduct(keys.permuted([0, 2, 1])) / Double(keys.shape[2])
        let sums = try mixing.matrixProduct(positions(queries)).reshaped(shape)
        return try norm(output(sums), training: training) + x
    }
}

extension Tensor {
    /// One pixel more on every side, mirrored without the edge.
    fileprivate var reflected: Tensor { get throws(TorchError) { try padded(left: 1, right: 1, top: 1, bottom: 1, .reflect) } }

    /// The channels of both, on the middle part that both have.
    fileprivate func joined(with other: Tensor) throws(TorchError) -> Tensor {
        let (height, width) = (min(shape[2], other.shape[2]), min(shape[3], other.shape[3]))
        func middle(_ x: Tensor) throws(TorchError) -> Tensor {
            let (top, left) = ((x.shape[2] - height) / 2, (x.shape[3] - width) / 2)
            return try x.slice(2, top..<top + height).slice(3, left..<left + width)
        }
        return try .concatenate([middle(self), middle(other)], dim: 1)
    }
}
