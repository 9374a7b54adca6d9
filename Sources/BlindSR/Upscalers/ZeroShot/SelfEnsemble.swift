import Torch

extension DihedralElement {
    /// The elements under which a kernel stays the same, within a twentieth of its weight: the ways to turn and flip a photo that leave its
    /// blur as it is. All eight for a round kernel, two for an oblique ellipse: with eight ZSSR loses 0.7 dB there (butterfly).
    static func symmetries(of kernel: BlurKernel) -> [DihedralElement] {
        guard kernel.height == kernel.width else { return [.identity] }
        return allCases.filter { element in
            let difference = zip(element.apply(to: kernel).values, kernel.values).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) }
            return difference <= 0.05 * kernel.sum
        }
    }

    /// The last two dimensions flipped or turned.
    func apply(to x: Tensor) throws(TorchError) -> Tensor {
        switch self {
        case .identity: x
        case .flippedHorizontally: try x.flipped([3])
        case .flippedVertically: try x.flipped([2])
        case .rotated180: try x.flipped([2, 3])
        case .transposed: try x.permuted([0, 1, 3, 2])
        case .rotated90: try x.permuted([0, 1, 3, 2]).flipped([3])
        case .rotated270: try x.permuted([0, 1, 3, 2]).flipped([2])
        case .antitransposed: try x.permuted([0, 1, 3, 2]).flipped([2, 3])
        }
    }
}

extension Tensor {
    /// The median of several tensors of one shape, element by element; of an even number the mean of the two in the middle.
    static func median(of tensors: [Tensor]) throws(TorchError) -> Tensor {
        guard tensors.count > 1 else { return tensors[0] }
        let shape = tensors[0].shape
        let stacked = try concatenate(tensors.map { (tensor) throws(TorchError) in try tensor.reshaped([-1, 1]) }, dim: 1)
        let sorted = try stacked.sorted(1)
        return try sorted.slice(1, (tensors.count - 1) / 2..<tensors.count / 2 + 1).mean([1]).reshaped(shape)
    }
}
