import NeuralNetworks
import Torch

/// The networks of the second version, of blocks in which two branches go on side by side and the second modulates the first:
///
///     m  = Conv(LeakyReLU(Conv(f₂)))
///     f₁ = f₁ + Conv(LeakyReLU(Conv(f₁)))·m;  f₂ = f₂ + m
///
/// A group of blocks returns twice what its last block gives: the authors' code adds the result to itself where the group's input was
/// meant, and their checkpoints are trained so.
struct DANv2: DAN.Pair {
    /// Conv(LeakyReLU(Conv(x))).
    private struct Branch {
        let first: Convolution
        let second: Convolution

        init(_ scope: Parameters.Scope, width: Int, size: Int) throws(TorchError) {
            first = try Convolution(scope / "0", width, width, size: size)
            second = try Convolution(scope / "2", width, width, size: size)
        }

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try second(first(x).leakyRelu(slope: DANv1.slope)) }
    }

    private struct Group {
        private let blocks: [(Branch, Branch)]

        /// - Parameter size: Side of the second branch's convolutions.
        init(_ scope: Parameters.Scope, width: Int, size: Int, blocks: Int) throws(TorchError) {
            self.blocks = try (0..<blocks).map { (i) throws(TorchError) in
                (
                    try Branch(scope / "body" / "\(i)" / "body1", width: width, size: 3),
                    try Branch(scope / "body" / "\(i)" / "body2", width: width, size: size)
                )
            }
        }

        func callAsFunction(_ f1: Tensor, _ f2: Tensor) throws(TorchError) -> (Tensor, Tensor) {
            var (f1, f2) = (f1, f2)
            for (image, condition) in blocks {
                let modulation = try condition(f2)
                f1 = try image(f1).multiplied(by: modulation, adding: f1)
                f2 = try f2 + modulation
            }
            return (try f1 * 2, try f2 * 2)
        }
    }

    private let head: Convolution
    private let codeHead: Convolution
    private let groups: [Group]
    private let headLR: Convolution
    private let headHR: Convolution
    private let estimatorBody: Group
    private let pooling: Convolution
    private let values: Convolution

    init(_ parameters: Parameters, _ configuration: DAN.Configuration) throws(TorchError) {
        let (width, scale) = (configuration.width, configuration.scale)
        let restorer = parameters / "Restorer"
        head = try Convolution(restorer / "head1", 3, width)
        codeHead = try Convolution(restorer / "head2", configuration.components, width, size: 1)
        groups = try (0..<configuration.groups).map { (i) throws(TorchError) in
            try Group(restorer / "body" / "\(i)", width: width, size: 1, blocks: configuration.blocks)
        }

        let (half, estimator) = (configuration.estimatorWidth / 2, parameters / "Estimator")
        headLR = try Convolution(estimator / "head_LR" / "0", 3, half, size: 5)
        headHR = try Convolution(estimator / "head_HR" / "0", 3, half, size: 4 * scale + 1, stride: scale)
        estimatorBody = try Group(estimator / "body", width: half, size: 3, blocks: configuration.estimatorBlocks)
        pooling = try Convolution(estimator / "tail" / "0", half, configuration.estimatorWidth)
        values = try Convolution(
            estimator / "tail" / "2", configuration.estimatorWidth, configuration.kernelSize * configuration.kernelSize, size: 1)
    }

    func features(_ lr: Tensor, code: Tensor) throws(TorchError) -> Tensor {
        // The sums stay in float32, whatever the convolutions work in.
        var f1 = try head(lr.contiguous(channelsLast: true)).to(.float32)
        var f2 = try codeHead(code.reshaped([code.shape[0], -1, 1, 1]))
        for group in groups { (f1, f2) = try group(f1, f2) }
        return f1
    }

    func estimated(_ sr: Tensor, _ lr: Tensor) throws(TorchError) -> Tensor {
        let (f, _) = try estimatorBody(headLR(lr.contiguous(channelsLast: true)), headHR(sr.contiguous(channelsLast: true)))
        let pooled = try pooling(f).mean([2, 3], keepingDimensions: true)
        return try values(pooled).to(.float32).reshaped([sr.shape[0], -1]).softmax(1)
    }
}
