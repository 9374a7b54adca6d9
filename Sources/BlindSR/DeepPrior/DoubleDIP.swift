import Pixels
import Torch

/// Double-DIP with the networks of SelfDeblur (Ren et al. 2020), extended to super-resolution as the paper of DIP-FKP compares itself with it:
/// an untrained image network and an untrained kernel network are fitted together to one photo. Nothing says what kernels look like.
public final class DoubleDIP: DeepPriorSystem {
    public let settings: DeepPriorSettings
    /// With kernels of 11, 15 and 19 pixels a side.
    public let scales = FKPKernels.scales
    let device: Device

    public init(settings: DeepPriorSettings = .init(), device: Device = .cpu) {
        self.settings = settings
        self.device = device
    }

    func makePrior(scale: Int) throws(TorchError) -> any KernelPrior {
        let size = FKPKernels(scale: scale).size
        return try KernelGenerator(height: size, width: size, seed: settings.seed, device: device)
    }

    /// A kernel off the middle and an image off it the other way explain a photo just as well: both are moved until the kernel's centre of mass is
    /// in the middle.
    func aligned(_ image: Image, _ kernel: BlurKernel) -> (image: Image, kernel: BlurKernel) {
        let values = kernel.values.map(Double.init)
        let centre = centreOfMass(values, columns: kernel.width)
        let (down, right) = (centre.row - Double(kernel.height / 2), centre.column - Double(kernel.width / 2))
        let moved = shifted(values, rows: kernel.height, columns: kernel.width, down: -down, right: -right, border: .zero)
            .map { max($0, 0) }
        let middle = try? BlurKernel(height: kernel.height, width: kernel.width, doubles: moved, normalize: true)
        return (image.shifted(down: down, right: right), middle ?? kernel)
    }
}

extension Image {
    /// Moved by parts of a pixel with a cubic spline; mirrored beyond the border.
    func shifted(down: Double, right: Double) -> Image {
        var result = self
        for channel in 0..<channels {
            let range = channel * height * width..<(channel + 1) * height * width
            let plane = BlindSR.shifted(
                samples[range].map(Double.init), rows: height, columns: width, down: down, right: right, border: .mirror)
            result.samples.replaceSubrange(range, with: plane.map(Float.init))
        }
        return result
    }
}
