import Foundation

/// The blurs of training samples. By itself the anisotropic Gaussians of the paper: both eigenvalues uniform and independent, the angle
/// uniform in [0, π).
public struct KernelDistribution: Sendable, Equatable, Codable {
    /// Covariance eigenvalues in HR px². The paper's "width in [0.2, 4.0]" means these.
    public let variances: ClosedRange<Double>
    /// Eigenvalues are low + (high − low)·uᵖ with u uniform and this p: 1 draws them uniformly, a larger one favours narrow blurs.
    public var power: Double { exponent ?? 1 }
    /// ``power`` where it is not 1: the paper's distribution is written as ever.
    private var exponent: Double?
    /// What is not Gaussian; nil where everything is.
    public let others: OtherBlurs?

    private enum CodingKeys: String, CodingKey {
        case variances, others
        case exponent = "power"
    }

    /// Blurs of other families, and the canvas that holds all of them.
    public struct OtherBlurs: Sendable, Equatable, Codable {
        /// The side of the kernels, which need more room than the paper's.
        public var size: Int
        /// The share of discs, and their radii in HR px.
        public var defocus: Double
        public var radii: ClosedRange<Double>
        /// The share of paths, their lengths in HR px, and by how much they turn at most, in radians.
        public var motion: Double
        public var lengths: ClosedRange<Double>
        public var bend: Double
        /// Variances in px² of the Gaussian that softens discs and paths.
        public var softness: ClosedRange<Double>
    }

    /// `variances` must lie inside `GaussianParameters.variances`.
    public init(variances: ClosedRange<Double> = 0.2...4.0, others: OtherBlurs? = nil) {
        precondition(
            GaussianParameters.variances.contains(variances.lowerBound) && GaussianParameters.variances.contains(variances.upperBound),
            "eigenvalues are out of range")
        self.variances = variances
        self.others = others
    }

    /// The blurs of photos at a scale from 1 to 4: 70 % Gaussians, 15 % discs, 15 % gentle motion. A lens blurs by so many pixels of the
    /// camera, so the blur in HR pixels grows with the scale: eigenvalues up to 4, 6, 9 and 12 px² on 13, 15, 19 and 21 pixels, which reach
    /// at least 2.8 standard deviations of the widest.
    public static func photo(scale: Int) -> KernelDistribution {
        precondition((1...4).contains(scale), "scales are 1 to 4")
        let widest = [4.0, 6, 9, 12][scale - 1]
        let deviation = widest.squareRoot()
        return KernelDistribution(
            variances: 0.2...widest,
            others: OtherBlurs(
                size: [13, 15, 19, 21][scale - 1], defocus: 0.15, radii: 0.5...1.25 * deviation, motion: 0.15, lengths: 1...3 * deviation,
                bend: 1, softness: 0.2...1))
    }

    /// The same blurs with narrow Gaussians more often; see ``power``.
    public func favouringNarrow(power: Double) -> KernelDistribution {
        precondition(power >= 1, "narrow blurs come at least as often as by themselves")
        var result = self
        result.exponent = power == 1 ? nil : power
        return result
    }

    /// The side of the kernels at a scale from 1 to 4: `BlurKernel.defaultSize` where all are Gaussians.
    public func size(scale: Int) -> Int { others?.size ?? BlurKernel.defaultSize(scale: scale) }

    /// One draw; three random numbers are used up where all are Gaussians.
    public func sample(using generator: inout some RandomNumberGenerator) -> BlurShape {
        guard let others else { return .gaussian(gaussian(using: &generator)) }
        let family = generator.uniform()
        if family < others.defocus {
            return .defocus(radius: generator.uniform(in: others.radii), variance: generator.uniform(in: others.softness))
        }
        guard family < others.defocus + others.motion else { return .gaussian(gaussian(using: &generator)) }
        return .motion(
            length: generator.uniform(in: others.lengths), bend: generator.uniform(in: -others.bend...others.bend),
            angle: generator.uniform() * .pi, variance: generator.uniform(in: others.softness))
    }

    /// One draw of its Gaussians; three random numbers are used up.
    public func gaussian(using generator: inout some RandomNumberGenerator) -> GaussianParameters {
        func variance() -> Double {
            let u = power == 1 ? generator.uniform() : pow(generator.uniform(), power)
            return min(variances.lowerBound + (variances.upperBound - variances.lowerBound) * u, variances.upperBound)
        }
        return GaussianParameters(variance1: variance(), variance2: variance(), angle: generator.uniform() * .pi)
    }
}
