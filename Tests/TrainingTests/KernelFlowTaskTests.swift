import Fixtures
import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR
@testable import Training

@Suite(.serialized) struct KernelFlowTaskTests {
    @Test func samplesAreFunctionsOfSeedAndNumber() throws {
        func task() throws -> KernelFlowTask {
            var recipe = KernelFlowTask.Recipe.standard(scale: 2)
            recipe.network = .init(kernelSize: 11, hidden: 4, blocks: 2)
            return try KernelFlowTask(recipe, device: .cpu)
        }
        let (a, b) = (try task(), try task())
        #expect(try a.loss(100..<150).item() == b.loss(100..<150).item())
        #expect(try a.loss(0..<50).item() != b.loss(50..<100).item())
    }

    /// A short run, saved and resumed, is as far as one in a piece, running statistics included.
    @Test func resumesWithItsStatistics() throws {
        var recipe = KernelFlowTask.Recipe.standard(scale: 2)
        recipe.network = .init(kernelSize: 11, hidden: 4, blocks: 2)
        recipe.schedule.steps = 6
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("kenet-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: base) }
        func train(_ folder: String, resume: Bool = false, stopAt: Int? = nil) throws -> [[Float]] {
            let task = try KernelFlowTask(recipe, device: .cpu)
            let trainer = try Trainer(
                task, schedule: recipe.schedule, folder: RunFolder(path: "\(base)/\(folder)"), resume: resume, validationInterval: 6)
            var steps = 0
            _ = try trainer.run(
                shouldStop: {
                    steps += 1
                    return steps == stopAt
                }, report: { _ in })
            return try task.smoothed.named.map { try $0.tensor.floats() }
        }
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        let whole = try train("whole")
        _ = try train("parts", stopAt: 3)
        #expect(try train("parts", resume: true) == whole)
    }

    /// Held-out kernels are at least as likely under the shipped flows as under the published ones, which were trained with a tenth of the
    /// learning rate.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func shippedFlowsAreNearThePublished(scale: Int) throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let published = try Fixture.referenceWeights("fkp_x\(scale)")
        let shipped = try SafetensorsFile(contentsOf: package.appendingPathComponent("Weights/fkp-x\(scale).safetensors").path)
        let likelihoods = try [published, shipped].map { file in
            let flow = try KernelFlow(.standard(scale: scale))
            try flow.parameters.load(file, fileName: "fkp-x\(scale)")
            return try KernelFlowTask.logLikelihood(of: flow)
        }
        print(String(format: "×%d: published %.2f nats, shipped %.2f nats", scale, likelihoods[0], likelihoods[1]))
        #expect(likelihoods[1] > likelihoods[0] - 6)
    }
}
