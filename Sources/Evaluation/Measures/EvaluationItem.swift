/// What one method made of one image under one draw.
///
/// Images are compared as 8-bit images, PSNR in dB with peak 255. Measures that do not apply are nil: an estimator alone restores nothing,
/// a blind network estimates no kernel, the true kernel has no error.
public struct EvaluationItem: Codable, Sendable, Equatable {
    /// Which image, draw and method: no two items of a report share it.
    public struct Key: Codable, Sendable, Hashable {
        public var dataset: String
        public var scale: Int
        public var method: String
        public var image: String
        /// From 0.
        public var draw: Int
    }

    public var key: Key { Key(dataset: dataset, scale: scale, method: method, image: image, draw: draw) }

    public var dataset: String
    public var scale: Int
    public var method: String
    /// The image's name without extension.
    public var image: String
    /// From 0.
    public var draw: Int
    /// The true kernel's name, where kernels of a file were used.
    public var kernel: String?
    /// Size of the result in pixels.
    public var width: Int
    public var height: Int
    /// The true blur as the Gaussian that fits it.
    public var trueBlur: BlurMeasure?
    /// The estimated blur likewise.
    public var estimatedBlur: BlurMeasure?
    /// On BT.601 luma.
    public var psnrY: Double?
    public var ssimY: Double?
    public var psnrRGB: Double?
    /// dB, peak 1, sum-to-one kernels as they are.
    public var kernelPSNR: Double?
    /// The kernel PSNR in dB that the estimator itself predicted.
    public var confidence: Double?
    /// Where it expected the kernel PSNR in eight cases of ten, in dB.
    public var confidenceLow: Double?
    public var confidenceHigh: Double?
    /// Mean over the two covariance eigenvalues of |estimated − true| / true.
    public var eigenvalueError: Double?
    /// Estimation and restoration, without reading and measuring.
    public var seconds: Double
    /// The process's largest resident memory while the method ran, in bytes; nil where the system does not tell.
    public var peakMemory: UInt64?
}

/// A blur in three numbers.
public struct BlurMeasure: Codable, Sendable, Equatable {
    /// Covariance eigenvalues in HR px², the larger first.
    public var variance1: Double
    public var variance2: Double
    /// Of the first one's axis in degrees, 0 to 180; x right, y down.
    public var angle: Double
}
