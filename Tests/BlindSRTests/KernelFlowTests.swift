import Fixtures
import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct KernelFlowTests {
    /// The published weights, both ways: latents to kernels, kernels to latents, and the determinants.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func publishedWeightsEqualTheReference(scale: Int) throws {
        let file = try Fixture.conformance("fkp")
        let flow = try published(scale: scale)
        try withInference {
            let (logits, inverse) = try flow.logits(file.tensor("input.x\(scale).latent"))
            let given = try flow.logits(
                kernels: file.tensor("input.x\(scale).kernels"), noise: file.tensor("input.x\(scale).dequantisation"))
            let (latents, forward) = try flow.latents(given)
            let results = try [
                ("mid.x\(scale).before_sigmoid", logits), ("mid.x\(scale).inverse_logdet", inverse),
                ("output.x\(scale).kernel", flow.kernels(file.tensor("input.x\(scale).latent"))), ("mid.x\(scale).logit", given),
                ("mid.x\(scale).forward_logdet", forward), ("output.x\(scale).latent_of_kernels", latents),
                ("output.x\(scale).log_prob", flow.logProbability(given)), ("output.x\(scale).roundtrip", flow.logits(latents).logits),
            ]
            for (name, tensor) in results {
                let deviation = try Fixture.compare(tensor.floats(), to: file, name)
                let tolerance = try Fixture.tolerance(of: name, in: file)
                #expect(deviation.maximum <= (try #require(tolerance.absolute)), "\(name)")
                #expect(deviation.rootMeanSquare <= (try #require(tolerance.rootMeanSquare)), "\(name)")
            }
        }
    }

    @Test(arguments: [2, 4]) func isInvertedExactly(scale: Int) throws {
        let flow = try KernelFlow(.standard(scale: scale), seed: 3)
        let x = try Seeded.tensor([4, flow.latentCount], seed: 1).to(.float32)
        let (u, forward) = try flow.latents(x)
        let (back, inverse) = try flow.logits(u)
        #expect(try (back - x).abs().maximum().item() < 1e-5)
        #expect(try (forward + inverse).abs().maximum().item() < 1e-3)
    }

    /// What the determinant says is how a small box of inputs grows: along each variable in turn, for a small flow.
    @Test func determinantIsTheJacobians() throws {
        let flow = try KernelFlow(.init(kernelSize: 11, hidden: 4, blocks: 2), seed: 5)
        let x = try Seeded.tensor([1, 121], seed: 2).to(.float32)
        try x.requireGradient()
        let rows = try (0..<121).map { i in
            try flow.latents(x).latents.slice(1, i..<i + 1).sum().gradients(of: [x])[0].elements(as: Double.self)
        }
        #expect(abs(try flow.latents(x).logDeterminant.item() - logarithmicDeterminant(rows)) < 1e-3)
    }

    @Test func trainingMovesTheStatistics() throws {
        let flow = try KernelFlow(.init(kernelSize: 11, hidden: 4, blocks: 1))
        let before = try flow.parameters.buffers.first { $0.name == "net.1.running_mean" }!.tensor.floats()
        let x = try (Seeded.tensor([16, 121], seed: 2) + 3).to(.float32)
        _ = try flow.latents(x)
        #expect(try flow.parameters.buffers.first { $0.name == "net.1.running_mean" }!.tensor.floats() == before)
        let u = try flow.latents(x, training: true).latents
        #expect(try flow.parameters.buffers.first { $0.name == "net.1.running_mean" }!.tensor.mean().item() > 0.1)
        #expect(try u.mean([0]).abs().maximum().item() < 1e-4)
    }

    @Test func configurationsAreChecked() throws {
        let flow = try KernelFlow(.standard(scale: 3))
        let shapes = Dictionary(uniqueKeysWithValues: flow.parameters.named.map { ($0.name, $0.tensor.shape) })
        #expect(KernelFlow.Configuration(shapes: shapes) == .standard(scale: 3))
        #expect(flow.parameters.count >= flow.configuration.leastParameterCount)
        #expect(throws: ConfigurationError.self) { try KernelFlow.Configuration(kernelSize: 13, hidden: 4).check() }
        #expect(throws: ConfigurationError.self) { try KernelFlow.Configuration(kernelSize: 11, hidden: 0).check() }
    }

    private func published(scale: Int) throws -> KernelFlow {
        let flow = try KernelFlow(.standard(scale: scale))
        try flow.parameters.load(Fixture.referenceWeights("fkp_x\(scale)"), fileName: "fkp_x\(scale)")
        return flow
    }

    /// ln |det| by elimination with pivots.
    private func logarithmicDeterminant(_ matrix: [[Double]]) -> Double {
        var rows = matrix
        var sum = 0.0
        for i in rows.indices {
            let pivot = rows.indices[i...].max { abs(rows[$0][i]) < abs(rows[$1][i]) }!
            rows.swapAt(i, pivot)
            sum += log(abs(rows[i][i]))
            for j in rows.indices[(i + 1)...] {
                let factor = rows[j][i] / rows[i][i]
                for k in rows.indices { rows[j][k] -= factor * rows[i][k] }
            }
        }
        return sum
    }
}
