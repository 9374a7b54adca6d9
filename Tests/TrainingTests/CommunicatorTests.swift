import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import Training

/// One training shared by several processes, which threads play.
@Suite(.serialized) struct CommunicatorTests {
    /// Trains with `count` processes; what each throws, or the bits of its parameters.
    ///
    /// - Parameters:
    ///   - stop: The step after which the last process is asked to stop.
    ///   - last: The step after which the last process is gone.
    private func train(
        _ recipe: KENetTask.Recipe, _ pack: String, in path: String, count: Int, resume: Bool = false, stop: Int = .max, last: Int? = nil
    ) -> [Result<[UInt32], any Error>] {
        ThreadTeam(count: count).run { member in
            let isLast = member.rank == count - 1
            var recipe = recipe
            if let last, isLast { recipe.schedule.steps = last }
            let task = try QuickTask(recipe, pack: TrainingPack(path: pack))
            let trainer = try Trainer(
                task, schedule: recipe.schedule, folder: RunFolder(path: path), resume: resume, validationInterval: 1, communicator: member)
            var steps = 0
            _ = try trainer.run(
                shouldStop: {
                    steps += 1
                    return isLast && steps >= stop
                }, report: { _ in #expect(member.rank == 0) })
            return try bits(task.parameters)
        }
    }

    private func losses(_ path: String) throws -> [Double] { try RunFolder(path: path).entries().map(\.loss) }

    private func expectEqual(_ a: [Double], _ b: [Double]) {
        #expect(a.count == b.count)
        for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-5 * abs(b)) }
    }

    @Test func severalProcessesMakeTheStepsOfOne() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack().path
        let recipe = KENetTask.Recipe.miniature(steps: 20)
        for count in [1, 2, 4] {
            let parameters = try train(recipe, pack, in: "\(folder.path)/\(count)", count: count).map { try $0.get() }
            #expect(parameters.allSatisfy { $0 == parameters[0] }, "the processes hold the same network")
            expectEqual(try losses("\(folder.path)/\(count)"), try losses(folder.path + "/1"))
        }
    }

    @Test func oneStopsAllAndAnotherNumberGoesOn() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack().path
        let recipe = KENetTask.Recipe.miniature()
        _ = try train(recipe, pack, in: folder.path + "/whole", count: 1)[0].get()
        _ = try train(recipe, pack, in: folder.path + "/broken", count: 4, stop: 2).map { try $0.get() }
        #expect(try losses(folder.path + "/broken").count == 2)
        _ = try train(recipe, pack, in: folder.path + "/broken", count: 2, resume: true, stop: 2).map { try $0.get() }
        _ = try train(recipe, pack, in: folder.path + "/broken", count: 1, resume: true)[0].get()
        expectEqual(try losses(folder.path + "/broken"), try losses(folder.path + "/whole"))
    }

    @Test func whereOneIsLostTheLastWholeStepIsSaved() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack().path
        var recipe = KENetTask.Recipe.miniature()
        recipe.schedule.learningRate = .steps(start: 1e-3, factor: 1, interval: 1000)
        let path = folder.path + "/broken"
        let results = train(recipe, pack, in: path, count: 2, last: 3)
        let error = #expect(throws: TrainingError.processLost(step: 3, path: path)) { try results[0].get() }
        #expect("\(try #require(error))".contains("--resume"))
        _ = try train(recipe, pack, in: path, count: 1, resume: true)[0].get()
        _ = try train(recipe, pack, in: folder.path + "/whole", count: 1)[0].get()
        expectEqual(try losses(path), try losses(folder.path + "/whole"))
    }

    @Test func whatCannotBeSharedIsRefused() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack().path
        for result in train(.miniature(), pack, in: folder.path + "/run", count: 3) {
            let error = #expect(throws: TrainingError.unevenBatch(batch: 4, group: 1, processes: 3)) { try result.get() }
            #expect("\(try #require(error))".contains("a multiple of 3"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/run"))
        #expect(try KernelFlowTask(.standard(scale: 2), device: .cpu).group == KernelFlowTask.Recipe.standard(scale: 2).schedule.batch)
    }
}

/// KENet's training without a look at the validation samples, which takes longer than a step here.
private final class QuickTask: TrainingTask {
    private let task: KENetTask

    init(_ recipe: KENetTask.Recipe, pack: TrainingPack) throws { task = try KENetTask(recipe, pack: pack, device: .cpu) }

    var parameters: Parameters { task.parameters }
    var smoothed: Parameters { task.smoothed }
    var identity: String { get throws { try task.identity } }
    var metadata: [String: String] { get throws { try task.metadata } }

    func loss(_ range: Range<Int>) throws -> Tensor { try task.loss(range) }
    func validate() -> [String: Double] { [:] }
}
