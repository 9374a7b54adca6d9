import Foundation
import Torch

/// The lossy part of JPEG (ITU-T T.81): the cosine transform of 8×8 blocks, rounded to multiples of the steps of a quality.
struct BlockQuantisation {
    /// Which of the two tables of the standard's annex K.
    enum Component {
        case luminance, chrominance
    }

    private let forward: Tensor

    init(device: Device) throws(TorchError) {
        forward = try Tensor(Self.transform, shape: [64, 64], device: device)
    }

    /// The quantisation steps of a quality from 1 to 100 by rows, scaled as the Independent JPEG Group does.
    static func steps(_ component: Component, quality: Int) -> [Float] {
        let percent = Double(quality < 50 ? 5000 / quality : 200 - 2 * quality)
        let table = component == .luminance ? luminance : chrominance
        return table.map { Float(min(max((($0 * percent + 50) / 100).rounded(.down), 1), 255)) }
    }

    /// What quantisation changes in the planes.
    ///
    /// - Parameters:
    ///   - planes: N×C×H×W in levels around 0, H and W multiples of 8; blocks start at the top left.
    ///   - qualities: N of them, 1 to 100.
    /// - Returns: Quantised less original levels, N×C×H×W.
    func change(of planes: Tensor, _ component: Component, qualities: [Int]) throws(TorchError) -> Tensor {
        let shape = planes.shape
        let (rows, columns, channels) = (shape[2] / 8, shape[3] / 8, shape[1])
        let blocks = try planes.reshaped([shape[0] * channels, rows, 8, columns, 8]).permuted([0, 1, 3, 2, 4])
            .reshaped([shape[0], channels * rows * columns, 64])
        let steps = try Tensor(
            qualities.flatMap { Self.steps(component, quality: $0) }, shape: [shape[0], 1, 64], device: planes.device)
        let coefficients = try (blocks.linear(forward) / steps).rounded() * steps
        return try (coefficients.matrixProduct(forward) - blocks)
            .reshaped([shape[0] * channels, rows, columns, 8, 8]).permuted([0, 1, 3, 2, 4]).reshaped(shape)
    }

    /// The orthonormal transform of a block, 64×64: row (u, v), column (y, x).
    private static let transform: [Float] = {
        func basis(_ frequency: Int, _ place: Int) -> Double {
            (frequency == 0 ? 0.125.squareRoot() : 0.5) * cos(.pi * Double(frequency) * (Double(place) + 0.5) / 8)
        }
        return (0..<64).flatMap { f in (0..<64).map { p in Float(basis(f / 8, p / 8) * basis(f % 8, p % 8)) } }
    }()

    /// Table K.1, the steps of quality 50.
    private static let luminance: [Double] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
        103, 99,
    ]

    /// Table K.2 likewise.
    private static let chrominance: [Double] =
        [17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66]
        + [Double](repeating: 99, count: 38)
}
