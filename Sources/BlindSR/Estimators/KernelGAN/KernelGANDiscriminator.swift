import NeuralNetworks
import Torch

/// The patch discriminator of KernelGAN: 7×7, then 1×1 layers, so that each output judges 7×7 pixels.
///
///     x  = SN-Conv7(x)                                    N×3×H×W → N×64×(H−6)×(W−6), no activation
///     x  = ReLU(BatchNorm(SN-Conv1(x)))     five times
///     y  = Sigmoid(SN-Conv1(x))                           N×1×(H−6)×(W−6), 1 for a part of the photo
struct KernelGANDiscriminator {
    static let side = 7
    static let width = 64
    private static let blocks = 5

    /// A convolution whose weight is divided by its largest singular value (spectral normalisation, Miyato et al. 2018).
    private struct SpectralConvolution {
        let weight: Tensor
        let bias: Tensor
        /// Left and right singular vectors, as far as they are known: each pass in training takes one more step of the power method.
        let left: Tensor
        let right: Tensor

        init(
            _ parameters: Parameters.Scope, _ state: Parameters.Scope, _ inputs: Int, _ outputs: Int, side: Int = 1
        ) throws(TorchError) {
            let fan = inputs * side * side
            weight = try parameters.make("weight_orig", shape: [outputs, inputs, side, side], bound: 1 / Double(fan).squareRoot())
            bias = try parameters.make("bias", shape: [outputs], bound: 0)
            left = try state.make("weight_u", shape: [outputs], deviation: 1)
            right = try state.make("weight_v", shape: [fan], deviation: 1)
            for vector in [left, right] { try vector.copy(from: Self.unit(vector)) }
        }

        private static func unit(_ vector: Tensor) throws(TorchError) -> Tensor {
            try vector / vector.squared().sum().squareRoot().clamped(to: 1e-12...1e30)
        }

        func callAsFunction(_ x: Tensor, training: Bool) throws(TorchError) -> Tensor {
            let matrix = try weight.reshaped([weight.shape[0], -1])
            if training {
                try withoutGradients { () throws(TorchError) in
                    try right.copy(from: Self.unit(matrix.permuted([1, 0]).matrixProduct(left)))
                    try left.copy(from: Self.unit(matrix.matrixProduct(right)))
                }
            }
            // Copies, as the vectors change before the gradients are asked for.
            let norm = try (left.clone() * matrix.matrixProduct(right.clone())).sum()
            return try x.correlated(with: weight / norm, bias: bias)
        }
    }

    private struct BatchNorm {
        let weight: Tensor
        let bias: Tensor
        let mean: Tensor
        let variance: Tensor

        init(_ parameters: Parameters.Scope, _ state: Parameters.Scope, width: Int) throws(TorchError) {
            weight = try parameters.make("weight", shape: [width], deviation: 0.02)
            try weight.copy(from: weight + 1)
            bias = try parameters.make("bias", shape: [width], bound: 0)
            mean = try state.make("running_mean", shape: [width], bound: 0)
            variance = try state.make("running_var", shape: [width], bound: 0)
            try variance.copy(from: variance + 1)
        }

        func callAsFunction(_ x: Tensor, training: Bool) throws(TorchError) -> Tensor {
            try x.batchNormalized(
                weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: training, momentum: 0.1, epsilon: 1e-5)
        }
    }

    let parameters: Parameters
    /// What changes with each pass but is not learned.
    let state: Parameters
    private let first: SpectralConvolution
    private let blocks: [(convolution: SpectralConvolution, norm: BatchNorm)]
    private let last: SpectralConvolution

    init(seed: UInt64, device: Device) throws(TorchError) {
        let parameters = Parameters(seed: seed, device: device)
        let state = Parameters(seed: seed &+ 1, device: device)
        self.parameters = parameters
        self.state = state
        first = try SpectralConvolution(parameters / "first_layer", state / "first_layer", 3, Self.width, side: Self.side)
        blocks = try (0..<Self.blocks).map { (i) throws(TorchError) in
            let (convolution, norm) = ("\(3 * i)", "\(3 * i + 1)")
            return (
                try SpectralConvolution(
                    parameters / "feature_block" / convolution, state / "feature_block" / convolution, Self.width, Self.width),
                try BatchNorm(parameters / "feature_block" / norm, state / "feature_block" / norm, width: Self.width)
            )
        }
        last = try SpectralConvolution(parameters / "final_layer" / "0", state / "final_layer" / "0", Self.width, 1)
    }

    /// - Parameter training: Whether singular vectors and running statistics move on, and batches are normalised by their own statistics.
    func callAsFunction(_ x: Tensor, training: Bool) throws(TorchError) -> Tensor {
        var x = try first(x, training: training)
        for block in blocks { x = try block.norm(block.convolution(x, training: training), training: training).relu() }
        return try last(x, training: training).sigmoid()
    }
}
