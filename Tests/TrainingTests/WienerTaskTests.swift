import BlindSR
import Fixtures
import NeuralNetworks
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct WienerTaskTests {
    private func recipe(scale: Int = 2, steps: Int) -> WienerTask.Recipe {
        var recipe = WienerTask.Recipe.standard(.init(scale: scale, width: 8, blocks: 1))
        recipe.side = 48
        recipe.schedule.steps = steps
        recipe.schedule.batch = 4
        recipe.schedule.learningRate = .cosine(peak: 5e-3, warmUp: 5, floor: 0.1)
        return recipe
    }

    private func train(
        _ recipe: WienerTask.Recipe, _ pack: TrainingPack, in path: String, resume: Bool = false, until stop: Int = .max, interval: Int = 6
    ) throws -> WienerTask {
        let task = try WienerTask(recipe, pack: pack, device: .cpu)
        let trainer = try Trainer(
            task, schedule: recipe.schedule, folder: RunFolder(path: path), resume: resume, validationInterval: interval)
        var step = 0
        _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
        return task
    }

    @Test func trainingRaisesTheScore() throws {
        let folder = try TemporaryFolder()
        _ = try train(recipe(steps: 80), folder.pack(), in: folder.path + "/run", interval: 20)
        let entries = try RunFolder(path: folder.path + "/run").entries()
        #expect(entries.last!.scores["psnrY"]! > entries.first!.scores["psnrY"]! + 0.1)
        let card = try WeightCard(path: RunFolder(path: folder.path + "/run").weights)
        #expect(card.scales == [2] && card.configuration as? WienerNet.Configuration == .init(scale: 2, width: 8, blocks: 1))
        try card.verify()
    }

    @Test func aResumedRunGivesTheWeightsOfAnUnbrokenOne() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let whole = try train(recipe(steps: 12), pack, in: folder.path + "/whole")
        _ = try train(recipe(steps: 12), pack, in: folder.path + "/broken", until: 6)
        let resumed = try train(recipe(steps: 12), pack, in: folder.path + "/broken", resume: true)
        #expect(try bits(whole.parameters) == bits(resumed.parameters))
        #expect(try bits(whole.smoothed) == bits(resumed.smoothed))
    }

    /// Some samples are restored with what an estimator says of them, the others with the truth; a resumed run asks it of the same ones.
    @Test(arguments: [false, true]) func estimatesTakeThePlaceOfSomeTruths(photo: Bool) throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack(width: 330, height: 324)
        var recipe = WienerTask.Recipe.standard(.init(scale: 2, width: 8, blocks: 1), photo: photo)
        (recipe.side, recipe.schedule.steps, recipe.schedule.batch) = (32, 6, 4)
        recipe.estimates = .init(estimator: "narrow", share: 0.5)
        var shape = SpectralEstimator.Configuration(tiles: [16], kernelSize: recipe.kernels.size(scale: 2))
        (shape.width, shape.features, shape.heads, shape.hidden, shape.noise) = (8, 4, 2, 8, photo)
        let estimator = try SpectralEstimator(shape, scale: 2, seed: 3)
        func run(_ name: String, resume: Bool = false, until stop: Int = .max) throws -> WienerTask {
            let task = try WienerTask(recipe, estimator: estimator, pack: pack, device: .cpu)
            let trainer = try Trainer(
                task, schedule: recipe.schedule, folder: RunFolder(path: folder.path + "/" + name), resume: resume, validationInterval: 3)
            var step = 0
            _ = try trainer.run(shouldStop: { step >= stop }, report: { step = $0.step })
            return task
        }
        let whole = try run("whole")
        _ = try run("broken", until: 3)
        #expect(try bits(whole.smoothed) == bits(run("broken", resume: true).smoothed))
        let scores = try #require(RunFolder(path: folder.path + "/whole").entries().last).scores
        #expect(scores["psnrYblind"]! < scores["psnrY"]!)

        let told = try withoutGradients { try whole.samples(0..<64).told }
        let confidence = try told.confidence.floats()
        let estimated = confidence.indices.filter { confidence[$0] < Float(WienerNet.certain) }
        #expect((16...48).contains(estimated.count))
        let (kernels, sigma) = (try told.kernel.sum([1, 2, 3]).floats(), try told.sigma.floats())
        #expect(kernels.allSatisfy { abs($0 - 1) < 1e-4 } && told.kernel.shape == [64, 1, shape.kernelSize, shape.kernelSize])
        #expect(sigma.allSatisfy { photo ? $0 >= 0 : $0 == 0 })
    }

    /// Another scale's body fits, its input and output layers do not.
    @Test func anotherScaleLendsItsBody() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        let path = folder.path + "/x2.safetensors"
        let lender = try WienerTask(recipe(steps: 1), pack: pack, device: .cpu)
        try SafetensorsFile.write(lender.parameters.named, metadata: [:], to: path)
        let borrower = try WienerTask(recipe(scale: 3, steps: 1), pack: pack, device: .cpu)
        let before = borrower.parameters.named
        let head = try before.first { $0.name == "head.weight" }!.tensor.floats()
        try borrower.adopt(SafetensorsFile(contentsOf: path), fileName: path)
        for (name, tensor) in borrower.parameters.named where name.hasPrefix("blocks.") {
            #expect(try tensor.floats() == lender.parameters.named.first { $0.name == name }!.tensor.floats())
        }
        #expect(try borrower.parameters.named.first { $0.name == "head.weight" }!.tensor.floats() == head)
        let stranger = Parameters(seed: 1)
        _ = try Linear(stranger / "stranger", 2, 2)
        #expect(throws: WeightError.missing(key: "stranger.weight", file: path)) {
            try stranger.adopt(SafetensorsFile(contentsOf: path), fileName: path)
        }
    }

    /// More channels and blocks change nothing at first, and can be trained.
    @Test func aSmallerNetworkGrows() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        _ = try train(recipe(steps: 20), pack, in: folder.path + "/small")
        let path = RunFolder(path: folder.path + "/small").weights
        let card = try WeightCard(path: path)
        let small = try card.configuration.makeNetwork(scale: 2, device: .cpu) as! WienerNet
        try card.load(into: small.parameters)

        var larger = recipe(steps: 1)
        larger.network = .init(scale: 2, width: 12, blocks: 3)
        let task = try WienerTask(larger, pack: pack, device: .cpu)
        try task.adopt(SafetensorsFile(contentsOf: path), fileName: path)
        let large = try WienerNet(larger.network)
        for (tensor, source) in zip(large.parameters.tensors, task.parameters.tensors) { try tensor.copy(from: source) }
        let values: [Float] = (0..<1440).map { Float($0 * 7919 % 256) / 255 }
        let photo = try Tensor(values, shape: [1, 3, 20, 24])
        let kernel = GaussianParameters(variance1: 3, variance2: 1, angle: 0.5).kernel(size: 11)
        let conditions = WienerNet.Conditions(
            kernel: try Tensor(kernel.values, shape: [1, 1, 11, 11]), sigma: try .full(0, shape: [1, 1]),
            confidence: try .full(60, shape: [1, 1]))
        let (a, b) = (try small(photo, conditions).floats(), try large(photo, conditions).floats())
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 2e-3 })
        let linear = try WienerNet(larger.network)(photo, conditions).floats()
        #expect(zip(a, linear).contains { abs($0 - $1) > 1e-2 })
        #expect(try task.loss(0..<4).floats()[0].isFinite)
    }
}
