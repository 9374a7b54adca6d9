import Pixels
import Torch

extension Image {
    /// This image as 1×3×H×W; a grey image is repeated on the three channels.
    public func rgbTensor(device: Device = .cpu) throws(TorchError) -> Tensor {
        let planes = channels == 3 ? samples : samples + samples + samples
        return try Tensor(planes, shape: [1, 3, height, width], device: device)
    }

    /// An image from 1×C×H×W with C = 1 or 3. With `grey`, the channels are averaged into one.
    public init(_ tensor: Tensor, grey: Bool = false) throws(TorchError) {
        let source = grey ? try tensor.mean([1], keepingDimensions: true) : tensor
        let shape = source.shape
        precondition(shape.count == 4 && shape[0] == 1, "an image is one of N×C×H×W")
        self.init(width: shape[3], height: shape[2], channels: shape[1], samples: try source.floats())
    }
}
