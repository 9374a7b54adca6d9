import Pixels

/// What an estimator says of one photo.
public struct KernelEstimate: Sendable {
    public let kernel: BlurKernel
    /// The kernel PSNR in dB that the system predicts for this estimate; nil where it predicts none.
    public let confidence: Double?

    public init(kernel: BlurKernel, confidence: Double? = nil) {
        self.kernel = kernel
        self.confidence = confidence
    }
}

/// A system that looks at an LR photo and says which blur made it.
public protocol KernelEstimator {
    /// The scales that it is trained for.
    var scales: [Int] { get }

    /// - Parameters:
    ///   - lr: The photo in [0, 1], grey or RGB.
    ///   - scale: One of ``scales``.
    /// - Returns: The kernel on the HR grid, non-negative, with sum one.
    func estimate(_ lr: Image, scale: Int) throws -> KernelEstimate
}
