import BlindSR
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import Training

/// The tasks of RCAN, SRMD and DAN.
@Suite(.serialized) struct UpscalerTaskTests {
    enum System: String, CaseIterable {
        case rcan, srmd, dan, danV2
    }

    private func schedule(_ steps: Int) -> Schedule {
        Schedule(steps: steps, batch: 4, learningRate: .cosine(peak: 2e-3, warmUp: 3, floor: 0.1), gradientNorm: 0.1)
    }

    private func task(_ system: System, steps: Int, scale: Int = 2, _ pack: TrainingPack) throws -> any TrainingTask {
        switch system {
        case .rcan:
            var recipe = RCANTask.Recipe.standard(.init(scale: scale, groups: 1, blocks: 1, width: 8, reduction: 4))
            (recipe.side, recipe.schedule) = (16 * scale, schedule(steps))
            return try RCANTask(recipe, pack: pack, device: .cpu)
        case .srmd:
            var network = SRMD.Configuration.narrow(scale: scale)
            (network.width, network.layers) = (8, 3)
            var recipe = SRMDTask.Recipe.standard(network)
            (recipe.side, recipe.schedule) = (16, schedule(steps))
            return try SRMDTask(recipe, pack: pack, device: .cpu)
        case .dan, .danV2:
            var network = DAN.Configuration.narrow(system == .dan ? .v1 : .v2, scale: scale)
            (network.width, network.groups, network.blocks, network.estimatorBlocks, network.loops) = (16, 1, 1, 1, 2)
            var recipe = DANTask.Recipe.standard(network)
            (recipe.side, recipe.schedule) = (16, schedule(steps))
            return try DANTask(recipe, pack: pack, device: .cpu)
        }
    }

    private func train(
        _ system: System, steps: Int, scale: Int = 2, _ pack: TrainingPack, in path: String, resume: Bool = false, until stop: Int = .max,
        interval: Int = 5
    ) throws -> any TrainingTask {
        let task = try task(system, steps: steps, scale: scale, pack)
        let trainer = try Trainer(
            task, schedule: schedule(steps), folder: RunFolder(path: path), resume: resume, validationInterval: interval)
        var step = 0
        _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
        return task
    }

    @Test(arguments: System.allCases) func aResumedRunGivesTheWeightsOfAnUnbrokenOne(system: System) throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let whole = try train(system, steps: 4, pack, in: folder.path + "/whole", interval: 2)
        _ = try train(system, steps: 4, pack, in: folder.path + "/broken", until: 2, interval: 2)
        let resumed = try train(system, steps: 4, pack, in: folder.path + "/broken", resume: true, interval: 2)
        #expect(try bits(whole.parameters) == bits(resumed.parameters))
        #expect(try bits(whole.smoothed) == bits(resumed.smoothed))
    }

    @Test(arguments: [(System.rcan, 4), (.srmd, 2), (.dan, 2), (.danV2, 4)]) func trainingRaisesTheScore(system: System, scale: Int) throws
    {
        let folder = try TemporaryFolder()
        let run = RunFolder(path: folder.path + "/run")
        _ = try train(system, steps: 40, scale: scale, folder.pack(), in: run.path, interval: 20)
        let scores = try run.entries().map { $0.scores["psnrY"]! }
        #expect(scores.last! > scores.first!, "\(scores)")
    }

    /// LR pixels are where bicubic shrinking of the whole picture has them.
    @Test(arguments: [2, 3, 4]) func bicubicSamplesAreShrunkCrops(scale: Int) throws {
        let pack = try TemporaryFolder().pack()
        let source = try BicubicSource(pack, \.training, side: 16 * scale, margin: 4, scale: scale, seed: 3, device: .cpu)
        let (hr, lr) = try source.batch(0..<2)
        #expect(hr.shape == [2, 3, 16 * scale, 16 * scale] && lr.shape == [2, 3, 16, 16])
        let crop = try Image(hr.slice(0, 1..<2)).resizedBicubic(scale: 1 / Double(scale)).rounded8Bit()
        let expected = try Image(lr.slice(0, 1..<2))
        for y in 3..<13 {
            for x in 3..<13 { #expect(abs(crop[x, y, 1] - expected[x, y, 1]) < 1.01 / 255) }
        }
    }

    /// LR pixels lie on HR pixels 0, s, 2s, …: a narrow blur leaves them where they are.
    @Test func blurredSamplesLieOnTheDegradationsGrid() throws {
        let pack = try TemporaryFolder().pack()
        let narrow = KernelDistribution(variances: 0.01...0.011)
        let (hr, lr, kernels) = try BlurredSource(pack, side: 12, kernels: narrow, scale: 2, seed: 3, device: .cpu).batch(0..<3)
        #expect(hr.shape == [3, 3, 24, 24] && lr.shape == [3, 3, 12, 12] && kernels.shape == [3, 11, 11])
        #expect(try (hr.decimated(by: 2) - lr).abs().maximum().item() < 1.01 / 255)
    }
}
