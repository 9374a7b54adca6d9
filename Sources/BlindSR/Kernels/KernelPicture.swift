import Foundation
import Pixels

extension BlurKernel {
    /// A kernel from a small grey picture: its values, taken as they are and divided by their sum.
    ///
    /// Throws `BlurKernelError` for pictures above 101 × 101, with colours, or black throughout.
    public init(image: Image) throws(BlurKernelError) {
        let plane = image.width * image.height
        for channel in 1..<max(image.channels, 1)
        where (0..<plane).contains(where: { image.samples[$0] != image.samples[channel * plane + $0] }) {
            throw .coloured
        }
        try self.init(height: image.height, width: image.width, values: Array(image.samples.prefix(plane)), normalize: true)
    }
}

/// A blur kernel as a picture for people: a heat map in large cells, the axes through its centre, and the ellipses of the fitted
/// Gaussian at one and two standard deviations.
public struct KernelPicture {
    /// The longer side that is aimed at, in pixels; cells are whole pixels.
    static let side = 440

    private let kernel: BlurKernel
    private let cell: Int
    private let peak: Float
    private let ellipse: Ellipse

    public init(_ kernel: BlurKernel) {
        self.kernel = kernel
        cell = max(1, Self.side / max(kernel.height, kernel.width))
        peak = kernel.values.max() ?? 0
        let fit = GaussianFit(kernel)
        ellipse = Ellipse(
            fit.parameters, centreX: (fit.centreX + 0.5) * Double(cell), centreY: (fit.centreY + 0.5) * Double(cell), scale: Double(cell))
    }

    /// Draws the picture: RGB, each side a multiple of the kernel's.
    public func render() -> Image {
        let (width, height) = (kernel.width * cell, kernel.height * cell)
        let plane = width * height
        var samples = [Float](repeating: 0, count: 3 * plane)
        for y in 0..<height {
            for x in 0..<width {
                let colour = colour(x: x, y: y)
                samples[y * width + x] = colour.x
                samples[plane + y * width + x] = colour.y
                samples[2 * plane + y * width + x] = colour.z
            }
        }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }

    private func colour(x: Int, y: Int) -> SIMD3<Float> {
        let value = kernel[y / cell, x / cell]
        var colour = ColourMap.colour(peak > 0 ? value / peak : 0)
        // The grid: the first row and column of every cell a little lighter, where cells are large enough to bear it.
        if cell >= 8 && (x % cell == 0 || y % cell == 0) { colour += (SIMD3(repeating: 1) - colour) * 0.09 }
        // The axes run through the middle of the centre element.
        let isAxis = x == kernel.width / 2 * cell + cell / 2 || y == kernel.height / 2 * cell + cell / 2
        if isAxis { colour += (SIMD3(repeating: 1) - colour) * 0.25 }

        for radius in [1.0, 2.0] {
            let distance = ellipse.distance(x: Double(x) + 0.5, y: Double(y) + 0.5, radius: radius)
            colour = Ellipse.ink(SIMD3(repeating: 1), over: colour, distance: distance, strength: radius == 1 ? 1 : 0.75)
        }
        return colour
    }
}

/// A colour map whose lightness rises evenly from a blue-black through violet and orange to a pale yellow.
private enum ColourMap {
    private static let anchors: [SIMD3<Float>] = [
        [0.03, 0.03, 0.09], [0.14, 0.09, 0.31], [0.33, 0.11, 0.45], [0.53, 0.17, 0.47],
        [0.74, 0.25, 0.40], [0.90, 0.40, 0.27], [0.97, 0.62, 0.22], [0.98, 0.82, 0.40], [0.99, 0.97, 0.75],
    ]

    /// The colour of `value`, held to 0…1.
    static func colour(_ value: Float) -> SIMD3<Float> {
        let position = min(max(value, 0), 1) * Float(anchors.count - 1)
        let index = min(Int(position), anchors.count - 2)
        return anchors[index] + (anchors[index + 1] - anchors[index]) * (position - Float(index))
    }
}
