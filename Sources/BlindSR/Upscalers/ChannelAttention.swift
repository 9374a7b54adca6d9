import NeuralNetworks
import Torch

/// One weight in 0…1 for each channel of an image, from the means of all channels (Zhang et al. 2018, §3.3): the attention of RCAN and DAN.
///
///     a = Sigmoid(Conv1×1(LeakyReLU(Conv1×1(GlobalAvgPool(x)))))             N×w×h×w → N×w×1×1
struct ChannelAttention {
    private let squeeze: Convolution
    private let excite: Convolution
    private let slope: Double

    /// - Parameters:
    ///   - reduction: How many times fewer channels there are between the two layers, which are called 0 and 2.
    ///   - slope: Of the activation between them below zero.
    init(_ scope: Parameters.Scope, width: Int, reduction: Int, slope: Double) throws(TorchError) {
        squeeze = try Convolution(scope / "0", width, width / reduction, size: 1)
        excite = try Convolution(scope / "2", width / reduction, width, size: 1)
        self.slope = slope
    }

    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try excite(squeeze(x.mean([2, 3], keepingDimensions: true)).leakyRelu(slope: slope)).sigmoid()
    }
}
