import CTorch

/// What follows a convolution and can be done in the same pass over its result.
public enum ConvolutionFinish {
    case none
    case relu
    /// A tensor of the result's shape is added.
    case add(Tensor)
}

/// The weight O×C×k×k of a convolution, and beside it the rearranged copy that the CPU's fastest convolution reads.
///
/// The copy is made at the first use for a shape of inputs and again when the weight has been written to since.
public final class ConvolutionWeight {
    public let tensor: Tensor
    private let stride: Int
    private let padding: Int
    private var packed: (tensor: Tensor, version: Int64, inputs: [Int], type: Int32)?

    public init(_ tensor: Tensor, stride: Int, padding: Int) {
        self.tensor = tensor
        self.stride = stride
        self.padding = padding
    }

    /// The cross-correlation of N×C×H×W with this weight, then `finish`. Where no gradients are recorded, on a CPU, all of it
    /// is one pass whose result has its channels innermost; elsewhere one operation follows another.
    public func correlated(_ x: Tensor, bias: Tensor?, finish: ConvolutionFinish) throws(TorchError) -> Tensor {
        if let packed = try packed(for: x) { return try fused(x, packed, bias: bias, finish: finish) }
        return try finished(x.correlated(with: tensor, bias: bias, stride: stride, padding: padding), finish)
    }

    /// gain · (correlation + bias) + shift, then `finish`, for N×C×H×W and a gain and a shift N×O×1×1. For one image, where no gradients are
    /// recorded, on a CPU, gain and shift become part of weight and bias, and all of it is one pass again.
    public func correlated(
        _ x: Tensor, bias: Tensor, gain: Tensor, shift: Tensor, finish: ConvolutionFinish
    ) throws(TorchError) -> Tensor {
        let inputs = x.shape
        if inputs[0] == 1, x.withHandle({ input in tensor.withHandle { ct_can_fuse(input, $0) } }) {
            let weight = try packedCopy(of: tensor * gain.reshaped([-1, 1, 1, 1]), inputs: inputs)
            return try fused(x, weight, bias: bias.multiplied(by: gain.reshaped([-1]), adding: shift.reshaped([-1])), finish: finish)
        }
        let result = try correlated(x, bias: bias, finish: .none).multiplied(by: gain, adding: shift)
        return try finished(result, finish)
    }

    private func finished(_ result: Tensor, _ finish: ConvolutionFinish) throws(TorchError) -> Tensor {
        switch finish {
        case .none: result
        case .relu: try result.relu()
        case .add(let other): try other + result
        }
    }

    private func packedCopy(of weight: Tensor, inputs: [Int]) throws(TorchError) -> Tensor {
        let dims = inputs.map(Int64.init)
        return try make(weight) { ct_pack_conv2d($0, dims, Int64(stride), Int64(padding), $1) }
    }

    /// Nil where the fused convolution cannot be used, or the weight be watched for changes.
    private func packed(for x: Tensor) throws(TorchError) -> Tensor? {
        let version = tensor.withHandle(ct_version)
        guard version >= 0, x.withHandle({ input in tensor.withHandle { ct_can_fuse(input, $0) } }) else { return nil }
        let (inputs, type) = (x.shape, ct_convolution_type())
        if let packed, packed.version == version, packed.inputs == inputs, packed.type == type { return packed.tensor }
        let made = try packedCopy(of: tensor, inputs: inputs)
        packed = (made, version, inputs, type)
        return made
    }

    private func fused(_ x: Tensor, _ packed: Tensor, bias: Tensor?, finish: ConvolutionFinish) throws(TorchError) -> Tensor {
        let (relu, residual): (Bool, Tensor?) =
            switch finish {
            case .none: (false, nil)
            case .relu: (true, nil)
            case .add(let other): (false, other)
            }
        return try make(x, packed) { x, weight, out in
            withOptionalHandle(bias) { bias in
                withOptionalHandle(residual) { ct_fused_conv2d(x, weight, bias, Int64(stride), Int64(padding), relu, $0, out) }
            }
        }
    }
}
