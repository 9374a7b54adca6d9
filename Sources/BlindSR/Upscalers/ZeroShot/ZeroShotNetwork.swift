import Torch

/// The network of ZSSR and MZSR: eight 3×3 layers with ReLU between them, and the input is added to what comes out.
///
///     y = x + Conv(ReLU(Conv(… ReLU(Conv(x)) …)))       N×3×H×W → 64 channels → N×3×H×W
///
/// It is a function of its parameters, so that gradients can pass through steps that change them.
struct ZeroShotNetwork {
    static let depth = 8
    static let width = 64

    /// Inputs and outputs of layer `i`.
    static func channels(_ i: Int, width: Int = width) -> (inputs: Int, outputs: Int) {
        (i == 0 ? 3 : width, i == depth - 1 ? 3 : width)
    }

    private let filters: [ConvolutionWeight]
    private let biases: [Tensor]

    /// - Parameter biases: One for each filter, or none.
    init(filters: [Tensor], biases: [Tensor] = []) {
        self.filters = filters.map { ConvolutionWeight($0, stride: 1, padding: 1) }
        self.biases = biases
    }

    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let last = filters.count - 1
        var y = try x.contiguous(channelsLast: true)
        for (i, filter) in filters.enumerated() {
            y = try filter.correlated(y, bias: biases.isEmpty ? nil : biases[i], finish: i < last ? .relu : .none)
        }
        // Back from a reduced precision.
        return try x + y.to(x.dataType ?? .float32)
    }
}
