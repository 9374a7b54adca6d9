import Torch

/// The gain of PyTorch's default start.
public let defaultGain = (1.0 / 3).squareRoot()

/// The gain that keeps the variance through a layer and its ReLU (He et al. 2015).
public let reluGain = 2.0.squareRoot()

/// A two-dimensional convolution layer (a cross-correlation, as everywhere in deep learning): N×I×H×W → N×O×H'×W'.
///
/// Weights start uniform with variance gain²/(fan in): by default PyTorch's choice, gain 1/√3.
public struct Convolution {
    private let filters: ConvolutionWeight
    public let bias: Tensor?

    /// - Parameter size: The kernel's side. `padding` defaults to what keeps the size at stride 1 with an odd side.
    public init(
        _ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int, size: Int = 3, stride: Int = 1, padding: Int? = nil, bias: Bool = true,
        gain: Double = defaultGain
    ) throws(TorchError) {
        let fan = Double(inputs * size * size)
        let weight = try scope.make("weight", shape: [outputs, inputs, size, size], bound: gain * (3 / fan).squareRoot())
        filters = ConvolutionWeight(weight, stride: stride, padding: padding ?? size / 2)
        self.bias = bias ? try scope.make("bias", shape: [outputs], bound: 1 / fan.squareRoot()) : nil
    }

    public var weight: Tensor { filters.tensor }

    /// - Parameter finish: What follows; in inference on the CPU it costs next to nothing here.
    public func callAsFunction(_ x: Tensor, then finish: ConvolutionFinish = .none) throws(TorchError) -> Tensor {
        try filters.correlated(x, bias: bias, finish: finish)
    }

    /// gain · Conv(x) + shift, N×O×1×1 each, then `finish`; the layer has a bias.
    public func modulated(_ x: Tensor, gain: Tensor, shift: Tensor, then finish: ConvolutionFinish = .none) throws(TorchError) -> Tensor {
        try filters.correlated(x, bias: bias!, gain: gain, shift: shift, finish: finish)
    }
}

/// A transposed convolution without overlap: N×I×H×W → N×O×(s·H)×(s·W).
public struct TransposedConvolution {
    public let weight: Tensor
    let stride: Int

    public init(_ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int, stride: Int) throws(TorchError) {
        let bound = 1 / Double(outputs * stride * stride).squareRoot()
        weight = try scope.make("weight", shape: [inputs, outputs, stride, stride], bound: bound)
        self.stride = stride
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try x.convolvedTransposed(with: weight, stride: stride)
    }
}

/// A fully connected layer: N×I → N×O.
public struct Linear {
    public let weight: Tensor
    public let bias: Tensor

    public init(_ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int, gain: Double = defaultGain) throws(TorchError) {
        weight = try scope.make("weight", shape: [outputs, inputs], bound: gain * (3 / Double(inputs)).squareRoot())
        bias = try scope.make("bias", shape: [outputs], bound: 1 / Double(inputs).squareRoot())
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try x.linear(weight, bias: bias) }
}

/// x + Conv(ReLU(Conv(x))), both 3×3 at the same width, named `res.0` and `res.2` as in KAIR.
public struct ResidualBlock {
    let first: Convolution
    let second: Convolution

    public init(_ scope: Parameters.Scope, width: Int, bias: Bool = true, gain: Double = defaultGain) throws(TorchError) {
        first = try Convolution(scope / "res" / "0", width, width, bias: bias, gain: gain)
        second = try Convolution(scope / "res" / "2", width, width, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try second(first(x, then: .relu), then: .add(x)) }
}
