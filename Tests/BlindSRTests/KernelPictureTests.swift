import BlindSR
import Testing

struct KernelPictureTests {
    @Test func isLargeColouredAndBrightestAtTheCentre() {
        for size in [1, 11, 15, 21, 101] {
            let kernel = GaussianParameters(variance1: 2, variance2: 0.5, angle: 0.5).kernel(size: size)
            let image = KernelPicture(kernel).render()
            #expect(image.channels == 3 && image.width == image.height)
            #expect(image.width % size == 0 && (400...440).contains(image.width))
            #expect(image.samples.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func keepsTheKernelsProportions() {
        let kernel = GaussianParameters(variance1: 2, variance2: 0.5, angle: 0.5).kernel(size: 11).resizedCanvas(height: 7, width: 14)
        let image = KernelPicture(kernel).render()
        #expect(image.width == 14 * 31 && image.height == 7 * 31)
    }

    /// The ellipse lies along the kernel's long axis: its line is bright at one standard deviation on that axis.
    @Test func ellipseFollowsTheAngle() {
        let kernel = GaussianParameters(variance1: 9, variance2: 1, angle: 0).kernel(size: 21)
        let image = KernelPicture(kernel).render()
        let cell = image.width / 21
        let (centre, tip) = (21 * cell / 2, 21 * cell / 2 + 3 * cell)
        let onLine = (tip - 2...tip + 2).map { image[$0, centre - 3, 2] }.max() ?? 0
        let off = (tip - 2...tip + 2).map { image[centre - 3, $0, 2] }.max() ?? 1
        #expect(onLine > 0.9)
        #expect(off < 0.8)
    }
}
