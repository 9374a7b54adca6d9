import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct WienerNetTests {
    private static func small(scale: Int) -> WienerNet.Configuration { .init(scale: scale, width: 6, blocks: 2) }

    /// A network whose every part takes part: a new one adds nothing.
    private func network(scale: Int, seed: UInt64 = 3) throws -> WienerNet {
        let network = try WienerNet(Self.small(scale: scale), seed: seed)
        for (i, tensor) in network.parameters.tensors.enumerated() where try tensor.abs().maximum().item() == 0 {
            try tensor.copy(from: (Seeded.tensor(tensor.shape, seed: UInt64(i)).to(.float32) - 0.5) * 0.2)
        }
        return network
    }

    private func conditions(_ count: Int, confidence: Double = 60) throws -> WienerNet.Conditions {
        WienerNet.Conditions(
            kernel: try Seeded.kernels([count, 1, 5, 5], seed: 2).to(.float32), sigma: try .full(0.01, shape: [count, 1]),
            confidence: try .full(confidence, shape: [count, 1]))
    }

    /// A new network is the filter and its data step, both for the noise of 8 bit: exp(−7) and what the kernel's code steers is nothing yet.
    @Test(arguments: 1...4)
    func aNewNetworkIsLinear(scale: Int) throws {
        let lr = try Tensor(Seeded.picture(width: 12, height: 10).samples, shape: [1, 3, 10, 12])
        let kernel = try Seeded.kernels([1, 1, 5, 5], seed: 2).to(.float32)
        let conditions = WienerNet.Conditions(
            kernel: kernel, sigma: try .full(0, shape: [1, 1]), confidence: try .full(80, shape: [1, 1]))
        let blur = try CircularBlur(kernel: kernel, height: 10 * scale, width: 12 * scale, scale: scale)
        func filtered(_ y: Tensor) throws -> Tensor {
            try WienerFilter(blur)(y, noise: .full(exp(-7), shape: [1, 1])).reshaped([1, 3, 10 * scale, 12 * scale])
        }
        let y = try lr - 0.45
        let x = try filtered(y)
        let expected = try x + filtered(y - blur.degraded(x)) + 0.45
        let result = try WienerNet(Self.small(scale: scale))(lr, conditions)
        #expect(try (result - expected).abs().maximum().item() < 1e-5)
    }

    @Test(arguments: 1...4, [(9, 7), (8, 10)])
    func shapesAndGradients(scale: Int, low: (height: Int, width: Int)) throws {
        let network = try network(scale: scale)
        try network.parameters.requireGradients()
        let lr = try Seeded.tensor([2, 3, low.height, low.width], seed: 1).to(.float32)
        let result = try network(lr, conditions(2))
        #expect(result.shape == [2, 3, low.height * scale, low.width * scale])
        for (name, gradient) in zip(network.parameters.names, try result.squared().mean().gradients(of: network.parameters.tensors)) {
            #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0, "\(name)")
        }
    }

    /// Under a circular border a shift by whole blocks shifts the result.
    @Test(arguments: 1...4)
    func aShiftedPhotoGivesAShiftedResult(scale: Int) throws {
        let network = try network(scale: scale)
        // The convolutions end in zeros at the border; what they see there is left out.
        let photo = Seeded.picture(width: 48, height: 40)
        let lr = try Tensor(photo.samples, shape: [1, 3, 40, 48])
        let plain = try network(lr, conditions(1)).rolled(by: [4 * scale, 8 * scale], dims: [-2, -1])
        let shifted = try network(lr.rolled(by: [4, 8], dims: [-2, -1]), conditions(1))
        let difference = try (shifted - plain).slice(2, 18 * scale..<26 * scale).slice(3, 20 * scale..<30 * scale)
        #expect(try difference.abs().maximum().item() < 0.02)
        #expect(try difference.squared().mean().item() < 1e-5)
    }

    /// Inference folds gains and shifts into weights and may work in bfloat16: 0.3/255 is what that may cost.
    @Test func inferenceEqualsTraining() throws {
        let network = try network(scale: 2)
        let lr = try Tensor(Seeded.picture(width: 40, height: 32).samples, shape: [1, 3, 32, 40])
        let trained = try network(lr, conditions(1))
        let inferred = try withInference { try network(lr, conditions(1)) }
        #expect(try (trained - inferred).abs().maximum().item() < 2.0 / 255)
        #expect(try (trained - inferred).squared().mean().squareRoot().item() < 0.3 / 255)
    }

    @Test func theConditionsMatter() throws {
        let network = try network(scale: 2)
        let lr = try Tensor(Seeded.picture(width: 40, height: 32).samples, shape: [1, 3, 32, 40])
        let known = try withInference { try network(lr, conditions(1, confidence: 80)) }
        let doubted = try withInference { try network(lr, conditions(1, confidence: 40)) }
        #expect(try (known - doubted).abs().maximum().item() > 1e-4)
    }

    @Test(arguments: [5, 11, 14, 41])
    func kernelsMayHaveAnySize(side: Int) throws {
        let kernel = try BlurKernel(
            height: side, width: side, values: Seeded.numbers(side * side, seed: 4).map(Float.init), normalize: true)
        let grey = Seeded.picture(width: 19, height: 23, channels: 1)
        let result = try network(scale: 3).upscale(grey, kernel: kernel, noise: 0.02, confidence: 45, scale: 3)
        #expect(result.channels == 1 && result.width == 57 && result.height == 69 && result.samples.allSatisfy(\.isFinite))
    }

    @Test func otherScalesAreRefused() throws {
        #expect(throws: UpscalingError.scale(3, supported: [2])) {
            try network(scale: 2).upscale(
                Image(width: 8, height: 8, channels: 3), kernel: GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 5),
                noise: 0, confidence: nil, scale: 3)
        }
    }

    /// A tile with its context gives what the whole photo gives.
    @Test(arguments: [1, 2, 4])
    func tiledEqualsWhole(scale: Int) throws {
        let network = try WienerNet(.fast(scale: scale), seed: 5)
        let photo = Seeded.picture(width: 150, height: 131)
        let kernel = GaussianParameters(variance1: 3, variance2: 1, angle: 0.5).kernel(size: 11)
        func restored(tile: Int) throws -> Image {
            try Restoration(upscaler: network, options: .init(tile: tile, noise: 2 / 255))(photo, kernel: kernel, scale: scale)
        }
        let deviation = Deviation(try restored(tile: 40).samples.map(Double.init), try restored(tile: 4096).samples.map(Double.init))
        #expect(deviation.maximum <= 1 / 255.0 && deviation.rootMeanSquare <= 3e-4)
    }
}
