import NeuralNetworks
import Torch

/// The hyper-parameter network of USRNet: from the noise level and the scale to the α and β of every iteration.
///
/// Three fully connected layers, stored as 1×1 convolutions under the names of KAIR's `HyPaNet`.
struct HyPaNet {
    private let layers: [Convolution]
    private let iterations: Int

    init(_ scope: Parameters.Scope, width: Int, iterations: Int) throws(TorchError) {
        layers = [
            try Convolution(scope / "mlp" / "0", 2, width, size: 1),
            try Convolution(scope / "mlp" / "2", width, width, size: 1),
            try Convolution(scope / "mlp" / "4", width, 2 * iterations, size: 1),
        ]
        self.iterations = iterations
    }

    /// - Parameters:
    ///   - sigma: Standard deviation of the noise for images in 0…1, N×1×1×1.
    ///   - scale: The enlargement factor.
    /// - Returns: The weight α of each data step and the noise level β of each prior, positive, N×iterations×1×1 each.
    func callAsFunction(sigma: Tensor, scale: Int) throws(TorchError) -> (alpha: Tensor, beta: Tensor) {
        let scales = try Tensor.full(Double(scale), shape: sigma.shape, device: sigma.device)
        let hidden = try layers[1](layers[0](Tensor.concatenate([sigma, scales], dim: 1), then: .relu), then: .relu)
        let both = try layers[2](hidden).softplus() + 1e-6
        return (try both.slice(1, 0..<iterations), try both.slice(1, iterations..<2 * iterations))
    }
}
