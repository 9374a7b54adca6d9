import Testing
import Torch

@testable import NeuralNetworks

@Suite(.serialized) struct MuonTests {
    private func matrix(_ shape: [Int], seed: UInt64) throws -> Tensor {
        try Parameters(seed: seed).made("w", shape: shape)
    }

    /// All singular values come near 1: the smaller Gram matrix is near the identity, whatever the scale.
    @Test(arguments: [(6, 20), (20, 6), (9, 9)], [1e-4, 1, 1e4])
    func singularValuesBecomeOne(size: (Int, Int), scale: Double) throws {
        let u = try Muon.orthogonalized(matrix([size.0, size.1], seed: 2) * scale)
        #expect(u.shape == [size.0, size.1])
        let gram = try size.0 < size.1 ? u.matrixProduct(u.permuted([1, 0])) : u.permuted([1, 0]).matrixProduct(u)
        let side = min(size.0, size.1)
        let trace = try (0..<side).map { try gram.slice(0, $0..<$0 + 1).slice(1, $0..<$0 + 1).item() }.reduce(0, +)
        #expect(abs(trace / Double(side) - 0.9) < 0.35)
    }

    @Test func itFindsAMatrix() throws {
        let parameters = Parameters(seed: 1)
        let layer = try Linear(parameters / "hidden", 8, 12)
        let target = try matrix([12, 8], seed: 5)
        try parameters.requireGradients()
        let muon = try Muon(parameters) { $0.hasSuffix("weight") }
        func distance() throws -> Tensor { try (layer.weight - target).squared().sum() + layer.bias.squared().sum() }
        let before = try distance().item()
        for step in 0..<300 { try muon.step(distance().gradients(of: parameters.tensors), rate: 0.3 * (1 - Double(step) / 300)) }
        #expect(try distance().item() < 1e-2 * before)
    }

    /// Matrices carry a momentum, everything else Adam's moments.
    @Test func stateNamesAll() throws {
        let parameters = Parameters(seed: 1)
        _ = try Linear(parameters / "hidden", 4, 4)
        let names = try Muon(parameters) { $0.hasSuffix("weight") }.state.map(\.name)
        #expect(names.sorted() == ["adam.first.hidden.bias", "adam.second.hidden.bias", "adam.steps.hidden.bias", "muon.hidden.weight"])
    }
}

extension Parameters {
    fileprivate func made(_ name: String, shape: [Int]) throws -> Tensor { try (self / name).make("weight", shape: shape, deviation: 1) }
}
