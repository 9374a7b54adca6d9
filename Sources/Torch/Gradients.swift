import CTorch

extension Tensor {
    /// Marks a leaf as one that gradients are wanted of.
    public func requireGradient() throws(TorchError) { try check(withHandle { ct_require_gradient($0) }) }

    /// The same values, cut off from the graph of gradients.
    public func detached() throws(TorchError) -> Tensor { try make(self, ct_detach) }

    /// Gradients of this scalar, in the order of `inputs`. All of them must take part in it.
    ///
    /// - Parameter differentiable: Whether the gradients can be differentiated in turn; this scalar's graph then stays in memory with them.
    public func gradients(of inputs: [Tensor], differentiable: Bool = false) throws(TorchError) -> [Tensor] {
        var out = [OpaquePointer?](repeating: nil, count: inputs.count)
        try check(withHandle { loss in withHandles(inputs) { ct_gradients(loss, $0, $1, differentiable, &out) } })
        return out.map { Tensor(owning: $0!) }
    }

    /// Square root of the sum of all squares over a list, as a scalar tensor.
    public static func globalNorm(_ tensors: [Tensor]) throws(TorchError) -> Tensor {
        try make { out in withHandles(tensors) { ct_global_norm($0, $1, out) } }
    }

    /// Multiplies all in place by a scalar tensor.
    public static func scale(_ tensors: [Tensor], by factor: Tensor) throws(TorchError) {
        try check(withHandles(tensors) { list, count in factor.withHandle { ct_scale_all(list, count, $0) } })
    }

    /// targets += weight · (sources − targets), in place.
    public static func interpolate(_ targets: [Tensor], towards sources: [Tensor], weight: Double) throws(TorchError) {
        try check(withHandles(targets) { list, count in withHandles(sources) { sources, _ in ct_lerp_all(list, sources, count, weight) } })
    }

    /// One Adam step in place (Kingma and Ba 2015), fused over all parameters. `steps` are float32 scalars that it increments.
    public static func adamStep(
        parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], steps: [Tensor],
        rate: Double, beta1: Double, beta2: Double, epsilon: Double
    ) throws(TorchError) {
        try check(
            withHandles(parameters) { p, count in
                withHandles(gradients) { g, _ in
                    withHandles(firstMoments) { m, _ in
                        withHandles(secondMoments) { v, _ in
                            withHandles(steps) { s, _ in ct_adam(p, g, m, v, s, count, rate, beta1, beta2, epsilon) }
                        }
                    }
                }
            })
    }
}

/// Runs `body` on this thread without recording for gradients; the results may still be trained on later.
public func withoutGradients<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let previous = ct_set_gradients_enabled(false)
    defer { _ = ct_set_gradients_enabled(previous) }
    return try body()
}

/// Runs `body` on this thread in inference mode: faster than ``withoutGradients(_:)``, its tensors can never be trained on.
public func withInference<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let token = ct_inference_begin()
    defer { ct_inference_end(token) }
    return try body()
}
