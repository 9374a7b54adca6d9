import BlindSR
import Pixels

extension EvaluationItem {
    /// Measures what a method made.
    ///
    /// - Parameters:
    ///   - kernel: The true kernel's name, where it has one.
    ///   - outcome: Its result is rounded to 8 bit.
    ///   - crop: Pixels that are cut off every side before images are compared.
    init(
        _ key: Key, _ test: TestCase, kernel: String?, _ outcome: Method.Outcome, crop: Int, seconds: Double,
        peakMemory: UInt64?
    ) {
        let estimate = outcome.estimate
        let (truth, found) = (BlurMeasure(test.kernel), estimate.map { BlurMeasure($0.kernel) })
        self.init(
            dataset: key.dataset, scale: key.scale, method: key.method, image: key.image, draw: key.draw, kernel: kernel,
            width: test.hr.width, height: test.hr.height, trueBlur: truth, estimatedBlur: found,
            psnrY: outcome.result.map { ImageQuality.psnrY($0, test.hr, crop: crop) },
            ssimY: outcome.result.map { ImageQuality.ssimY($0, test.hr, crop: crop) },
            psnrRGB: outcome.result.map { ImageQuality.psnrRGB($0, test.hr, crop: crop) },
            kernelPSNR: estimate.map { $0.kernel.kernelPSNR(to: test.kernel) }, confidence: estimate?.confidence?.expected,
            confidenceLow: estimate?.confidence?.interval.lowerBound, confidenceHigh: estimate?.confidence?.interval.upperBound,
            eigenvalueError: found.map { $0.error(from: truth) }, seconds: seconds, peakMemory: peakMemory)
    }
}

extension BlurMeasure {
    /// Of the Gaussian that fits a kernel best.
    init(_ kernel: BlurKernel) {
        let fit = GaussianParameters.fit(to: kernel)
        self.init(variance1: fit.variance1, variance2: fit.variance2, angle: fit.degrees)
    }

    /// Mean over the two eigenvalues of |this − truth| / truth.
    func error(from truth: BlurMeasure) -> Double {
        (abs(variance1 - truth.variance1) / truth.variance1 + abs(variance2 - truth.variance2) / truth.variance2) / 2
    }
}
