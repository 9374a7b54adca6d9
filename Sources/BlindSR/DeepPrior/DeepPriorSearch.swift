import Foundation
import NeuralNetworks
import Pixels
import Torch

/// The search that DIP-FKP and Double-DIP share (Liang et al. 2021, §4.1): an image network and a kernel are fitted together until the image,
/// blurred and decimated as in Eq. (1), is the LR photo. Nothing is trained before.
final class DeepPriorSearch {
    /// How far the degraded image is from the photo.
    enum Loss {
        /// 1 − SSIM: brings the image on its way faster.
        case similarity
        case squaredError
    }

    /// What one iteration began with.
    struct State {
        let loss: Tensor
        let image: Tensor
        let kernel: Tensor
    }

    /// Iterations with ``Loss/similarity`` at the start.
    private static let similarityIterations = 80
    /// Step size of the image network.
    private static let rate = 5e-3

    let network: SkipNetwork
    let prior: any KernelPrior
    private let lr: Tensor
    private let noise: Tensor
    private let scale: Int
    private let adam: Adam
    private let isFast: Bool

    /// - Parameters:
    ///   - lr: 1×3×h×w in 0…1.
    ///   - noise: What the network makes the image from, 1×C×H×W, at least sh×sw large; the image is the top left part.
    ///   - isFast: Whether the image network works in bfloat16 where the CPU is faster with it.
    init(
        lr: Tensor, noise: Tensor, scale: Int, network: SkipNetwork, prior: any KernelPrior, isFast: Bool = false
    ) throws(TorchError) {
        self.isFast = isFast
        self.lr = lr
        self.noise = noise
        self.scale = scale
        self.network = network
        self.prior = prior
        try network.parameters.requireGradients()
        adam = try Adam(network.parameters)
    }

    /// Iteration `index`, from 1, as the authors schedule it.
    func step(_ index: Int) throws(TorchError) -> State {
        try step(index <= Self.similarityIterations ? .similarity : .squaredError, movesKernel: index >= prior.firstMove)
    }

    /// One step of Adam for the image network and, unless it rests, for the kernel.
    func step(_ loss: Loss, movesKernel: Bool) throws(TorchError) -> State {
        let state = try forward(loss, kernelLearns: movesKernel)
        let inputs = network.parameters.tensors
        let gradients = try state.loss.gradients(of: inputs + (movesKernel ? prior.parameters.tensors : []))
        try adam.step(Array(gradients.prefix(inputs.count)), rate: Self.rate)
        try prior.step(movesKernel ? Array(gradients.dropFirst(inputs.count)) : nil)
        return state
    }

    func forward(_ loss: Loss, kernelLearns: Bool) throws(TorchError) -> State {
        let size = lr.shape
        let canvas = try network(noise, isFast: isFast)
        let image = try canvas.slice(2, 0..<size[2] * scale).slice(3, 0..<size[3] * scale)
        let kernel = try kernelLearns ? prior.kernel() : withoutGradients { () throws(TorchError) in try prior.kernel() }
        let estimate = try degraded(image, by: kernel)
        let distance =
            switch loss {
            case .similarity: try -estimate.structuralSimilarity(to: lr) + 1
            case .squaredError: try (estimate - lr).squared().mean()
            }
        return State(loss: distance, image: image, kernel: kernel)
    }

    func degraded(_ image: Tensor, by kernel: Tensor) throws(TorchError) -> Tensor {
        try CircularBlur(kernel: kernel, height: image.shape[2], width: image.shape[3], scale: scale).degraded(image)
    }
}

extension Tensor {
    /// Mean SSIM (Wang et al. 2004) of N×C×H×W in 0…1 as a loss: Gaussian window of 11 pixels and σ = 1.5, zeros beyond the border. Its
    /// variances are small differences of large numbers, so it is computed in double precision.
    func structuralSimilarity(to other: Tensor) throws(TorchError) -> Tensor {
        let (a, b) = (try to(.float64), try other.to(.float64))
        let weights = (-5...5).map { Foundation.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = weights.reduce(0, +)
        let line = try Tensor(weights.map { $0 / sum }, shape: [1, 1, 11, 1], device: device)
        let size = shape
        func local(_ x: Tensor) throws(TorchError) -> Tensor {
            try x.reshaped([size[0] * size[1], 1, size[2], size[3]]).padded(left: 5, right: 5, top: 5, bottom: 5, .zero)
                .correlated(with: line).correlated(with: line.reshaped([1, 1, 1, 11]))
        }
        let (mean, otherMean) = (try local(a), try local(b))
        let product = try mean * otherMean
        let squares = try mean.squared() + otherMean.squared()
        let covariance = try local(a * b) - product
        let variances = try local(a.squared()) + local(b.squared()) - squares
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        return try ((product * 2 + c1) * (covariance * 2 + c2) / ((squares + c1) * (variances + c2))).mean().to(.float32)
    }
}
