import Foundation

/// The matrix logarithm of a Gaussian blur's covariance, log Σ = m·1 + (p, q; q, −p): three numbers that may have any value, so that blurs
/// can be averaged and interpolated (Arsigny and others, "Log-Euclidean metrics for fast and simple calculus on diffusion tensors", 2006).
///
/// m is the mean logarithm of the two eigenvalues, which are exp(m ± √(p² + q²)) px². A blur that is mirrored left to right has the same
/// numbers but −q, one that is transposed the same but −p.
struct LogCovariance: Sendable, Equatable {
    /// m, p and q.
    var numbers: SIMD3<Double>

    init(numbers: SIMD3<Double>) { self.numbers = numbers }

    init(_ gaussian: GaussianParameters) {
        let radius = 0.5 * log(gaussian.variance1 / gaussian.variance2)
        numbers = [
            0.5 * log(gaussian.variance1 * gaussian.variance2), radius * cos(2 * gaussian.angle), radius * sin(2 * gaussian.angle),
        ]
    }

    /// The blur; eigenvalues outside `GaussianParameters.variances` are moved to the nearer end.
    var gaussian: GaussianParameters {
        let radius = hypot(numbers.y, numbers.z)
        func held(_ logarithm: Double) -> Double {
            min(max(exp(logarithm), GaussianParameters.variances.lowerBound), GaussianParameters.variances.upperBound)
        }
        return GaussianParameters(
            variance1: held(numbers.x + radius), variance2: held(numbers.x - radius), angle: 0.5 * atan2(numbers.z, numbers.y)
        ).canonical
    }
}
