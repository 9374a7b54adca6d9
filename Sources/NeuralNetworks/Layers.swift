import Torch

/// A two-dimensional convolution layer (a cross-correlation, as everywhere in deep learning): N×I×H×W → N×O×H'×W'.
///
/// Initialised like PyTorch's default: uniform within ±1/√(fan in).
public struct Convolution {
    public let weight: Tensor
    public let bias: Tensor?
    let stride: Int
    let padding: Int

    /// - Parameter size: The kernel's side. `padding` defaults to what keeps the size at stride 1 with an odd side.
    public init(
        _ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int, size: Int = 3, stride: Int = 1, padding: Int? = nil, bias: Bool = true
    ) throws(TorchError) {
        let bound = 1 / Double(inputs * size * size).squareRoot()
        weight = try scope.make("weight", shape: [outputs, inputs, size, size], bound: bound)
        self.bias = bias ? try scope.make("bias", shape: [outputs], bound: bound) : nil
        self.stride = stride
        self.padding = padding ?? size / 2
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        try x.correlated(with: weight, bias: bias, stride: stride, padding: padding)
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

    public init(_ scope: Parameters.Scope, _ inputs: Int, _ outputs: Int) throws(TorchError) {
        let bound = 1 / Double(inputs).squareRoot()
        weight = try scope.make("weight", shape: [outputs, inputs], bound: bound)
        bias = try scope.make("bias", shape: [outputs], bound: bound)
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try x.linear(weight, bias: bias) }
}

/// x + Conv(ReLU(Conv(x))), both 3×3 at the same width, named `res.0` and `res.2` as in KAIR.
public struct ResidualBlock {
    let first: Convolution
    let second: Convolution

    public init(_ scope: Parameters.Scope, width: Int, bias: Bool = true) throws(TorchError) {
        first = try Convolution(scope / "res" / "0", width, width, bias: bias)
        second = try Convolution(scope / "res" / "2", width, width, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try x + second(first(x).relu()) }
}
