import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct TrainerTests {
    private func train(
        _ recipe: KENetTask.Recipe, _ pack: TrainingPack, in folder: String, resume: Bool = false, until stop: Int = .max
    ) throws -> KENetTask {
        let task = try KENetTask(recipe, pack: pack, device: .cpu)
        let trainer = try Trainer(task, schedule: recipe.schedule, folder: RunFolder(path: folder), resume: resume, validationInterval: 2)
        var step = 0
        _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
        return task
    }

    @Test func aResumedRunGivesTheWeightsOfAnUnbrokenOne() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let recipe = KENetTask.Recipe.miniature()
        let whole = try train(recipe, pack, in: folder.path + "/whole")
        let first = try train(recipe, pack, in: folder.path + "/broken", until: 4)
        let second = try train(recipe, pack, in: folder.path + "/broken", resume: true)
        #expect(try bits(whole.parameters) == bits(second.parameters))
        #expect(try bits(whole.smoothed) == bits(second.smoothed))
        #expect(try bits(first.parameters) != bits(second.parameters))
        let logs = try ["whole", "broken"].map { try RunFolder(path: folder.path + "/" + $0).entries() }
        #expect(logs[0].map(\.step) == [2, 4, 6] && logs[1].map(\.step) == [2, 4, 6])
        #expect(logs[0].map(\.scores) == logs[1].map(\.scores))
    }

    @Test func usrNetResumesToo() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        var recipe = USRNetTask.Recipe.tiny
        recipe.network = .init(iterations: 2, hyperWidth: 4, widths: [4, 4, 4, 4], blocks: 1)
        recipe.side = 24
        recipe.schedule = Schedule(steps: 4, batch: 2, learningRate: .cosine(peak: 1e-3, warmUp: 1, floor: 0.1))
        func run(_ name: String, resume: Bool, until stop: Int) throws -> USRNetTask {
            let task = try USRNetTask(recipe, pack: pack, device: .cpu)
            let trainer = try Trainer(
                task, schedule: recipe.schedule, folder: RunFolder(path: folder.path + name), resume: resume, validationInterval: 2)
            var step = 0
            _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
            return task
        }
        let whole = try run("/a", resume: false, until: .max)
        _ = try run("/b", resume: false, until: 2)
        let resumed = try run("/b", resume: true, until: .max)
        #expect(try bits(whole.parameters) == bits(resumed.parameters))
    }

    @Test func trainingLowersTheLoss() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        var recipe = KENetTask.Recipe.miniature(steps: 60)
        recipe.width = 4
        recipe.schedule.learningRate = .cosine(peak: 3e-3, warmUp: 5, floor: 0.1)
        _ = try train(recipe, pack, in: folder.path + "/run")
        let losses = try RunFolder(path: folder.path + "/run").entries().map(\.loss)
        let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
        #expect(last < 0.8 * first)
    }

    @Test func aRunIsNotOverwrittenAndOthersCheckpointsAreRefused() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let path = folder.path + "/run"
        #expect(throws: TrainingError.nothingToResume(path: path)) { try train(.miniature(), pack, in: path, resume: true) }
        _ = try train(.miniature(steps: 2), pack, in: path)
        #expect(throws: TrainingError.runExists(path: path)) { try train(.miniature(), pack, in: path) }
        let error = #expect(throws: TrainingError.self) { try train(.miniature(loss: .l1), pack, in: path, resume: true) }
        #expect(try #require(error).description.contains("another training"))
    }

    @Test func theWeightFileMakesTheNetworkAgain() throws {
        let folder = try TemporaryFolder()
        let task = try train(.miniature(steps: 2), folder.pack(), in: folder.path + "/run")
        let file = try SafetensorsFile(contentsOf: RunFolder(path: folder.path + "/run").weights)
        #expect(file.metadata["system"] == "kenet" && file.metadata["scales"] == "[2]")
        #expect(try file.floats(task.smoothed.names[0]) == task.smoothed.tensors[0].floats())
        let curve = try String(contentsOfFile: RunFolder(path: folder.path + "/run").curve, encoding: .utf8)
        #expect(curve.hasPrefix("<svg") && curve.contains("kernelPSNR"))
    }

    /// Where a step ruins the parameters, the last checkpoint before it stays.
    @Test func aRuinedNetworkIsNotSaved() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let path = folder.path + "/run"
        _ = try train(.miniature(), pack, in: path, until: 2)
        let checkpoint = try Data(contentsOf: URL(fileURLWithPath: RunFolder(path: path).checkpoint))
        let task = try KENetTask(.miniature(), pack: pack, device: .cpu)
        let trainer = try Trainer(
            task, schedule: task.recipe.schedule, folder: RunFolder(path: path), resume: true, validationInterval: 100)
        #expect(throws: TrainingError.diverged(step: 3)) {
            try trainer.run(
                shouldStop: {
                    try! task.parameters.tensors[0].copy(from: task.parameters.tensors[0] * .nan)
                    return true
                }, report: { _ in })
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: RunFolder(path: path).checkpoint)) == checkpoint)
    }
}
