import Foundation
import NeuralNetworks
import Testing
import Torch

@Suite(.serialized) struct NetworkTests {
    /// Minimises (w − 3)² and compares with Adam written out by hand.
    @Test func adamIsAdam() throws {
        let parameters = Parameters(seed: 1)
        let layer = try Linear(parameters / "a", 1, 1)
        try parameters.requireGradients()
        let adam = try Adam(parameters)
        var (weight, first, second) = (try layer.weight.item(), 0.0, 0.0)
        for step in 1...20 {
            let loss = try (layer.weight - 3).squared().sum() + layer.bias.squared().sum()
            try adam.step(loss.gradients(of: parameters.tensors), rate: 0.1)
            let gradient = 2 * (weight - 3)
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient * gradient
            weight -= 0.1 * (first / (1 - pow(0.9, Double(step)))) / ((second / (1 - pow(0.999, Double(step)))).squareRoot() + 1e-8)
            #expect(abs(try layer.weight.item() - weight) < 1e-4)
        }
    }

    /// Gradients of convolutions on channels-last input come in another memory layout than the weights.
    @Test func adamDoesNotMindTheLayoutOfGradients() throws {
        func trained(channelsLast: Bool) throws -> [Float] {
            let parameters = Parameters(seed: 3)
            let layer = try Convolution(parameters / "a", 16, 8)
            try parameters.requireGradients()
            let x = try Tensor((0..<16 * 64).map { Float($0 * 31 % 97) / 97 }, shape: [1, 16, 8, 8]).contiguous(channelsLast: channelsLast)
            let target = try Tensor((0..<8 * 64).map { Float($0 * 17 % 89) / 89 }, shape: [1, 8, 8, 8])
            let adam = try Adam(parameters)
            for _ in 0..<3 { try adam.step((layer(x) - target).squared().mean().gradients(of: parameters.tensors), rate: 0.01) }
            return try layer.weight.floats()
        }
        let (rows, channels) = (try trained(channelsLast: false), try trained(channelsLast: true))
        #expect(zip(rows, channels).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func clippingLimitsTheCommonNorm() throws {
        let gradients = [try Tensor([3, 0] as [Float], shape: [2]), try Tensor([4] as [Float], shape: [1])]
        try clip(gradients, toNorm: 10)
        #expect(try gradients[0].floats() == [3, 0])
        try clip(gradients, toNorm: 1)
        #expect(abs(try Tensor.globalNorm(gradients).item() - 1) < 1e-5)
    }

    @Test func theAverageFollowsTheNetwork() throws {
        let (source, target) = (Parameters(seed: 1), Parameters(seed: 2))
        let layer = try Linear(source / "a", 2, 2)
        let copy = try Linear(target / "a", 2, 2)
        let average = try ExponentialMovingAverage(of: source, into: target, decay: 0.5)
        #expect(try copy.weight.floats() == layer.weight.floats())
        try layer.weight.copy(from: Tensor.full(8, shape: [2, 2]))
        try copy.weight.copy(from: Tensor.full(4, shape: [2, 2]))
        try average.update(step: 1000)
        #expect(try copy.weight.floats() == [6, 6, 6, 6])
    }

    @Test func learningRates() {
        let cosine = LearningRate.cosine(peak: 1, warmUp: 10, floor: 0.1)
        #expect(cosine.rate(step: 0, of: 110) == 0.1 && cosine.rate(step: 10, of: 110) == 1)
        #expect(abs(cosine.rate(step: 60, of: 110) - 0.55) < 1e-9 && abs(cosine.rate(step: 110, of: 110) - 0.1) < 1e-9)
        let steps = LearningRate.steps(start: 1e-2, factor: 0.1, interval: 200_000)
        #expect(steps.rate(step: 199_999, of: 1) == 1e-2 && abs(steps.rate(step: 400_000, of: 1) - 1e-4) < 1e-12)
    }

    @Test func networksAreFunctionsOfTheirSeed() throws {
        func values(_ seed: UInt64) throws -> [Float] { try Convolution(Parameters(seed: seed) / "a", 3, 8).weight.floats() }
        #expect(try values(5) == values(5))
        #expect(try values(5) != values(6))
    }

    @Test func loadingIsStrict() throws {
        let parameters = Parameters(seed: 1)
        let layer = try Linear(parameters / "a", 2, 3)
        let before = try layer.weight.floats()
        let other = Parameters(seed: 2)
        _ = try Linear(other / "a", 2, 3)
        func file(_ tensors: NamedTensors) throws -> SafetensorsFile {
            let path = NSTemporaryDirectory() + "/strict-\(UUID().uuidString).safetensors"
            defer { try? FileManager.default.removeItem(atPath: path) }
            try SafetensorsFile.write(tensors, metadata: [:], to: path)
            return try SafetensorsFile(contentsOf: path)
        }
        let wide = try Tensor.zeros(shape: [3, 3])
        let broken = try Tensor([.nan, 0, 0] as [Float], shape: [3])
        let cases: [(NamedTensors, WeightError)] = [
            ([("a.weight", other.tensors[0])], .missing(key: "a.bias", file: "f")),
            (other.named + [("b", wide)], .unknown(key: "b", file: "f")),
            ([("a.weight", wide), ("a.bias", other.tensors[1])], .shape(key: "a.weight", expected: [3, 2], found: [3, 3], file: "f")),
            ([("a.weight", other.tensors[0]), ("a.bias", broken)], .notFinite(key: "a.bias", file: "f")),
        ]
        for (tensors, error) in cases {
            #expect(throws: error) { try parameters.load(file(tensors), fileName: "f") }
            #expect(try layer.weight.floats() == before)
        }
        try parameters.load(file(other.named), fileName: "f")
        #expect(try layer.weight.floats() == other.tensors[0].floats())
    }
}
