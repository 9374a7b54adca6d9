import Foundation

/// The Gaussian whose samples, scaled to the kernel's sum, lie nearest to the kernel in the sense of least squares.
///
/// The moments of a sampled narrow Gaussian are not its parameters (a variance of 0.2 px² reads 0.14), the least-squares fit returns
/// them. It is found by the Levenberg–Marquardt method over the centre and the Cholesky factor of the inverse covariance. Every
/// kernel has a result; eigenvalues are held between 0.01 px² and a quarter of the squared longer side, at most 1000 px².
public struct GaussianFit: Sendable, Equatable {
    /// `variance1 ≥ variance2`, the angle in [0, π), 0 for round kernels.
    public let parameters: GaussianParameters
    /// Column of the Gaussian's mean, in pixels from the first column's centre.
    public let centreX: Double
    /// Row of the Gaussian's mean, in pixels from the first row's centre.
    public let centreY: Double

    /// Fits `kernel`.
    public init(_ kernel: BlurKernel) {
        let sum = kernel.sum
        let solver = GaussianSolver(
            target: kernel.values.map { sum > 0 ? Double($0) / sum : 0 }, height: kernel.height, width: kernel.width)
        let solution = solver.solve()

        let covariance = solution.covariance
        let side = Double(max(kernel.height, kernel.width))
        let largest = min(max(side * side / 4, 1), GaussianParameters.variances.upperBound)
        let half = (covariance.xx + covariance.yy) / 2
        let radius = hypot((covariance.xx - covariance.yy) / 2, covariance.xy)
        func held(_ variance: Double) -> Double { min(max(variance, GaussianParameters.variances.lowerBound), largest) }
        let first = held(half + radius)
        let second = held(covariance.determinant / (half + radius))
        let isRound = first - second <= 1e-6 * first
        parameters =
            GaussianParameters(
                variance1: max(first, second), variance2: min(first, second),
                angle: isRound ? 0 : atan2(2 * covariance.xy, covariance.xx - covariance.yy) / 2
            ).canonical
        centreX = solution.centreX
        centreY = solution.centreY
    }
}
