import BlindSR
import Pixels

/// One image under one degradation, as the methods are given it and as they are judged.
public struct TestCase: Sendable {
    /// 8 bit, cropped to `scale` times the LR image's size.
    public let hr: Image
    /// 8 bit.
    public private(set) var lr: Image
    /// The kernel that made `lr` from `hr`, in true-convolution orientation.
    public let kernel: BlurKernel
    public let scale: Int
    /// What the degradation did at the border.
    public let border: Restoration.Border

    /// Degrades an image as the paper's protocol does: circular border, top-left pixel of every block, rounded to 8 bit.
    ///
    /// - Parameter hr: At least `scale` pixels a side; what is no multiple of the scale is cut off at the right and the bottom.
    init(degrading hr: Image, by kernel: BlurKernel, scale: Int) throws {
        self.hr = hr.cropped(toMultipleOf: scale)
        lr = try self.hr.degraded(by: kernel, scale: scale).rounded8Bit()
        self.kernel = kernel
        self.scale = scale
        border = .circular
    }

    /// An LR image that came with its HR image and its kernel.
    init(hr: Image, lr: Image, kernel: BlurKernel, scale: Int) {
        self.hr = hr
        self.lr = lr
        self.kernel = kernel
        self.scale = scale
        border = .extend
    }

    /// The same with an LR image that was degraded further.
    func replacing(lr: Image) -> TestCase {
        var test = self
        test.lr = lr
        return test
    }

    /// A photo of which nothing is known: it stands for its own HR image, and its kernel is a point.
    init(photo: Image, scale: Int) {
        hr = photo
        lr = photo
        kernel = GaussianParameters(variance1: 0.01, variance2: 0.01, angle: 0).kernel(size: BlurKernel.defaultSize(scale: scale))
        self.scale = scale
        border = .extend
    }
}
