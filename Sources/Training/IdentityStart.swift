import NeuralNetworks
import Torch

extension Parameters {
    /// Makes a new network begin as nearest-neighbour enlargement: its first three channels carry red, green and blue through. On a CPU that
    /// saves the first minutes.
    ///
    /// - Parameter layers: The convolutions on the way by name, with the number of neighbouring output channels that each of the three
    ///   goes to (s² before a shuffle of blocks) and the gain.
    func startAsIdentity(_ layers: [(name: String, copies: Int, gain: Double)]) throws(TorchError) {
        for (name, tensor) in named {
            guard let layer = layers.first(where: { name.hasPrefix($0.name + ".") }) else { continue }
            let shape = tensor.shape
            let count = 3 * layer.copies
            var values = try tensor.floats()
            let row = values.count / shape[0]
            for i in 0..<count * row { values[i] *= 0.1 }
            if shape.count == 4 {
                let area = shape[2] * shape[3]
                for output in 0..<count { values[output * row + output / layer.copies * area + area / 2] += Float(layer.gain) }
            }
            try tensor.copy(from: Tensor(values, shape: shape, device: tensor.device))
        }
    }

    /// The layers of a ``ShuffleUpsampler``'s way through under a path: one step, at ×4 two of ×2.
    static func shuffleSteps(_ path: String, scale: Int) -> [(name: String, copies: Int, gain: Double)] {
        scale == 4 ? [("\(path).0", 4, 1), ("\(path).2", 4, 1)] : [("\(path).0", scale * scale, 1)]
    }
}
