import BlindSR
import Pixels

/// A blur that is known at every place: its eigenvalues and its angle change evenly from the left side to the right.
struct VaryingBlur {
    let left: GaussianParameters
    let right: GaussianParameters

    /// At a share of the width, 0…1.
    func callAsFunction(_ share: Double) -> GaussianParameters {
        func between(_ a: Double, _ b: Double) -> Double { a + (b - a) * share }
        return GaussianParameters(
            variance1: between(left.variance1, right.variance1), variance2: between(left.variance2, right.variance2),
            angle: between(left.angle, right.angle))
    }

    /// Each LR pixel is the sharp image under the kernel of its place; beyond the border the image repeats itself; rounded to 8 bits.
    func degraded(_ hr: Image, scale: Int) -> Image {
        let hr = hr.cropped(toMultipleOf: scale)
        let size = BlurKernel.defaultSize(scale: scale)
        var lr = Image(width: hr.width / scale, height: hr.height / scale, channels: hr.channels)
        for x in 0..<lr.width {
            let kernel = self((Double(x) + 0.5) / Double(lr.width)).kernel(size: size)
            for c in 0..<hr.channels {
                for y in 0..<lr.height {
                    var sum: Float = 0
                    for v in 0..<size {
                        let row = (y * scale - v + size / 2 + hr.height) % hr.height
                        for u in 0..<size {
                            sum += kernel.values[v * size + u] * hr[(x * scale - u + size / 2 + hr.width) % hr.width, row, c]
                        }
                    }
                    lr[x, y, c] = sum
                }
            }
        }
        return lr.rounded8Bit()
    }
}
