import Foundation

/// An anisotropic Gaussian blur: the eigenvalues of its covariance (variances in HR px², not standard deviations) and the direction of the
/// first one's axis.
public struct GaussianParameters: Sendable, Equatable {
    /// The eigenvalues that are accepted, in px².
    public static let variances = 0.01...1000.0

    /// The eigenvalue along (cos `angle`, sin `angle`) in (x, y), px².
    public let variance1: Double
    /// The eigenvalue across it, px².
    public let variance2: Double
    /// Radians, from the x axis (right) towards the y axis (down).
    public let angle: Double

    /// The two eigenvalues must lie in `variances`, the angle must be finite.
    public init(variance1: Double, variance2: Double, angle: Double) {
        precondition(Self.variances.contains(variance1) && Self.variances.contains(variance2), "an eigenvalue is out of range")
        precondition(angle.isFinite, "an angle is finite")
        self.variance1 = variance1
        self.variance2 = variance2
        self.angle = angle
    }

    /// The same from numbers that somebody typed; throws `BlurKernelError.variance` and `.angle`.
    public init(checking variance1: Double, _ variance2: Double, degrees: Double) throws(BlurKernelError) {
        guard Self.variances.contains(variance1) else { throw .variance(variance1) }
        guard Self.variances.contains(variance2) else { throw .variance(variance2) }
        guard degrees.isFinite else { throw .angle }
        self.init(variance1: variance1, variance2: variance2, angle: degrees * .pi / 180)
    }

    /// The same Gaussian with `variance1 ≥ variance2` and an angle in [0, π).
    public var canonical: GaussianParameters {
        let turned = variance1 < variance2 ? angle + .pi / 2 : angle
        var reduced = turned.truncatingRemainder(dividingBy: .pi)
        if reduced < 0 { reduced += .pi }
        return GaussianParameters(
            variance1: max(variance1, variance2), variance2: min(variance1, variance2), angle: reduced < .pi ? reduced : 0)
    }

    /// The direction of the larger eigenvalue's axis in degrees, in [0, 180), x right, y down.
    public var degrees: Double {
        let degrees = canonical.angle * 180 / .pi
        return degrees < 180 ? degrees : 0
    }

    /// The Gaussian sampled at the pixel centres of a canvas of `size` × `size` around its middle (size − 1)/2, with sum one.
    public func kernel(size: Int) -> BlurKernel {
        precondition(BlurKernel.sizes.contains(size), "a kernel has 1 to 101 rows")
        let (cosine, sine) = (cos(angle), sin(angle))
        // The elements of S⁻¹ = R diag(1/variance1, 1/variance2) Rᵀ.
        let xx = cosine * cosine / variance1 + sine * sine / variance2
        let xy = cosine * sine * (1 / variance1 - 1 / variance2)
        let yy = sine * sine / variance1 + cosine * cosine / variance2
        let centre = Double(size - 1) / 2
        var values: [Double] = []
        values.reserveCapacity(size * size)
        for row in 0..<size {
            let y = Double(row) - centre
            for column in 0..<size {
                let x = Double(column) - centre
                values.append(exp(-0.5 * (xx * x * x + 2 * xy * x * y + yy * y * y)))
            }
        }
        let sum = values.reduce(0, +)
        return BlurKernel(height: size, width: size, unchecked: values.map { Float($0 / sum) })
    }

    /// The Gaussian that fits a kernel best, `variance1 ≥ variance2` and the angle in [0, π); see `GaussianFit`.
    public static func fit(to kernel: BlurKernel) -> GaussianParameters {
        GaussianFit(kernel).parameters
    }
}
