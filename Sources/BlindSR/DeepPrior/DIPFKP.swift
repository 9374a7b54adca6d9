import Pixels
import Torch

/// DIP-FKP (Liang et al. 2021): an untrained image network and the latent of a trained flow over Gaussian kernels are fitted together to one
/// photo. The kernel can only be one that the flow knows.
public final class DIPFKP: DeepPriorSystem {
    public let settings: DeepPriorSettings
    public let scales: [Int]
    private let flow: KernelFlow
    private let alignment: KernelAlignment

    var device: Device { flow.parameters.device }

    /// - Parameters:
    ///   - flow: A trained flow; its kernels say for which scale.
    ///   - settings: Iterations, image network and seed of the search.
    ///   - alignment: With `.authors` image and kernel stay on their grid.
    public init(_ flow: KernelFlow, settings: DeepPriorSettings = .init(), alignment: KernelAlignment = .degradation) {
        self.flow = flow
        scales = [flow.configuration.scale]
        self.settings = settings
        self.alignment = alignment
    }

    func makePrior(scale: Int) throws(TorchError) -> any KernelPrior {
        try FlowCode(flow, alignment: alignment, seed: settings.seed)
    }

    /// The search itself works on this library's grid.
    func aligned(_ image: Image, _ kernel: BlurKernel) -> (image: Image, kernel: BlurKernel) { (image, kernel) }
}
