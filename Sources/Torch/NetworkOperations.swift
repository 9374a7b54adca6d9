import CTorch

/// What layers are made of. Images are N×C×H×W; weights have the layouts of PyTorch.
extension Tensor {
    /// Cross-correlation (what deep learning calls a convolution) with weights O×(C/groups)×k×k.
    public func correlated(
        with weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
    ) throws(TorchError) -> Tensor {
        try make(self, weight) { x, w, out in
            withOptionalHandle(bias) { ct_conv2d(x, w, $0, Int64(stride), Int64(padding), Int64(groups), out) }
        }
    }

    /// The transposed convolution with weights C×O×k×k.
    public func convolvedTransposed(with weight: Tensor, bias: Tensor? = nil, stride: Int) throws(TorchError) -> Tensor {
        try make(self, weight) { x, w, out in
            withOptionalHandle(bias) { ct_conv_transpose2d(x, w, $0, Int64(stride), out) }
        }
    }

    /// x · weightᵀ + bias, with weights O×I.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
        try make(self, weight) { x, w, out in withOptionalHandle(bias) { ct_linear(x, w, $0, out) } }
    }

    /// The largest of each size × size block; what does not fill a block is dropped.
    public func maxPooled(_ size: Int) throws(TorchError) -> Tensor { try make(self) { ct_max_pool2d($0, Int64(size), $1) } }

    public func relu() throws(TorchError) -> Tensor { try make(self, ct_relu) }
    /// x · Φ(x) (Hendrycks and Gimpel 2016).
    public func gelu() throws(TorchError) -> Tensor { try make(self, ct_gelu) }
    /// x where it is positive, `slope` · x elsewhere.
    public func leakyRelu(slope: Double) throws(TorchError) -> Tensor { try make(self) { ct_leaky_relu($0, slope, $1) } }
    public func sigmoid() throws(TorchError) -> Tensor { try make(self, ct_sigmoid) }
    public func tanh() throws(TorchError) -> Tensor { try make(self, ct_tanh) }
    public func softplus() throws(TorchError) -> Tensor { try make(self, ct_softplus) }
    public func softmax(_ dim: Int) throws(TorchError) -> Tensor { try make(self) { ct_softmax($0, Int64(dim), $1) } }

    /// weight · (x − mean)/√(variance + ε) + bias for each channel of N×C×H×W. While `training`, mean and variance are the batch's own, and the
    /// running ones move towards them by `momentum`; else they are the running ones.
    public func batchNormalized(
        weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool, momentum: Double, epsilon: Double
    ) throws(TorchError) -> Tensor {
        try make(self, weight) { x, weight, out in
            bias.withHandle { bias in
                runningMean.withHandle { mean in
                    runningVariance.withHandle { ct_batch_norm(x, weight, bias, mean, $0, training, momentum, epsilon, out) }
                }
            }
        }
    }

    /// Fourier transform of real values over the last two dimensions: H×W → H×(W/2+1), complex, unnormalised.
    public func fourierTransformed() throws(TorchError) -> Tensor { try make(self, ct_rfft2) }

    /// The inverse of ``fourierTransformed()`` to `height`×`width` real values, normalised by 1/(height·width).
    public func inverseFourierTransformed(height: Int, width: Int) throws(TorchError) -> Tensor {
        try make(self) { ct_irfft2($0, Int64(height), Int64(width), $1) }
    }
}
