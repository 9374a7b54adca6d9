import NeuralNetworks
import Torch

/// The deep linear generator of KernelGAN (Bell-Kligler, Shocher, Irani, NeurIPS 2019): six layers without bias or activation.
///
/// It is one correlation of 13×13 with stride 2, and it is computed as that: the same values and gradients at a small part of the cost.
struct KernelGANGenerator {
    /// Sides of the layers' kernels.
    static let sides = [7, 5, 3, 1, 1, 1]
    static let width = 64
    /// Side of the one kernel that they make together.
    static let kernelSize = sides.reduce(1) { $0 + $1 - 1 }
    static let scale = 2

    let parameters: Parameters

    init(seed: UInt64, device: Device) throws(TorchError) {
        parameters = Parameters(seed: seed, device: device)
        for (i, side) in Self.sides.enumerated() {
            let (inputs, outputs) = (i == 0 ? 1 : Self.width, i == Self.sides.count - 1 ? 1 : Self.width)
            let place =
                switch i {
                case 0: parameters / "first_layer"
                case Self.sides.count - 1: parameters / "final_layer"
                default: parameters / "feature_block" / "\(i - 1)"
                }
            // Glorot's normal start with the gain 0.1.
            let deviation = 0.1 * (2 / Double((inputs + outputs) * side * side)).squareRoot()
            _ = try place.make("weight", shape: [outputs, inputs, side, side], deviation: deviation)
        }
    }

    /// The response of all layers to a single one, 1×1×13×13: the kernel of ``kernel()`` upside down.
    func response() throws(TorchError) -> Tensor {
        var x = try Tensor.full(1, shape: [1, 1, 1, 1], device: parameters.device)
        for (i, weight) in parameters.tensors.enumerated() {
            x = try x.correlated(with: weight, padding: i == 0 ? Self.kernelSize - 1 : 0)
        }
        return x
    }

    /// The kernel with which the generator correlates, 1×1×13×13.
    func kernel() throws(TorchError) -> Tensor { try response().flipped([2, 3]) }

    /// 1×3×H×W to 1×3×h×w with h = ⌊(H − 13)/2⌋ + 1, each colour alone, by ``kernel()``.
    static func shrunk(_ x: Tensor, kernel: Tensor) throws(TorchError) -> Tensor {
        try x.permuted([1, 0, 2, 3]).correlated(with: kernel, stride: scale).permuted([1, 0, 2, 3])
    }
}
