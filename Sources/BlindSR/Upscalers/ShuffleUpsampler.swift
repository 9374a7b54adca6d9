import NeuralNetworks
import Torch

/// Enlargement by convolutions that make s² channels of one, which then become blocks of s × s pixels (Shi et al. 2016): one step at ×2 and
/// ×3, two steps of ×2 at ×4. N×w×h×w → N×w×(s·h)×(s·w). RCAN and DAN end with it.
struct ShuffleUpsampler {
    private let steps: [Convolution]
    private let factor: Int

    /// - Parameter scale: 2 to 4. The layers are called 0 and, at ×4, 2.
    init(_ scope: Parameters.Scope, width: Int, scale: Int) throws(TorchError) {
        let (factor, count) = scale == 4 ? (2, 2) : (scale, 1)
        self.factor = factor
        steps = try (0..<count).map { (i) throws(TorchError) in
            try Convolution(scope / "\(2 * i)", width, width * factor * factor)
        }
    }

    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        var x = x
        for step in steps { x = try step(x).unfoldedBlocks(scale: factor) }
        return x
    }
}
