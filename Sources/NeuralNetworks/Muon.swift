import Torch

/// Muon (Jordan et al. 2024) for the weight matrices between hidden layers, and Adam for everything else.
///
///     m = 0.95·m + g
///     w = w − rate · 0.2·√max(rows, columns) · orthogonal(g + 0.95·m)
///
/// All directions of a matrix then move at one pace, which Adam's per-element scaling cannot do; the factor makes the steps as long as
/// Adam's (Liu et al. 2025), so that both share a rate. A convolution's weight O×I×k×k is taken as the matrix O×(I·k²).
public final class Muon: Optimizer {
    private static let momentum = 0.95
    private let order: [(isMatrix: Bool, index: Int)]
    private let matrices: NamedTensors
    private let momenta: [Tensor]
    private let adam: Adam

    /// - Parameter isMatrix: Which parameters, by name, are matrices between hidden layers; the first and the last layer are not.
    public init(_ parameters: Parameters, isMatrix: (String) -> Bool) throws(TorchError) {
        var (matrices, others): (NamedTensors, NamedTensors) = ([], [])
        var order: [(isMatrix: Bool, index: Int)] = []
        for parameter in parameters.named {
            if isMatrix(parameter.name) {
                order.append((true, matrices.count))
                matrices.append(parameter)
            } else {
                order.append((false, others.count))
                others.append(parameter)
            }
        }
        self.order = order
        self.matrices = matrices
        momenta = try matrices.map { (_, tensor) throws(TorchError) in try .zeros(shape: tensor.shape, device: tensor.device) }
        adam = try Adam(others, beta2: 0.99)
    }

    public func step(_ gradients: [Tensor], rate: Double) throws(TorchError) {
        try adam.step(zip(order, gradients).compactMap { $0.isMatrix ? nil : $1 }, rate: rate)
        try withoutGradients { () throws(TorchError) in
            for (place, gradient) in zip(order, gradients) where place.isMatrix {
                let (weight, momentum) = (matrices[place.index].tensor, momenta[place.index])
                try momentum.copy(from: momentum * Self.momentum + gradient)
                let shape = weight.shape
                let direction = try (momentum * Self.momentum + gradient).reshaped([shape[0], -1])
                let length = 0.2 * Double(max(shape[0], weight.count / shape[0])).squareRoot()
                try weight.copy(from: weight - Self.orthogonalized(direction).reshaped(shape) * (rate * length))
            }
        }
    }

    /// Names start with `muon.` and `adam.`.
    public var state: NamedTensors { zip(matrices, momenta).map { ("muon.\($0.name)", $1) } + adam.state }

    /// The matrix with singular values near 1 in the place of its own, by five Newton–Schulz steps of the quintic of Jordan et al.
    static func orthogonalized(_ matrix: Tensor) throws(TorchError) -> Tensor {
        let isTall = matrix.shape[0] > matrix.shape[1]
        var x = try matrix / (matrix.squared().sum().squareRoot() + 1e-7)
        if isTall { x = try x.permuted([1, 0]) }
        for _ in 0..<5 {
            let square = try x.matrixProduct(x.permuted([1, 0]))
            x = try x * 3.4445 + (square * -4.7750 + square.matrixProduct(square) * 2.0315).matrixProduct(x)
        }
        return isTall ? try x.permuted([1, 0]) : x
    }
}
