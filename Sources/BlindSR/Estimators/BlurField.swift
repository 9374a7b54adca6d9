import Foundation

/// A blur that varies over a plane, from uncertain observations of it: Gaussian-process regression (kriging) of log-covariances.
///
///     yᵢ = f(xᵢ) + eᵢ            what was estimated at xᵢ
///     f ~ μ + τ · GP(exp(−d²/2L²))   the blur varies by τ over distances of L
///     cov(eᵢ, eⱼ) = √(vᵢvⱼ) · oᵢⱼ    the errors of overlapping regions have the shared part oᵢⱼ in common
///
/// μ, τ and L are those of the highest restricted likelihood. Where the observations do not show more variation than their own errors
/// have (by the Bayesian information criterion), τ is zero: the blur is uniform. What is uncertain takes the values of its neighbours.
struct BlurField {
    /// A blur that was estimated from a square region.
    struct Observation {
        /// The region's middle, in pixels.
        let x, y: Double
        let blur: LogCovariance
        /// The expected squared error of each of the three numbers.
        let variance: Double
    }

    /// What the field is at one place.
    struct Value {
        let blur: LogCovariance
        /// The expected squared error of each of its numbers.
        let variance: Double
    }

    /// τ: 0 where the blur is uniform.
    let variation: Double

    private let observations: [Observation]
    private let length: Double
    private let mean: SIMD3<Double>
    private let meanPrecision: Double
    private let factor: CholeskyFactor
    /// C⁻¹(y − μ).
    private let weights: [SIMD3<Double>]
    /// C⁻¹1.
    private let ones: [Double]

    /// - Parameters:
    ///   - observations: One at least.
    ///   - side: Of the regions, in pixels.
    ///   - spacing: Their distance from one another, in pixels.
    init(_ observations: [Observation], side: Double, spacing: Double) {
        var best = BlurField(observations, side: side, variation: 0, length: spacing)
        // The criterion's price of two parameters that are fitted to 3n numbers.
        var highest = best.likelihood + log(3 * Double(observations.count))
        for variation in [0.05, 0.1, 0.2, 0.4, 0.8] where observations.count > 3 {
            for length in [2, 4, 8].map({ $0 * spacing }) {
                let candidate = BlurField(observations, side: side, variation: variation, length: length)
                if candidate.likelihood > highest { (best, highest) = (candidate, candidate.likelihood) }
            }
        }
        self = best
    }

    private init(_ observations: [Observation], side: Double, variation: Double, length: Double) {
        self.observations = observations
        self.variation = variation
        self.length = length
        factor = CholeskyFactor(count: observations.count) { i, j in
            let (a, b) = (observations[i], observations[j])
            let shared = max(0, 1 - abs(a.x - b.x) / side) * max(0, 1 - abs(a.y - b.y) / side)
            return (a.variance * b.variance).squareRoot() * shared
                + variation * variation * Self.correlation(hypot(a.x - b.x, a.y - b.y), length)
        }
        ones = factor.solve([Double](repeating: 1, count: observations.count))
        meanPrecision = ones.reduce(0, +)
        mean = zip(ones, observations).reduce(SIMD3()) { $0 + $1.0 * $1.1.blur.numbers } / meanPrecision
        let residuals = observations.map { [mean] in $0.blur.numbers - mean }
        let solved = (0..<3).map { [factor] axis in factor.solve(residuals.map { $0[axis] }) }
        weights = observations.indices.map { SIMD3(solved[0][$0], solved[1][$0], solved[2][$0]) }
    }

    private static func correlation(_ distance: Double, _ length: Double) -> Double {
        exp(-distance * distance / (2 * length * length))
    }

    /// Logarithm of the restricted likelihood, up to a constant.
    private var likelihood: Double {
        let misfit = zip(weights, observations).reduce(0) { sum, pair in sum + (pair.0 * (pair.1.blur.numbers - mean)).sum() }
        return -0.5 * misfit - 1.5 * factor.logDeterminant - 1.5 * log(meanPrecision)
    }

    /// The field at a place, in pixels.
    func callAsFunction(x: Double, y: Double) -> Value {
        let covariances = observations.map { variation * variation * Self.correlation(hypot($0.x - x, $0.y - y), length) }
        let numbers = zip(covariances, weights).reduce(mean) { $0 + $1.0 * $1.1 }
        let explained = zip(covariances, factor.solve(covariances)).reduce(0) { $0 + $1.0 * $1.1 }
        let missing = 1 - zip(covariances, ones).reduce(0) { $0 + $1.0 * $1.1 }
        let variance = variation * variation - explained + missing * missing / meanPrecision
        return Value(blur: LogCovariance(numbers: numbers), variance: max(variance, 0))
    }
}

/// The Cholesky factor of a symmetric positive definite matrix.
private struct CholeskyFactor {
    private let count: Int
    /// The lower triangle, row by row in a square.
    private var rows: [Double]

    /// - Parameter element: The matrix, asked for j ≤ i. Its diagonal is raised by a millionth, so that rounding does no harm.
    init(count: Int, element: (Int, Int) -> Double) {
        self.count = count
        rows = [Double](repeating: 0, count: count * count)
        for i in 0..<count {
            for j in 0...i {
                var value = element(i, j) * (i == j ? 1 + 1e-6 : 1)
                for k in 0..<j { value -= rows[i * count + k] * rows[j * count + k] }
                rows[i * count + j] = i == j ? max(value, 1e-12).squareRoot() : value / rows[j * count + j]
            }
        }
    }

    var logDeterminant: Double { (0..<count).reduce(0) { $0 + 2 * log(rows[$1 * count + $1]) } }

    /// The matrix's inverse times a vector.
    func solve(_ vector: [Double]) -> [Double] {
        var x = vector
        for i in 0..<count {
            for k in 0..<i { x[i] -= rows[i * count + k] * x[k] }
            x[i] /= rows[i * count + i]
        }
        for i in (0..<count).reversed() {
            for k in i + 1..<count { x[i] -= rows[k * count + i] * x[k] }
            x[i] /= rows[i * count + i]
        }
        return x
    }
}
