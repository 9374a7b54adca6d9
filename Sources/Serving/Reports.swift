import BlindSR

/// A kernel in numbers for people and for the page.
struct KernelReport: Sendable, Encodable {
    enum Source: String, Sendable, Encodable {
        case estimated, chosen
        /// A mild kernel in the place of an estimate that is not to be trusted.
        case fallback
    }

    /// In dB: what is expected of the kernel's PSNR, and where it lies in eight cases of ten.
    struct Confidence: Sendable, Encodable {
        let expected, low, high: Double
    }

    let source: Source
    /// The side of the kernel.
    let size: Int
    /// Row by row, sum one.
    let values: [Float]
    /// Variances of the Gaussian that fits best, in px² of the result, the larger one first.
    let variance1, variance2: Double
    /// Degrees from the x axis (right) towards the y axis (down), of the larger variance's axis.
    let angle: Double
    let confidence: Confidence?
    /// Why the mild kernel was taken, as part of a sentence.
    let doubt: String?

    init(_ kernel: BlurKernel, source: Source, confidence: KernelConfidence? = nil, doubt: String? = nil) {
        let fit = GaussianParameters.fit(to: kernel)
        self.source = source
        size = kernel.width
        values = kernel.values
        variance1 = fit.variance1
        variance2 = fit.variance2
        angle = fit.degrees
        self.confidence = confidence.map {
            Confidence(expected: $0.expected, low: $0.interval.lowerBound, high: $0.interval.upperBound)
        }
        self.doubt = doubt
    }
}

/// What the picture of a blur map needs as its legend.
struct MapReport: Sendable, Encodable {
    /// Whether the photo does not show that its blur varies.
    let uniform: Bool
    let columns, rows: Int
    /// The smallest and the largest standard deviation, in px of the result.
    let smallest, largest: Double
    /// How many pixels of the picture stand for one of the blur.
    let magnification: Double

    init(_ map: KernelMap, magnification: Double) {
        uniform = map.isUniform
        columns = map.columns
        rows = map.rows
        smallest = map.deviations.lowerBound
        largest = map.deviations.upperBound
        self.magnification = magnification
    }
}
