/// The anisotropic Gaussian kernels of the paper's training: both eigenvalues uniform and independent, the angle uniform in [0, π).
public struct KernelDistribution: Sendable, Equatable, Codable {
    /// Covariance eigenvalues in HR px². The paper's "width in [0.2, 4.0]" means these.
    public let variances: ClosedRange<Double>

    /// `variances` must lie inside `GaussianParameters.variances`.
    public init(variances: ClosedRange<Double> = 0.2...4.0) {
        precondition(
            GaussianParameters.variances.contains(variances.lowerBound) && GaussianParameters.variances.contains(variances.upperBound),
            "eigenvalues are out of range")
        self.variances = variances
    }

    /// One draw; three random numbers are used up.
    public func sample(using generator: inout some RandomNumberGenerator) -> GaussianParameters {
        let variance1 = generator.uniform(in: variances)
        let variance2 = generator.uniform(in: variances)
        return GaussianParameters(variance1: variance1, variance2: variance2, angle: generator.uniform() * .pi)
    }
}
