import Foundation
import Pixels
import Torch

/// What the spectral estimator sees of a tile: its log power spectrum, which a blur shifts by the log power of the kernel's.
///
///     p = tile − mean(tile)
///     L = log(|F(p · Hann)|² + 10⁻⁵)
///     features = (L − mean(L), mean(L), log(mean(p²) + 10⁻⁶))
struct TileSpectrum {
    /// Side of the tiles in LR pixels, even.
    let side: Int
    private let window: Tensor

    /// BT.601 weights of red, green and blue, full range.
    static let luminance: [Float] = [0.299, 0.587, 0.114]

    init(side: Int, device: Device) throws(TorchError) {
        self.side = side
        let line = (0..<side).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(side)) }
        window = try Tensor(line.flatMap { a in line.map { Float(a * $0) } }, shape: [side, side], device: device)
    }

    /// Features of one tile: half of the spectrum of real values, its mean and the tile's variance.
    static func count(side: Int) -> Int { side * (side / 2 + 1) + 2 }

    /// Luminance tiles N×T×side×side in [0, 1] to features N×T×F.
    func callAsFunction(_ tiles: Tensor) throws(TorchError) -> Tensor {
        let batch = Array(tiles.shape.prefix(2))
        let centred = try tiles - tiles.mean([-2, -1], keepingDimensions: true)
        let variance = try centred.squared().mean([-2, -1]).reshaped(batch + [1])
        let spectrum = try (centred * window).fourierTransformed()
        let power = try (spectrum * spectrum.conjugate()).real()
        let level = try (power + 1e-5).log().reshaped(batch + [-1])
        let mean = try level.mean([-1], keepingDimensions: true)
        return try .concatenate([level - mean, mean, (variance + 1e-6).log()], dim: -1)
    }

    /// The tiles at multiples of `stride`: N×3×h×w, or grey N×1×h×w, in [0, 1] to N×T×side×side.
    func tiles(of lr: Tensor, stride: Int) throws(TorchError) -> Tensor {
        let weights = try Tensor(lr.shape[1] == 1 ? [1] : Self.luminance, shape: [1, lr.shape[1], 1, 1], device: lr.device)
        let tiles = try (lr * weights).sum([1]).windows(side, stride: stride)
        return try tiles.reshaped([lr.shape[0], -1, side, side])
    }
}
