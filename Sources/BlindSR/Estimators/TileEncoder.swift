import NeuralNetworks
import Torch

/// What the spectral estimator makes of all tiles of one size: a few vectors, whatever their number.
///
///     x = (TileSpectrum(tiles) − mean) · scale              N×T×F
///     h = GELU(FC(GELU(FC(x))))                             N×T×E      the same for every tile
///     a = softmax over the tiles of FC(h)                   N×T×H      informative tiles speak
///     z = aᵀ h                                              N×(H·E)
struct TileEncoder {
    let spectrum: TileSpectrum
    private let mean: Tensor
    private let scale: Tensor
    private let layers: [Linear]
    private let gate: Linear

    init(_ configuration: SpectralEstimator.Configuration, side: Int, _ scope: Parameters.Scope, device: Device) throws(TorchError) {
        spectrum = try TileSpectrum(side: side, device: device)
        let inputs = TileSpectrum.count(side: side)
        mean = try (scope / "input").make("mean", shape: [inputs], bound: 0)
        scale = try (scope / "input").make("scale", shape: [inputs], bound: 0)
        try scale.copy(from: .full(1, shape: [inputs], device: device))
        layers = [
            try Linear(scope / "encoder" / "0", inputs, configuration.width, gain: reluGain),
            try Linear(scope / "encoder" / "1", configuration.width, configuration.features, gain: reluGain),
        ]
        gate = try Linear(scope / "gate", configuration.features, configuration.heads)
    }

    /// Starts where the inputs have mean 0 and variance 1 on these photos, N×C×h×w in [0, 1].
    func standardize(over lr: Tensor) throws(TorchError) {
        let features = try spectrum(spectrum.tiles(of: lr, stride: spectrum.side / 2))
        let average = try features.mean([0, 1])
        try mean.copy(from: average)
        try scale.copy(from: ((features - average).squared().mean([0, 1]) + 1e-6).power(-0.5))
    }

    /// Luminance tiles N×T×side×side in [0, 1] to N×(H·E).
    func callAsFunction(_ tiles: Tensor, reducedPrecision: Bool) throws(TorchError) -> Tensor {
        let x = try (spectrum(tiles) - mean) * scale
        return try withReducedPrecision(reducedPrecision, on: x.device) { () throws(TorchError) in
            let h = try layers[1](layers[0](x).gelu()).gelu()
            return try gate(h).softmax(1).permuted([0, 2, 1]).matrixProduct(h).reshaped([tiles.shape[0], -1])
        }.to(.float32)
    }
}
