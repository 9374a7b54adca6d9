import BlindSR
import NeuralNetworks
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct MZSRTaskTests {
    private func recipe(steps: Int, pretraining: Int) -> MZSRTask.Recipe {
        var recipe = MZSRTask.Recipe.standard(scale: 2)
        recipe.network.width = 6
        recipe.network.learnedSteps = 2
        recipe.side = 12
        recipe.photos = 2
        recipe.steps = 2
        recipe.pretraining = pretraining
        recipe.schedule.steps = steps
        recipe.schedule.learningRate = .cosine(peak: 2e-3, warmUp: 5, floor: 0.1)
        return recipe
    }

    private func train(
        _ recipe: MZSRTask.Recipe, _ pack: TrainingPack, in path: String, resume: Bool = false, until stop: Int = .max
    ) throws -> MZSRTask {
        let task = try MZSRTask(recipe, pack: pack, device: .cpu)
        let trainer = try Trainer(task, schedule: recipe.schedule, folder: RunFolder(path: path), resume: resume, validationInterval: 6)
        var step = 0
        _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
        return task
    }

    /// Over both parts of the training, a resumed run is an unbroken one, and the weight file says what it is for.
    @Test func aResumedRunGivesTheWeightsOfAnUnbrokenOne() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let whole = try train(recipe(steps: 12, pretraining: 4), pack, in: folder.path + "/whole")
        _ = try train(recipe(steps: 12, pretraining: 4), pack, in: folder.path + "/broken", until: 6)
        let resumed = try train(recipe(steps: 12, pretraining: 4), pack, in: folder.path + "/broken", resume: true)
        #expect(try bits(whole.parameters) == bits(resumed.parameters))
        #expect(try bits(whole.smoothed) == bits(resumed.smoothed))
        let scores = try RunFolder(path: folder.path + "/whole").entries().last!.scores
        #expect(scores["psnrY"]!.isFinite && scores["psnrYstart"]!.isFinite)
    }

    /// All parameters get gradients through the steps, and meta-training lowers the loss that it is about.
    @Test(arguments: [false, true]) func metaTrainingLowersTheLossAfterTheSteps(secondOrder: Bool) throws {
        let folder = try TemporaryFolder()
        var recipe = recipe(steps: 60, pretraining: 0)
        recipe.secondOrder = secondOrder
        let task = try MZSRTask(recipe, pack: folder.pack(), device: .cpu)
        try task.parameters.requireGradients()
        let before = try task.loss(0..<8).item()
        let adam = try Adam(task.parameters)
        for step in 0..<60 {
            let gradients = try task.loss(2 * step..<2 * step + 2).gradients(of: task.parameters.tensors)
            if step == 0 {
                for (name, gradient) in zip(task.parameters.names, gradients) {
                    #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0, "\(name)")
                }
            }
            try adam.step(gradients, rate: 2e-3)
        }
        #expect(try task.loss(0..<8).item() < before)
    }

    /// At first the start and all steps count the same, at last the last step above all.
    @Test func weightsMoveToTheLastStep() {
        var recipe = MZSRTask.Recipe.standard(scale: 2)
        recipe.steps = 4
        recipe.shift = 100
        let first = recipe.weights(step: 0)
        #expect(first.count == 5 && first.allSatisfy { abs($0 - 0.2) < 1e-12 })
        let last = recipe.weights(step: 1000)
        #expect(last.dropLast().allSatisfy { abs($0 - 0.04) < 1e-12 } && abs(last[4] - 0.84) < 1e-12)
    }
}
