import Foundation

/// A blur by the numbers that describe it, in HR pixels; its centre of mass lies in the middle of the kernel.
public enum BlurShape: Sendable, Equatable {
    case gaussian(GaussianParameters)
    /// A lens out of focus: a disc of `radius` px, softened by a round Gaussian of `variance` px².
    case defocus(radius: Double, variance: Double)
    /// A hand that moved: a path of `length` px, heading for `angle` (radians, from right towards down) in its middle and turning by
    /// `bend` radians from end to end, softened by a round Gaussian of `variance` px².
    case motion(length: Double, bend: Double, angle: Double, variance: Double)

    /// The blur sampled at the pixel centres of a canvas of `size` × `size`, with sum one.
    public func kernel(size: Int) -> BlurKernel {
        switch self {
        case .gaussian(let parameters): parameters.kernel(size: size)
        case .defocus(let radius, let variance): Self.softened(Self.disc(radius, variance), variance, size: size)
        case .motion(let length, let bend, let angle, let variance):
            Self.softened(Self.path(length, bend, angle, variance), variance, size: size)
        }
    }

    /// Points that fill a disc evenly (Vogel's spiral), less than a standard deviation of the softening apart.
    private static func disc(_ radius: Double, _ variance: Double) -> [(x: Double, y: Double)] {
        let count = max(32, Int((2 * .pi * radius * radius / variance).rounded(.up)))
        let golden = .pi * (3 - 5.0.squareRoot())
        return (0..<count).map { i in
            let distance = radius * ((Double(i) + 0.5) / Double(count)).squareRoot()
            return (distance * cos(golden * Double(i)), distance * sin(golden * Double(i)))
        }
    }

    /// Points along an arc, at most half a standard deviation of the softening apart.
    private static func path(_ length: Double, _ bend: Double, _ angle: Double, _ variance: Double) -> [(x: Double, y: Double)] {
        let count = max(2, Int((2 * length / variance.squareRoot()).rounded(.up)))
        let step = length / Double(count)
        var place = (x: 0.0, y: 0.0)
        return (0..<count).map { i in
            let heading = angle + bend * ((Double(i) + 0.5) / Double(count) - 0.5)
            place = (place.x + step * cos(heading), place.y + step * sin(heading))
            return place
        }
    }

    /// The mean of round Gaussians around the points, moved so that their mean is the middle of the canvas.
    private static func softened(_ points: [(x: Double, y: Double)], _ variance: Double, size: Int) -> BlurKernel {
        let count = Double(points.count)
        let (meanX, meanY) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let centre = Double(size - 1) / 2
        var values = [Double](repeating: 0, count: size * size)
        for point in points {
            func profile(_ offset: Double) -> [Double] {
                (0..<size).map { exp(-0.5 * (Double($0) - centre - offset) * (Double($0) - centre - offset) / variance) }
            }
            let (rows, columns) = (profile(point.y - meanY), profile(point.x - meanX))
            for row in 0..<size {
                for column in 0..<size { values[row * size + column] += rows[row] * columns[column] }
            }
        }
        let sum = values.reduce(0, +)
        return BlurKernel(height: size, width: size, unchecked: values.map { Float($0 / sum) })
    }
}
