import BlindSR
import Fixtures
import Foundation
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct SpectrumTests {
    private func recipe(steps: Int) -> SpectrumTask.Recipe {
        var recipe = SpectrumTask.Recipe.standard(scale: 2)
        recipe.network.tiles = [16, 8]
        (recipe.network.width, recipe.network.features, recipe.network.heads, recipe.network.hidden) = (32, 24, 4, 32)
        recipe.side = 32
        recipe.schedule = Schedule(steps: steps, batch: 16, learningRate: .cosine(peak: 3e-3, warmUp: 5, floor: 0.1), seed: 7)
        return recipe
    }

    private func train(_ recipe: SpectrumTask.Recipe, _ pack: TrainingPack, in path: String, resume: Bool = false, until stop: Int = .max)
        throws -> SpectrumTask
    {
        let task = try SpectrumTask(recipe, pack: pack, device: .cpu)
        let trainer = try Trainer(task, schedule: recipe.schedule, folder: RunFolder(path: path), resume: resume, validationInterval: 10)
        var step = 0
        _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
        return task
    }

    @Test func trainingLowersTheLoss() throws {
        let folder = try TemporaryFolder()
        _ = try train(recipe(steps: 80), folder.pack(), in: folder.path + "/run")
        let entries = try RunFolder(path: folder.path + "/run").entries()
        #expect(entries.last!.loss < 0.8 * entries.first!.loss)
        #expect(entries.allSatisfy { Set($0.scores.keys) == ["kernelPSNR", "median", "misjudged", "worstTenth"] })
        let card = try WeightCard(path: RunFolder(path: folder.path + "/run").weights)
        #expect(card.name == "spectrum-x2" && card.scales == [2])
        try card.verify()
    }

    @Test func aResumedRunGivesTheWeightsOfAnUnbrokenOne() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let whole = try train(recipe(steps: 40), pack, in: folder.path + "/whole")
        _ = try train(recipe(steps: 40), pack, in: folder.path + "/broken", until: 20)
        let resumed = try train(recipe(steps: 40), pack, in: folder.path + "/broken", resume: true)
        #expect(try bits(whole.parameters) == bits(resumed.parameters))
        #expect(try bits(whole.smoothed) == bits(resumed.smoothed))
    }

    /// With --photo the noise is learnt, too.
    @Test func photosAreLearntWithTheirNoise() throws {
        let folder = try TemporaryFolder()
        var recipe = SpectrumTask.Recipe.standard(scale: 2, photo: true)
        recipe.network.tiles = [16, 8]
        (recipe.network.width, recipe.network.features, recipe.network.heads, recipe.network.hidden) = (32, 24, 4, 32)
        (recipe.side, recipe.schedule) = (32, self.recipe(steps: 20).schedule)
        let task = try train(recipe, folder.pack(), in: folder.path + "/run")
        #expect(try task.validate().keys.contains("noiseError"))
        let card = try WeightCard(path: RunFolder(path: folder.path + "/run").weights)
        #expect(card.name == "spectrum-x2-photo")
    }

    /// After a validation a tenth, half and nine tenths of the validation photos lie below the quantiles: the next shifts are none.
    @Test func validatingCalibratesTheConfidence() throws {
        let folder = try TemporaryFolder()
        let task = try train(recipe(steps: 20), folder.pack(), in: folder.path + "/run")
        func bias() throws -> [Float] {
            try task.smoothed.named.first { $0.0 == "judge.1.bias" }!.1.floats()
        }
        let before = try bias()
        _ = try task.validate()
        #expect(zip(before, try bias()).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    /// Groups of samples share a crop; each sample depends on its index alone.
    @Test(arguments: [false, true]) func samplesAreAFunctionOfTheirIndex(isPhoto: Bool) throws {
        let pack = try TemporaryFolder().pack()
        let crops = try CropSource(pack, \.training, side: KernelSource.cropSide(lr: 32, scale: 2), variation: .thorough)
        let source = KernelSource(
            crops: crops, distribution: KernelDistribution(), scale: 2, seed: 5, kernelsPerCrop: 4, degradation: isPhoto ? .photo : nil,
            device: .cpu)
        let (whole, part) = (try source.batch(0..<12), try source.batch(4..<8))
        #expect(whole.hr.shape == [3, 1, 73, 73] && whole.lr.shape == [12, isPhoto ? 3 : 1, 32, 32])
        #expect(whole.kernels.shape == [12, 11, 11] && whole.sigma?.shape == (isPhoto ? [12] : nil))
        #expect(try whole.lr.slice(0, 4..<8).floats() == part.lr.floats())
        #expect(try whole.kernels.slice(0, 4..<8).floats() == part.kernels.floats())
        for i in 0..<4 where !isPhoto {
            let alone = try blurredWithoutBorder(part.hr, kernels: part.kernels.slice(0, i..<i + 1), scale: 2)
            #expect(try Deviation(alone.elements(), part.lr.slice(0, i..<i + 1).elements()).maximum < 0.335 / 255 + 1e-5)
        }
    }
}
