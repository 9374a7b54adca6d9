import Foundation
import Pixels

/// Estimates the blur of a photo from place to place: small regions one by one, with any estimator, and a `BlurField` through them.
///
/// Regions overlap by half. Those of a large photo lie further apart, so that the cost of a map is bounded whatever the size of the photo.
public struct KernelMapEstimator {
    /// The smallest distance of regions in LR pixels. Estimators are trained on crops of about twice this side.
    static let smallestSpacing = 48
    /// The largest side of a region in LR pixels.
    static let largestRegion = 192
    /// The largest number of regions, twice that of long and narrow photos, about.
    static let mostRegions = 192.0
    /// Below this variance in px² the samples of a Gaussian are hardly more than a point, and its logarithm means nothing.
    static let smallestVariance = 0.1

    private let estimator: any KernelEstimator

    public init(_ estimator: any KernelEstimator) { self.estimator = estimator }

    /// - Parameters:
    ///   - lr: The photo in [0, 1], grey or RGB.
    ///   - scale: One of the estimator's.
    ///   - whole: The estimate from the whole photo. Where the photo does not show that its blur varies, it is everywhere in the map.
    ///   - progress: Called with the share that is done, 1 at the end. What it throws ends the work.
    /// - Throws: What the estimator and `progress` throw.
    public func callAsFunction(
        _ lr: Image, scale: Int, whole: KernelEstimate, progress: (Double) throws -> Void = { _ in }
    ) throws -> KernelMap {
        let (width, height) = (Double(lr.width), Double(lr.height))
        let spacing = max(
            Self.smallestSpacing, Int((width * height / Self.mostRegions).squareRoot()), Int((width + height) / Self.mostRegions))
        let side = min(2 * spacing, Self.largestRegion)
        let regions = Self.regions(width: lr.width, height: lr.height, side: side, spacing: spacing)
        let observations = regions.count > 1 ? try observe(regions, of: lr, scale: scale, progress: progress) : []
        let field = observations.isEmpty ? nil : BlurField(observations, side: Double(side), spacing: Double(spacing))
        let map = Self.map(lr, field, spacing: spacing, whole: whole)
        try progress(1)
        return map
    }

    private func observe(
        _ regions: [Rectangle], of lr: Image, scale: Int, progress: (Double) throws -> Void
    ) throws -> [BlurField.Observation] {
        try regions.enumerated().map { index, region in
            let estimate = try estimator.estimate(lr.cropped(region), scale: scale)
            try progress(Double(index + 1) / Double(regions.count))
            return BlurField.Observation(
                x: Double(region.x) + Double(region.width) / 2, y: Double(region.y) + Double(region.height) / 2,
                blur: estimate.logCovariance, variance: estimate.variance)
        }
    }

    private static func map(_ lr: Image, _ field: BlurField?, spacing: Int, whole: KernelEstimate) -> KernelMap {
        func count(_ length: Int) -> Int { max(1, Int((Double(length) / Double(spacing)).rounded())) }
        let (columns, rows) = (count(lr.width), count(lr.height))
        let uniform = BlurField.Value(blur: whole.logCovariance, variance: whole.variance)
        return KernelMap(width: lr.width, height: lr.height, columns: columns, rows: rows, kernelSize: whole.kernel.width) { x, y in
            let value = field.flatMap { $0.variation > 0 ? $0(x: x, y: y) : nil } ?? uniform
            // The standard deviations are exp(½ log Σ).
            return KernelMap.Cell(blur: value.blur.gaussian, error: min(0.5 * value.variance.squareRoot(), 1))
        }
    }

    /// Squares from edge to edge at even distances of at most `spacing`; where the photo is narrower they are, too.
    static func regions(width: Int, height: Int, side: Int, spacing: Int) -> [Rectangle] {
        func starts(_ length: Int) -> [Int] {
            let room = max(0, length - side)
            let steps = (room + spacing - 1) / spacing
            return (0...steps).map { steps == 0 ? 0 : (room * $0 + steps / 2) / steps }
        }
        return starts(height).flatMap { y in
            starts(width).map { Rectangle(x: $0, y: y, width: min(side, width), height: min(side, height)) }
        }
    }
}

extension KernelEstimate {
    /// The Gaussian that fits the kernel best.
    fileprivate var logCovariance: LogCovariance {
        let fit = GaussianParameters.fit(to: kernel)
        return LogCovariance(
            GaussianParameters(
                variance1: max(fit.variance1, KernelMapEstimator.smallestVariance),
                variance2: max(fit.variance2, KernelMapEstimator.smallestVariance), angle: fit.angle))
    }

    /// The expected squared error of each of the three numbers of the log-covariance.
    ///
    /// Changes (dm, dp, dq) of a Gaussian k that is not cut off change it by ‖dk‖² = ‖k‖² (dm²/2 + dp²/4 + dq²/4), and the expected kernel
    /// PSNR says how large ‖dk‖² is. An estimator that expects nothing of itself counts as one of 50 dB.
    fileprivate var variance: Double {
        let energy = kernel.values.reduce(0) { $0 + Double($1) * Double($1) }
        return Double(kernel.values.count) * pow(10, -(confidence?.expected ?? 50) / 10) / energy
    }
}
