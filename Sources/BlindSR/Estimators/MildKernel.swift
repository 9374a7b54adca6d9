/// What is used where an estimator does not trust its own kernel.
extension KernelEstimate {
    /// Whether the kernel is to be used; true where the estimator expects nothing.
    ///
    /// It is not where its expected kernel PSNR is one that ``mild(scale:noise:)`` reaches in nine cases of ten. Above that it is the better choice:
    /// low expectations go with narrow kernels, for which the mild one is wrong by far.
    public func isTrusted(scale: Int) -> Bool {
        guard let confidence else { return true }
        return confidence.expected >= Self.mildConfidence(scale: scale).interval.lowerBound
    }

    /// A mild, round Gaussian of 1.5 HR px² that sharpens most photos a little and spoils none, with what is to be expected of it.
    ///
    /// - Parameters:
    ///   - scale: From 1 to 4; it decides the kernel's canvas.
    ///   - noise: What is known of the photo's noise, in 0…1.
    public static func mild(scale: Int, noise: Double? = nil) -> KernelEstimate {
        let kernel = GaussianParameters(variance1: 1.5, variance2: 1.5, angle: 0).kernel(size: BlurKernel.defaultSize(scale: scale))
        return KernelEstimate(kernel: kernel, confidence: mildConfidence(scale: scale), noise: noise)
    }

    /// The median kernel PSNR of the mild kernel over the paper's Gaussians, and between which values eight of ten lie.
    private static func mildConfidence(scale: Int) -> KernelConfidence {
        switch scale {
        case 1, 2: KernelConfidence(expected: 42.6, interval: 37...48)
        case 3: KernelConfidence(expected: 45.2, interval: 40...51)
        default: KernelConfidence(expected: 48, interval: 42...54)
        }
    }
}
