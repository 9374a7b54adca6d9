/// What KernelGAN makes of the kernel that its generator has learned, and how such kernels become those of this library.
extension BlurKernel {
    /// Without the small values: three quarters of the value that `count` others exceed are taken away from all, what is negative then becomes
    /// zero, and the sum one.
    func withoutNegligibleValues(count: Int = 40) -> BlurKernel {
        let floor = 0.75 * Double(values.sorted()[values.count - 1 - count])
        let clipped = values.map { max(Double($0) - floor, 0) }
        let sum = clipped.reduce(0, +)
        return BlurKernel(height: height, width: width, unchecked: clipped.map { Float($0 / sum) })
    }

    /// The kernel of two shrinkings by two of which each has this kernel, which makes one by four ("analytic kernel"); half of this kernel's side
    /// is cut off all around, and the sum is one. For a square.
    func analyticForTwiceTheScale() -> BlurKernel {
        let (size, crop) = (width, width / 2)
        let large = 3 * size - 2
        var sums = [Double](repeating: 0, count: large * large)
        for row in 0..<size {
            for column in 0..<size {
                let factor = Double(self[row, column])
                for y in 0..<size {
                    for x in 0..<size { sums[(2 * row + y) * large + 2 * column + x] += factor * Double(self[y, x]) }
                }
            }
        }
        let kept = (crop..<large - crop).flatMap { y in sums[y * large + crop..<(y + 1) * large - crop] }
        let sum = kept.reduce(0, +)
        return BlurKernel(height: large - 2 * crop, width: large - 2 * crop, unchecked: kept.map { Float($0 / sum) })
    }

    /// KernelGAN's kernel as one of this library.
    ///
    /// Theirs belongs to a correlation and has its centre of mass where shrinking leaves a resizer's grid, half of s − 1 beside the middle. Ours
    /// belongs to a convolution and is centred: no photo tells where its grid lies.
    ///
    /// - Parameters:
    ///   - correlation: Square, of any side.
    ///   - size: The side of the result; what lies beyond is cut off. Values are non-negative and their sum is one.
    /// - Throws: ``BlurKernelError`` where nothing of it is positive.
    init(kernelGAN correlation: BlurKernel, size: Int) throws(BlurKernelError) {
        let turned = correlation.withOddSides.rotated180.padded(by: 2)
        let centre = turned.centreOfMass
        let centred = turned.shifted(
            rows: Double(turned.height / 2) - centre.row, columns: Double(turned.width / 2) - centre.column
        ).resizedCanvas(to: size)
        try self.init(height: size, width: size, values: centred.values.map { max($0, 0) }, normalize: true)
    }
}
