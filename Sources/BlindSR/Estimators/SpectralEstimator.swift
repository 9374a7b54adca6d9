import NeuralNetworks
import Pixels
import Torch

/// A kernel estimator that reads the blur from local spectra, where it is a factor and not a convolution: a set network over tiles.
///
///     x = (TileSpectrum(tiles) − mean) · scale              N×T×F
///     h = GELU(FC(GELU(FC(x))))                             N×T×E      the same for every tile
///     a = softmax over the tiles of FC(h)                   N×T×H      informative tiles speak
///     z = aᵀ h                                              N×(H·E)
///     y = GELU(FC(GELU(FC(z))))                             N×D
///     g = logits of a Gaussian of log-precision FC(y)       N×l×l
///     r = FC(y)                                             N×l×l      what no Gaussian has; 0 at the start, and without `free`
///     k = softmax(g + r + r's half turn)                    N×l×l      a power spectrum cannot tell a kernel from its half turn
///     c = 50 + 10 · FC(GELU(FC(z, y)))                      N          predicted kernel PSNR in dB
public final class SpectralEstimator: KernelEstimator {
    /// What makes one spectral estimator differ from another in shape.
    public struct Configuration: Sendable, Equatable, Codable {
        /// Side of the tiles in LR pixels, even.
        public var tile: Int
        /// The side l of the kernel in HR pixels: 11 at ×2, 21 at ×4.
        public var kernelSize: Int
        /// Width of the encoder's first layer.
        public var width = 384
        /// E, the values that describe a tile.
        public var features = 256
        /// H, the number of attention weights of a tile.
        public var heads = 8
        /// D, the width of the two layers after the attention.
        public var hidden = 512
        /// Whether kernels may differ from Gaussians.
        public var free = false

        public init(tile: Int, kernelSize: Int) {
            self.tile = tile
            self.kernelSize = kernelSize
        }

        /// Tiles of about 64 HR pixels: 32×32 at ×2, 16×16 at ×4.
        public static func standard(scale: Int) -> Configuration {
            Configuration(tile: [32, 32, 24, 16][scale - 1], kernelSize: BlurKernel.defaultSize(scale: scale))
        }
    }

    /// What the network says of a batch.
    public struct Prediction {
        /// N×l×l: non-negative, each with sum one.
        public let kernels: Tensor
        /// N: the kernel PSNR in dB that the network expects of each. It learns from the errors without changing the kernels.
        public let confidence: Tensor
    }

    public let configuration: Configuration
    public let parameters: Parameters
    public let scales: [Int]
    private let spectrum: TileSpectrum
    private let mean: Tensor
    private let scale: Tensor
    private let encoder: [Linear]
    private let gate: Linear
    private let decoder: [Linear]
    private let precision: Linear
    private let gaussian: GaussianLogits
    private let rest: Linear?
    private let judge: [Linear]

    /// - Parameters:
    ///   - scale: The scale that it is trained for.
    ///   - seed: Of the initial parameters.
    public init(_ configuration: Configuration, scale: Int, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        self.configuration = configuration
        scales = [scale]
        let parameters = Parameters(seed: seed, device: device)
        self.parameters = parameters
        spectrum = try TileSpectrum(side: configuration.tile, device: device)
        let (inputs, hidden) = (TileSpectrum.count(side: configuration.tile), configuration.hidden)
        func layers(_ name: String, _ widths: [Int]) throws(TorchError) -> [Linear] {
            try (1..<widths.count).map { (i) throws(TorchError) in
                try Linear(parameters / name / "\(i - 1)", widths[i - 1], widths[i], gain: reluGain)
            }
        }
        mean = try (parameters / "input").make("mean", shape: [inputs], bound: 0)
        self.scale = try (parameters / "input").make("scale", shape: [inputs], bound: 0)
        try self.scale.copy(from: .full(1, shape: [inputs], device: device))
        encoder = try layers("encoder", [inputs, configuration.width, configuration.features])
        gate = try Linear(parameters / "gate", configuration.features, configuration.heads)
        let summary = configuration.heads * configuration.features
        decoder = try layers("decoder", [summary, hidden, hidden])
        precision = try Linear(parameters / "precision", hidden, 3)
        gaussian = try GaussianLogits(size: configuration.kernelSize, device: device)
        let rest = configuration.free ? try Linear(parameters / "rest", hidden, configuration.kernelSize * configuration.kernelSize) : nil
        if let rest { for tensor in [rest.weight, rest.bias] { try tensor.copy(from: tensor * 0) } }
        self.rest = rest
        judge = try layers("judge", [summary + hidden, 128, 1])
    }

    /// Starts the first layer where its inputs have mean 0 and variance 1 on these photos, N×3×h×w in [0, 1].
    public func standardize(over lr: Tensor) throws(TorchError) {
        let features = try spectrum(spectrum.tiles(of: lr))
        let average = try features.mean([0, 1])
        try mean.copy(from: average)
        try scale.copy(from: ((features - average).squared().mean([0, 1]) + 1e-6).power(-0.5))
    }

    /// N×3×h×w in [0, 1], of which all tiles are used.
    public func callAsFunction(_ lr: Tensor) throws(TorchError) -> Prediction { try self(tiles: spectrum.tiles(of: lr)) }

    /// Luminance tiles N×T×side×side in [0, 1].
    func callAsFunction(tiles: Tensor) throws(TorchError) -> Prediction {
        let (batch, size) = (tiles.shape[0], configuration.kernelSize)
        let x = try (spectrum(tiles) - mean) * scale
        let h = try encoder[1](encoder[0](x).gelu()).gelu()
        let attention = try gate(h).softmax(1).permuted([0, 2, 1])
        let z = try attention.matrixProduct(h).reshaped([batch, configuration.heads * configuration.features])
        let y = try decoder[1](decoder[0](z).gelu()).gelu()
        var logits = try gaussian(precision(y))
        if let rest = try rest?(y) { logits = try logits + rest + rest.flipped([1]) }
        let seen = try Tensor.concatenate([z.detached(), y.detached()], dim: 1)
        let confidence = try judge[1](judge[0](seen).gelu()).reshaped([batch]) * 10 + 50
        return Prediction(kernels: try logits.softmax(1).reshaped([batch, size, size]), confidence: confidence)
    }

    /// The same from the four orientations that a power spectrum tells apart, whose logits are averaged: for Gaussians that is the mean
    /// of the precisions. One photo, 1×T×side×side.
    private func callAsFunction(tilesInAllOrientations tiles: Tensor) throws(TorchError) -> Prediction {
        let turned = try tiles.permuted([0, 1, 3, 2])
        let all = try self(tiles: .concatenate([tiles, tiles.flipped([-1]), turned, turned.flipped([-1])], dim: 0))
        let logs = try (all.kernels + 1e-30).log()
        let parts = try (0..<4).map { (i) throws(TorchError) in try logs.slice(0, i..<i + 1) }
        let sum = try parts[0] + parts[1].flipped([-1]) + (parts[2] + parts[3].flipped([-1])).permuted([0, 2, 1])
        let kernel = try (sum / 4).reshaped([1, -1]).softmax(1).reshaped(parts[0].shape)
        return Prediction(kernels: kernel, confidence: try all.confidence.mean([0], keepingDimensions: true))
    }

    /// The smallest photo side in LR pixels: one tile.
    public var smallestSide: Int { configuration.tile }

    /// - Throws: ``EstimationError`` for another scale or a photo smaller than a tile; `TorchError`.
    public func estimate(_ lr: Image, scale: Int) throws -> KernelEstimate {
        try check(lr, scale: scale)
        let (side, size) = (configuration.tile, configuration.kernelSize)
        let luminance = TileChoice(side: side)(lr)
        let (values, confidence) = try withInference {
            let tiles = try Tensor(luminance, shape: [1, luminance.count / (side * side), side, side], device: parameters.device)
            let prediction = try self(tilesInAllOrientations: tiles)
            return (try prediction.kernels.floats(), try prediction.confidence.item())
        }
        // What is left of the head's own scale: it was trained on varied photos and expects 3 dB too little of others, ± 6.5 dB.
        return KernelEstimate(
            kernel: try BlurKernel(height: size, width: size, values: values, normalize: true),
            confidence: KernelConfidence(expected: confidence + 3, interval: confidence - 3.5...confidence + 9.5))
    }
}
