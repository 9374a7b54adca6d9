import NeuralNetworks
import Torch

/// The networks of the first version, of conditional residual blocks:
///
///     f₁ = f₁ + a(r)·r,  r = Conv(LeakyReLU(Conv(f₁, f₂)))                   a: ``ChannelAttention``
///
/// Restorer: f₁ are features of the photo, f₂ the code on planes. Estimator: f₁ are features of the photo, f₂ those of the result.
struct DANv1: DAN.Pair {
    /// Of the activations below zero.
    static let slope = 0.2
    /// The attention's, which the authors fix.
    private static let reduction = 16

    private struct Block {
        let first: Convolution
        let second: Convolution
        let attention: ChannelAttention

        /// - Parameters:
        ///   - width: Channels of f₁, at least 16.
        ///   - condition: Channels of f₂.
        init(_ scope: Parameters.Scope, width: Int, condition: Int) throws(TorchError) {
            first = try Convolution(scope / "0", width + condition, width + condition)
            second = try Convolution(scope / "2", width + condition, width)
            attention = try ChannelAttention(scope / "3" / "body", width: width, reduction: reduction, slope: slope)
        }

        func callAsFunction(_ f1: Tensor, _ f2: Tensor) throws(TorchError) -> Tensor {
            let r = try second(first(.concatenate([f1, f2], dim: 1)).leakyRelu(slope: slope))
            return try r.multiplied(by: attention(r), adding: f1)
        }
    }

    private let head: Convolution
    private let body: [Block]
    private let headLR: Convolution
    private let headHR: Convolution
    private let estimatorBody: [Block]
    private let out: Convolution

    init(_ parameters: Parameters, _ configuration: DAN.Configuration) throws(TorchError) {
        let (width, scale) = (configuration.width, configuration.scale)
        let restorer = parameters / "Restorer"
        head = try Convolution(restorer / "head", 3, width)
        body = try (0..<configuration.blocks).map { (i) throws(TorchError) in
            try Block(restorer / "body" / "\(i)" / "body", width: width, condition: configuration.components)
        }

        let (half, estimator) = (configuration.estimatorWidth / 2, parameters / "Estimator")
        headLR = try Convolution(estimator / "head_LR", 3, half, size: 1)
        headHR = try Convolution(estimator / "head_HR", 3, half, size: 9, stride: scale)
        estimatorBody = try (0..<configuration.estimatorBlocks).map { (i) throws(TorchError) in
            try Block(estimator / "body" / "\(i)" / "body", width: half, condition: half)
        }
        out = try Convolution(estimator / "out", half, configuration.components)
    }

    func features(_ lr: Tensor, code: Tensor) throws(TorchError) -> Tensor {
        // The sums stay in float32, whatever the convolutions work in.
        var f = try head(lr.contiguous(channelsLast: true)).to(.float32)
        let (count, components) = (code.shape[0], code.shape[1])
        let planes = try code.reshaped([count, components, 1, 1]).expanded(
            to: [count, components, lr.shape[2], lr.shape[3]])
        for block in body { f = try block(f, planes) }
        return f
    }

    func estimated(_ sr: Tensor, _ lr: Tensor) throws(TorchError) -> Tensor {
        var f = try headLR(lr.contiguous(channelsLast: true))
        let result = try headHR(sr.contiguous(channelsLast: true))
        for block in estimatorBody { f = try block(f, result) }
        return try out(f).to(.float32).mean([2, 3])
    }
}
