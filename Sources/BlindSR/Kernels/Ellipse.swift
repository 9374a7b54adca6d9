import Foundation

/// The ellipses of a Gaussian blur in a picture.
struct Ellipse {
    let centreX, centreY: Double
    private let cosine, sine, deviation1, deviation2: Double

    /// - Parameter scale: Pixels of the picture for each pixel of the blur.
    init(_ blur: GaussianParameters, centreX: Double, centreY: Double, scale: Double) {
        self.centreX = centreX
        self.centreY = centreY
        cosine = cos(blur.angle)
        sine = sin(blur.angle)
        deviation1 = blur.variance1.squareRoot() * scale
        deviation2 = blur.variance2.squareRoot() * scale
    }

    /// The distance of a point from the ellipse at `radius` standard deviations, in pixels, exact to first order near the line.
    func distance(x: Double, y: Double, radius: Double) -> Double {
        let (dx, dy) = (x - centreX, y - centreY)
        let u = (cosine * dx + sine * dy) / deviation1
        let v = (cosine * dy - sine * dx) / deviation2
        let norm = hypot(u, v)
        let slope = hypot(u / deviation1, v / deviation2) / max(norm, 1e-9)
        return abs(norm - radius) / max(slope, 1e-9)
    }

    /// A pixel of the picture under the line, which lies `distance` pixels away. A dark rim keeps the line visible on what is bright.
    static func ink(_ line: SIMD3<Float>, over pixel: SIMD3<Float>, distance: Double, strength: Float = 1) -> SIMD3<Float> {
        let distance = Float(distance)
        let rimmed = pixel * (1 - 0.45 * min(max(2.4 - distance, 0), 1))
        return rimmed + (line - rimmed) * (min(max(1.3 - distance, 0), 1) * strength)
    }
}
