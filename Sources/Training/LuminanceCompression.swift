import Foundation
import Torch

/// What JPEG does to luminance: 8×8 blocks, their cosine transform rounded to multiples of the steps of a quality. Colour is left
/// alone, and values are rounded only there: enough for what looks at luminance.
struct LuminanceCompression {
    /// ITU-T T.81, table K.1: the steps of quality 50, by rows.
    private static let table: [Double] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
        103, 99,
    ]

    /// The orthonormal transform of a block, 64×64: row (u, v), column (y, x).
    private static let transform: [Float] = {
        func basis(_ frequency: Int, _ place: Int) -> Double {
            (frequency == 0 ? 0.125.squareRoot() : 0.5) * cos(.pi * Double(frequency) * (Double(place) + 0.5) / 8)
        }
        return (0..<64).flatMap { f in (0..<64).map { p in Float(basis(f / 8, p / 8) * basis(f % 8, p % 8)) } }
    }()

    /// The quantisation steps of a quality from 1 to 100, scaled as the Independent JPEG Group does.
    static func steps(quality: Int) -> [Float] {
        let percent = quality < 50 ? 5000 / Double(quality) : 200 - 2 * Double(quality)
        return table.map { Float(min(max((($0 * percent + 50) / 100).rounded(.down), 1), 255)) }
    }

    /// 1×3×H×W in [0, 1], compressed and clipped to [0, 1]; blocks start at the top left.
    func callAsFunction(_ image: Tensor, quality: Int) throws(TorchError) -> Tensor {
        let (height, width, device) = (image.shape[2], image.shape[3], image.device)
        let (rows, columns) = ((height + 7) / 8, (width + 7) / 8)
        let weights = try Tensor([0.299, 0.587, 0.114] as [Float], shape: [1, 3, 1, 1], device: device)
        let luminance = try (image * weights).sum([1], keepingDimensions: true)
            .padded(right: columns * 8 - width, bottom: rows * 8 - height, .replicate)
        let blocks = try (luminance * 255 - 128).reshaped([rows, 8, columns, 8]).permuted([0, 2, 1, 3]).reshaped([rows * columns, 64])
        let forward = try Tensor(Self.transform, shape: [64, 64], device: device)
        let steps = try Tensor(Self.steps(quality: quality), shape: [1, 64], device: device)
        let coefficients = try (blocks.linear(forward) / steps).rounded() * steps
        let difference = try (coefficients.matrixProduct(forward) - blocks) / 255
        let change = try difference.reshaped([rows, columns, 8, 8]).permuted([0, 2, 1, 3]).reshaped([1, 1, rows * 8, columns * 8])
        return try (image + change.slice(2, 0..<height).slice(3, 0..<width)).clamped(to: 0...1)
    }
}
