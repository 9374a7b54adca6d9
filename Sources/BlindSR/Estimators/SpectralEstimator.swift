import Foundation
import NeuralNetworks
import Pixels
import Torch

/// A kernel estimator that reads the blur from local spectra, where it is a factor and not a convolution: a set network over tiles of
/// several sizes.
///
///     z = (TileEncoder(tiles) for each size)                N×(S·H·E)
///     y = GELU(FC(GELU(FC(z))))                             N×D
///     k = softmax of a Gaussian of log-precision FC(y)      N×l×l
///     c = 50 + 10 · FC(GELU(FC(z, y)))                      N×3        quantiles of the kernel PSNR in dB: 0.1, 0.5 and 0.9
///     u = FC(y)                                             N          ln(255σ + ½) of the photo's noise σ, with `noise`
public final class SpectralEstimator: KernelEstimator, WeightedNetwork {
    /// What makes one spectral estimator differ from another in shape.
    public struct Configuration: Codable, Sendable, Hashable {
        /// Sides of the tiles in LR pixels, even.
        public var tiles: [Int]
        /// The side l of the kernel in HR pixels: 11 at ×2, 21 at ×4.
        public var kernelSize: Int
        /// Width of the encoders' first layer.
        public var width = 384
        /// E, the values that describe a tile.
        public var features = 256
        /// H, the number of attention weights of a tile.
        public var heads = 8
        /// D, the width of the two layers after the attention.
        public var hidden = 512
        /// Whether the noise of photos is estimated, too.
        public var noise = false

        public init(tiles: [Int], kernelSize: Int) {
            self.tiles = tiles
            self.kernelSize = kernelSize
        }

        /// Tiles of about 64 and 32 HR pixels.
        public static func standard(scale: Int) -> Configuration {
            Configuration(tiles: [[48, 24], [32, 16], [24, 12], [16, 8]][scale - 1], kernelSize: BlurKernel.defaultSize(scale: scale))
        }
    }

    /// What the network says of a batch.
    public struct Prediction {
        /// N×l×l: non-negative, each with sum one.
        public let kernels: Tensor
        /// N×3: ``quantiles`` of the kernel PSNR in dB that the network expects. They learn from the errors without changing the kernels.
        public let confidence: Tensor
        /// N: ln(255σ + ½) of the noise σ in 0…1; nil without a head for it.
        public let noiseLevel: Tensor?

        /// N: the noise σ in 0…1; nil without a head for it.
        public var noise: Tensor? {
            get throws(TorchError) {
                try noiseLevel.map { (level) throws(TorchError) in try (level.exp() - 0.5).clamped(to: 0...255) / 255 }
            }
        }
    }

    /// Which quantiles of the kernel PSNR are predicted.
    public static let quantiles = [0.1, 0.5, 0.9]

    public let configuration: Configuration
    public let parameters: Parameters
    public let scales: [Int]
    /// Whether it saves time as training does: the encoders work in reduced precision, and only the largest tiles overlap.
    public var isThrifty = false
    private let encoders: [TileEncoder]
    private let decoder: [Linear]
    private let precision: Linear
    private let gaussian: GaussianLogits
    private let judge: [Linear]
    private let noise: Linear?

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
        func layers(_ name: String, _ widths: [Int]) throws(TorchError) -> [Linear] {
            try (1..<widths.count).map { (i) throws(TorchError) in
                try Linear(parameters / name / "\(i - 1)", widths[i - 1], widths[i], gain: reluGain)
            }
        }
        encoders = try configuration.tiles.map { (side) throws(TorchError) in
            try TileEncoder(configuration, side: side, parameters / "tiles\(side)", device: device)
        }
        let (summary, hidden) = (configuration.tiles.count * configuration.heads * configuration.features, configuration.hidden)
        decoder = try layers("decoder", [summary, hidden, hidden])
        precision = try Linear(parameters / "precision", hidden, 3)
        gaussian = try GaussianLogits(size: configuration.kernelSize, device: device)
        judge = try layers("judge", [summary + hidden, 128, Self.quantiles.count])
        noise = configuration.noise ? try Linear(parameters / "noise", hidden, 1) : nil
    }

    /// Starts the first layers where their inputs have mean 0 and variance 1 on these photos, N×C×h×w in [0, 1].
    public func standardize(over lr: Tensor) throws(TorchError) {
        for encoder in encoders { try encoder.standardize(over: lr) }
    }

    /// Moves the ``quantiles`` of the confidence by so many dB each.
    public func shiftConfidence(by shifts: [Double]) throws(TorchError) {
        let bias = judge[1].bias
        try bias.copy(from: bias + Tensor(shifts.map { Float($0 / 10) }, shape: [shifts.count], device: parameters.device))
    }

    /// N×3×h×w, or grey N×1×h×w, in [0, 1]. All tiles that overlap by half are used, by a thrifty network of the smaller ones those side by side.
    public func callAsFunction(_ lr: Tensor) throws(TorchError) -> Prediction {
        try self(
            tiles: encoders.map { (encoder) throws(TorchError) in
                let side = encoder.spectrum.side
                return try encoder.spectrum.tiles(of: lr, stride: isThrifty && side < smallestSide ? side : side / 2)
            })
    }

    /// Luminance tiles N×T×side×side in [0, 1] of each size.
    func callAsFunction(tiles: [Tensor]) throws(TorchError) -> Prediction {
        let (batch, size) = (tiles[0].shape[0], configuration.kernelSize)
        let z = try Tensor.concatenate(
            zip(encoders, tiles).map { (encoder, tiles) throws(TorchError) in
                try encoder(tiles, reducedPrecision: isThrifty)
            }, dim: 1)
        let y = try decoder[1](decoder[0](z).gelu()).gelu()
        let seen = try Tensor.concatenate([z.detached(), y.detached()], dim: 1)
        return Prediction(
            kernels: try gaussian(precision(y)).softmax(1).reshaped([batch, size, size]),
            confidence: try judge[1](judge[0](seen).gelu()) * 10 + 50,
            noiseLevel: try noise.map { (noise) throws(TorchError) in try noise(y).reshaped([batch]) })
    }

    /// The same from the tiles and their transposes, whose logits are averaged: for Gaussians that is the mean of the precisions. One photo,
    /// 1×T×side×side of each size.
    private func callAsFunction(tilesAndTransposes tiles: [Tensor]) throws(TorchError) -> Prediction {
        let both = try self(
            tiles: tiles.map { (tiles) throws(TorchError) in try .concatenate([tiles, tiles.permuted([0, 1, 3, 2])], dim: 0) })
        let logs = try (both.kernels + 1e-30).log()
        let mean = try (logs.slice(0, 0..<1) + logs.slice(0, 1..<2).permuted([0, 2, 1])) / 2
        return Prediction(
            kernels: try mean.reshaped([1, -1]).softmax(1).reshaped(mean.shape),
            confidence: try both.confidence.mean([0], keepingDimensions: true),
            noiseLevel: try both.noiseLevel.map { (level) throws(TorchError) in try level.mean([0], keepingDimensions: true) })
    }

    /// The smallest photo side in LR pixels: one tile of the largest size.
    public var smallestSide: Int { configuration.tiles.max()! }
    public var estimatesNoise: Bool { configuration.noise }

    /// - Throws: ``EstimationError`` for another scale or a photo smaller than a tile; ``UpscalingError/notFinite`` where the weights are so
    ///   large that their numbers are not finite; `TorchError`.
    public func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate {
        try check(lr, scale: scale)
        let size = configuration.kernelSize
        let (values, confidence, level) = try withInference {
            let tiles = try configuration.tiles.map { (side) throws(TorchError) in
                let luminance = TileChoice(side: side)(lr)
                return try Tensor(luminance, shape: [1, luminance.count / (side * side), side, side], device: parameters.device)
            }
            let prediction = try self(tilesAndTransposes: tiles)
            return (try prediction.kernels.floats(), try prediction.confidence.elements(as: Double.self), try prediction.noise?.item())
        }
        guard values.allSatisfy(\.isFinite), confidence.allSatisfy(\.isFinite), level?.isFinite ?? true else {
            throw UpscalingError.notFinite
        }
        let quantiles = confidence.sorted()
        return KernelEstimate(
            kernel: try BlurKernel(height: size, width: size, values: values, normalize: true),
            confidence: KernelConfidence(expected: quantiles[1], interval: quantiles[0]...quantiles[2]),
            noise: level)
    }
}

extension SpectralEstimator.Configuration: NetworkConfiguration {
    public static let system = "spectrum"
    public var usualScales: [Int] { scales(kernelSize: kernelSize) }

    public var leastParameterCount: Int {
        tiles.reduce(0) { $0 + width * (TileSpectrum.count(side: $1) + features) + hidden * heads * features }
    }

    public func check() throws(ConfigurationError) {
        try check("number of tile sizes", tiles.count, 1...4)
        for side in tiles {
            try check("tile", side, 4...256)
            guard side % 2 == 0 else { throw ConfigurationError(reason: "its tile is odd") }
        }
        guard Set(tiles).count == tiles.count else { throw ConfigurationError(reason: "two of its tile sizes are the same") }
        try check("width", width, 1...8192)
        try check("number of features", features, 1...8192)
        try check("number of heads", heads, 1...256)
        try check("hidden width", hidden, 1...8192)
        try check(kernelSize: kernelSize)
    }

    public func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork {
        try SpectralEstimator(self, scale: scale, device: device)
    }
}
