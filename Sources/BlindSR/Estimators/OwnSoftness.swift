/// A photo is soft by itself, too: its lens, its focus, its camera's software. An estimator takes a part of that for the kernel's, and most
/// photos are softer than those that it learned from. With a kernel that is a little too narrow a result stays a little soft; with one that is
/// as much too wide it is worse by far (Documentation/experiments.md).
extension KernelEstimate {
    /// The kernel to restore with: a known one as it is, an estimated Gaussian with less variance.
    func restoringKernel(scale: Int) -> BlurKernel {
        let softness = softness(scale: scale)
        return softness == 0 ? kernel : GaussianParameters.fit(to: kernel).narrowed(by: softness).kernel(size: kernel.width)
    }

    /// The map to restore with, of the photo whose estimate this is.
    func restoringMap(_ map: KernelMap, scale: Int) -> KernelMap {
        let softness = softness(scale: scale)
        return KernelMap(
            width: map.width, height: map.height, columns: map.columns, rows: map.rows,
            cells: map.cells.map { .init(blur: $0.blur.narrowed(by: softness), error: $0.error) }, kernelSize: map.kernelSize)
    }

    /// The variance in HR px² that is the photo's own: an eightieth of a squared LR pixel, but none where the weights for photos without noise
    /// tell the sharpest details, up to ×2.
    private func softness(scale: Int) -> Double {
        let knowsNoNoise = noise == nil || isClean
        return confidence == nil || knowsNoNoise && scale <= 2 ? 0 : Double(scale * scale) / 80
    }
}

extension GaussianParameters {
    /// With eigenvalues that are smaller by `variance` in px², but not by more than half.
    fileprivate func narrowed(by variance: Double) -> GaussianParameters {
        GaussianParameters(
            variance1: max(variance1 - variance, variance1 / 2), variance2: max(variance2 - variance, variance2 / 2), angle: angle)
    }
}
