import NeuralNetworks
import Torch

/// What a blur kernel may be like, in a search that fits it together with an image.
protocol KernelPrior: AnyObject {
    /// What the search moves.
    var parameters: Parameters { get }
    /// The first iteration, from 1, that moves it: until then the image learns to be one.
    var firstMove: Int { get }
    /// The kernel, 1×1×n×n, in true-convolution orientation.
    func kernel() throws(TorchError) -> Tensor
    /// One step along the gradients; nil in an iteration in which it rests.
    func step(_ gradients: [Tensor]?) throws(TorchError)
}

/// Which grid the image of a search lies on.
public enum KernelAlignment: Sendable {
    /// This library's: the kernel is brought to its middle, and to sum one, before it blurs.
    case degradation
    /// The authors', (s − 1)/2 HR pixels off.
    case authors
}

/// The latent of a trained flow (DIP-FKP): searched on the sphere on which nearly all normal vectors lie.
final class FlowCode: KernelPrior {
    /// Step size of the latent.
    private static let rate = 0.5

    let parameters: Parameters
    /// The authors free the latent after the gradients of iteration 75 and the step of 76 were taken without it.
    let firstMove = 77
    private let flow: KernelFlow
    private let family: FKPKernels
    private let alignment: KernelAlignment
    private let code: Tensor
    private let adam: Adam

    /// - Parameter seed: Of the latent that the search begins with, a standard normal vector.
    init(_ flow: KernelFlow, alignment: KernelAlignment = .degradation, seed: UInt64) throws(TorchError) {
        self.flow = flow
        self.alignment = alignment
        family = FKPKernels(scale: flow.configuration.scale)
        parameters = Parameters(seed: seed, device: flow.parameters.device)
        code = try parameters.root.make("code", shape: [1, flow.latentCount], deviation: 1)
        try parameters.requireGradients()
        adam = try Adam(parameters)
    }

    /// The sums of a flow's kernels differ from one by some percent, by which the image would be too dark or too bright.
    func kernel() throws(TorchError) -> Tensor {
        let kernel = try flow.kernels(code)
        switch alignment {
        case .degradation:
            let centred = try family.centred(kernel)
            return try centred / centred.sum()
        case .authors: return try family.turned(kernel)
        }
    }

    /// After a step of Adam, or without one, the latent goes back to the norm n − 1.
    func step(_ gradients: [Tensor]?) throws(TorchError) {
        if let gradients { try adam.step(gradients, rate: Self.rate) }
        try withoutGradients { () throws(TorchError) in
            let norm = try (code.squared().sum() + 1e-9).squareRoot()
            try code.copy(from: code / norm * Double(family.size - 1))
        }
    }
}

/// An untrained fully connected network with a softmax (SelfDeblur, Ren et al. 2020): positive values with sum one, nothing more.
///
///     noise 200 → Linear → ReLU6 → Linear → softmax → n²
final class KernelGenerator: KernelPrior {
    private static let inputs = 200
    private static let rate = 1e-4

    let parameters: Parameters
    let firstMove = 1
    private let shape: [Int]
    private let noise: Tensor
    private let first: Linear
    private let second: Linear
    private let adam: Adam

    /// - Parameters:
    ///   - height: Rows of the kernel.
    ///   - width: Its columns.
    ///   - seed: Of the parameters and the noise.
    init(height: Int, width: Int, hidden: Int = 1000, seed: UInt64 = 0, device: Device = .cpu) throws(TorchError) {
        shape = [1, 1, height, width]
        parameters = Parameters(seed: seed, device: device)
        first = try Linear(parameters / "1", Self.inputs, hidden)
        second = try Linear(parameters / "3", hidden, height * width)
        noise = try .searchNoise(shape: [Self.inputs], seed: seed, stream: 1, device: device)
        try parameters.requireGradients()
        adam = try Adam(parameters)
    }

    /// The values for a vector of noise, or for each row of a batch.
    func values(_ noise: Tensor) throws(TorchError) -> Tensor { try second(hidden(noise)).softmax(-1) }

    func hidden(_ noise: Tensor) throws(TorchError) -> Tensor { try first(noise).clamped(to: 0...6) }

    /// The authors correlate with it.
    func kernel() throws(TorchError) -> Tensor { try values(noise).reshaped(shape).flipped([-2, -1]) }

    func step(_ gradients: [Tensor]?) throws(TorchError) {
        if let gradients { try adam.step(gradients, rate: Self.rate) }
    }
}

extension Tensor {
    /// What an untrained network makes its image or kernel from: uniform in [0, 0.1).
    static func searchNoise(shape: [Int], seed: UInt64, stream: UInt32 = 0, device: Device) throws(TorchError) -> Tensor {
        var random = CounterRandom(seed: seed, index: 0, stream: stream)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.uniform() / 10) }, shape: shape, device: device)
    }
}
