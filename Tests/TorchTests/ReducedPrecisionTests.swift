import NeuralNetworks
import Testing
import Torch

@Suite(.serialized) struct ReducedPrecisionTests {
    private let device = Device.cpu

    private func image() throws -> Tensor {
        let values: [Float] = (0..<4 * 81).map { Float($0 * 31 % 97) / 48 - 1 }
        return try Tensor(values, shape: [1, 4, 9, 9])
    }

    /// Within the scope a convolution is near the exact one, and on a CPU with the instructions not equal to it; outside nothing is left of it.
    @Test func convolutionsAreNear() throws {
        let layer = try Convolution(Parameters(seed: 4) / "a", 4, 8)
        let x = try image()
        let exact = try layer(x)
        for infers in [false, true] {
            let reduced = try withReducedPrecision(on: device) { try infers ? withInference { try layer(x) } : layer(x) }.to(.float32)
            let difference = try (reduced - exact).abs().maximum().item()
            #expect(difference < 0.03)
            #expect((difference > 1e-5) == Engine.hasFastBFloat16)
            let after = try infers ? withInference { try layer(x) } : layer(x)
            #expect(after.dataType == .float32)
            #expect(try (after - exact).abs().maximum().item() < 1e-5)
        }
    }

    @Test func gradientsKeepTheParametersPrecision() throws {
        let parameters = Parameters(seed: 4)
        let layer = try Convolution(parameters / "a", 4, 8)
        try parameters.requireGradients()
        let exact = try layer(image()).squared().mean().gradients(of: parameters.tensors)
        let reduced = try withReducedPrecision(on: device) { try layer(image()) }.squared().mean().gradients(of: parameters.tensors)
        for (a, b) in zip(exact, reduced) {
            #expect(b.dataType == .float32)
            #expect(try (a - b).abs().maximum().item() < 0.03 * a.abs().maximum().item())
        }
    }

    @Test func itIsAChoice() throws {
        let layer = try Convolution(Parameters(seed: 4) / "a", 4, 8)
        let x = try image()
        #expect(try withReducedPrecision(false, on: device) { try layer(x) }.floats() == layer(x).floats())
    }
}
