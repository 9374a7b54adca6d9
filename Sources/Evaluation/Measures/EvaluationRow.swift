/// One cell of a table: what one method reached on one data set at one scale. Means are over all images and draws.
public struct EvaluationRow: Codable, Sendable, Equatable {
    public var dataset: String
    public var scale: Int
    public var method: String
    /// Number of images.
    public var images: Int
    /// Number of draws of each image; the largest, where images differ.
    public var draws: Int
    /// Number of items.
    public var count: Int
    public var psnrY: Double?
    public var ssimY: Double?
    public var psnrRGB: Double?
    /// Mean difference in PSNR-Y to the same upscaler with the true kernel, in dB, negative where the method is worse; for systems that are
    /// no pair, to the first method with the true kernel. Over the items that both have.
    public var gapToGT: Double?
    /// Distribution of PSNR-Y over items.
    public var psnrDistribution: Distribution?
    public var kernelPSNR: Distribution?
    /// How well the estimator knew its kernel PSNR; nil where it says nothing.
    public var confidence: ConfidenceQuality?
    /// Relative; its worst tenth is the mean of the largest.
    public var eigenvalueError: Distribution?
    /// Standard deviation over draws of the data set's mean PSNR-Y, in dB; nil for one draw.
    public var spreadOverDraws: Double?
    /// Median of seconds per million pixels of output.
    public var secondsPerMegapixel: Double
    /// Largest of all items, in bytes.
    public var peakMemory: UInt64?
}

/// Mean, median and the mean of the worst tenth of a measure.
public struct Distribution: Codable, Sendable, Equatable {
    public var mean: Double
    public var median: Double
    public var worstTenth: Double
}

/// How well predicted kernel PSNRs agree with the true ones.
public struct ConfidenceQuality: Codable, Sendable, Equatable {
    /// Spearman's, between the expected and the true; nil for fewer than two items or equal ones.
    public var rankCorrelation: Double?
    /// The share of items whose true kernel PSNR lies in the interval that was to hold eight of ten.
    public var coverage: Double
}

/// How much better one method is than another, image by image.
public struct PairedComparison: Codable, Sendable, Equatable {
    public var dataset: String
    public var scale: Int
    public var method: String
    /// What it is compared with.
    public var other: String
    /// Number of images that both have.
    public var images: Int
    /// Mean of PSNR-Y of `method` less that of `other`, in dB.
    public var difference: Double
    /// Half the width of its 95 % confidence interval over images (Student's t; the draws of one image count as one); nil for one image.
    public var halfWidth: Double?
}
