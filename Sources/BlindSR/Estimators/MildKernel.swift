import Foundation

/// What is used where an estimator does not trust its own kernel.
extension KernelEstimate {
    /// Whether the kernel is to be used; true where the estimator expects nothing.
    ///
    /// It is not where its expected kernel PSNR is one that ``mild(scale:size:noise:)`` reaches in nine cases of ten. Above that it is the better choice:
    /// low expectations go with narrow kernels, for which the mild one is wrong by far.
    public func isTrusted(scale: Int) -> Bool {
        guard let confidence else { return true }
        return confidence.expected >= Self.mildConfidence(scale: scale, size: kernel.width).interval.lowerBound
    }

    /// A mild, round Gaussian of 1.5 HR px² that sharpens most photos a little and spoils none, with what is to be expected of it.
    ///
    /// - Parameters:
    ///   - scale: From 1 to 4.
    ///   - size: Side of the kernel's canvas; nil for the usual one of the scale.
    ///   - noise: What is known of the photo's noise, in 0…1.
    public static func mild(scale: Int, size: Int? = nil, noise: Double? = nil) -> KernelEstimate {
        let size = size ?? BlurKernel.defaultSize(scale: scale)
        return KernelEstimate(
            kernel: GaussianParameters(variance1: 1.5, variance2: 1.5, angle: 0).kernel(size: size),
            confidence: mildConfidence(scale: scale, size: size), noise: noise)
    }

    /// The median kernel PSNR of the mild kernel over the paper's Gaussians, and between which values eight of ten lie. A canvas with more
    /// empty pixels around the same kernels has a smaller mean of squared errors.
    private static func mildConfidence(scale: Int, size: Int) -> KernelConfidence {
        let usual: (expected: Double, least: Double, most: Double) =
            switch scale {
            case 1, 2: (42.6, 37, 48)
            case 3: (45.2, 40, 51)
            default: (48, 42, 54)
            }
        let more = 20 * log10(Double(size) / Double(BlurKernel.defaultSize(scale: scale)))
        return KernelConfidence(expected: usual.expected + more, interval: usual.least + more...usual.most + more)
    }
}
