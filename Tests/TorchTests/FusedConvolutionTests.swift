import NeuralNetworks
import Testing
import Torch

@Suite(.serialized) struct FusedConvolutionTests {
    private func image(_ shape: [Int], seed: Int = 1) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { Float(($0 * 31 + seed * 17) % 97) / 48 - 1 }, shape: shape)
    }

    /// Outside of inference one operation follows another: that is the reference.
    private func expectFusedEqualsPlain(_ operation: () throws -> Tensor, _ comment: Comment) throws {
        let plain = try operation()
        let fused = try withInference { try operation() }
        #expect(fused.shape == plain.shape, comment)
        #expect(try (fused - plain).abs().maximum().item() < 1e-5, comment)
    }

    @Test(arguments: [1, 2, 3], [true, false])
    func equalsOneOperationAfterAnother(batch: Int, bias: Bool) throws {
        for (inputs, outputs, size, stride, height, width) in [
            (3, 16, 3, 1, 13, 9), (16, 16, 3, 1, 8, 8), (5, 7, 2, 2, 11, 6), (2, 32, 1, 1, 1, 1),
        ] {
            let layer = try Convolution(Parameters(seed: 4) / "a", inputs, outputs, size: size, stride: stride, bias: bias)
            for channelsLast in [false, true] {
                let x = try image([batch, inputs, height, width]).contiguous(channelsLast: channelsLast)
                let other = try image(layer(x).shape, seed: 2)
                try expectFusedEqualsPlain({ try layer(x) }, "none: \(x.shape) → \(outputs)")
                try expectFusedEqualsPlain({ try layer(x, then: .relu) }, "relu: \(x.shape) → \(outputs)")
                try expectFusedEqualsPlain({ try layer(x, then: .add(other)) }, "add: \(x.shape) → \(outputs)")
            }
        }
    }

    /// One gain and shift for each channel of a single image fold into the weights; a batch is done one operation after another.
    @Test(arguments: [1, 2])
    func modulationEqualsOneOperationAfterAnother(batch: Int) throws {
        let layer = try Convolution(Parameters(seed: 4) / "a", 5, 16)
        let (x, other) = (try image([batch, 5, 13, 9]), try image([batch, 16, 13, 9], seed: 2))
        let (gain, shift) = (try image([batch, 16, 1, 1], seed: 3), try image([batch, 16, 1, 1], seed: 5))
        let reference = try layer(x) * gain + shift
        for (finish, expected) in [
            (ConvolutionFinish.none, reference), (.relu, try reference.relu()), (.add(other), try reference + other),
        ] {
            let plain = try layer.modulated(x, gain: gain, shift: shift, then: finish)
            #expect(try (plain - expected).abs().maximum().item() < 1e-5)
            try expectFusedEqualsPlain({ try layer.modulated(x, gain: gain, shift: shift, then: finish) }, "batch of \(batch)")
        }
    }

    @Test func aResidualBlockLeavesItsInputAlone() throws {
        let block = try ResidualBlock(Parameters(seed: 2) / "a", width: 8)
        let x = try image([1, 8, 9, 5])
        let before = try x.floats()
        try expectFusedEqualsPlain({ try block(x) }, "residual block")
        #expect(try x.floats() == before)
    }

    @Test func otherShapesMayFollow() throws {
        let layer = try Convolution(Parameters(seed: 2) / "a", 8, 8)
        for shape in [[1, 8, 9, 5], [2, 8, 64, 64], [1, 8, 9, 5], [1, 8, 1, 1]] {
            let x = try image(shape)
            try expectFusedEqualsPlain({ try layer(x) }, "\(shape)")
        }
    }

    /// Loading, optimizer steps and averages write to the weights that were packed before.
    @Test func aChangedWeightIsPackedAgain() throws {
        let (parameters, others) = (Parameters(seed: 1), Parameters(seed: 2))
        let layer = try Convolution(parameters / "a", 8, 8, bias: false)
        _ = try Convolution(others / "a", 8, 8, bias: false)
        let x = try image([1, 8, 9, 5])
        let average = try ExponentialMovingAverage(of: others, into: parameters, decay: 0.5)
        let adam = try Adam(parameters)
        var seen: [[Float]] = []
        func look(_ change: Comment) throws {
            try expectFusedEqualsPlain({ try layer(x) }, change)
            let now = try withInference { try layer(x).floats() }
            #expect(!seen.contains(now), change)
            seen.append(now)
        }
        try look("start")
        try parameters.tensors[0].copy(from: image([8, 8, 3, 3]))
        try look("copied")
        try withInference { try parameters.tensors[0].copy(from: image([8, 8, 3, 3], seed: 3)) }
        try look("copied in inference")
        try average.update(step: 1)
        try look("averaged")
        try parameters.requireGradients()
        try adam.step(layer(x).squared().mean().gradients(of: parameters.tensors), rate: 0.01)
        try look("an optimizer's step")
    }

    /// Double precision, recorded gradients and weights whose writes are not counted.
    @Test func otherCasesArePlain() throws {
        let x = try image([1, 4, 6, 6])
        let weight = try image([4, 4, 3, 3], seed: 2)
        let expected = try x.correlated(with: weight, padding: 1)
        func deviation(_ x: Tensor, _ weight: Tensor) throws -> Double {
            let filters = ConvolutionWeight(weight, stride: 1, padding: 1)
            return try (filters.correlated(x, bias: nil, finish: .none) - expected).abs().maximum().item()
        }
        #expect(try withInference { try deviation(x.to(.float64), weight.to(.float64)) } < 1e-5)
        #expect(try withInference { try deviation(x, weight.clone()) } < 1e-5)
        #expect(try withoutGradients { try deviation(x, weight) } < 1e-5)

        try weight.requireGradient()
        let filters = ConvolutionWeight(weight, stride: 1, padding: 1)
        let recorded = try filters.correlated(x, bias: nil, finish: .relu).mean().gradients(of: [weight])
        let reference = try x.correlated(with: weight, padding: 1).relu().mean().gradients(of: [weight])
        #expect(try recorded[0].floats() == reference[0].floats())
    }
}
