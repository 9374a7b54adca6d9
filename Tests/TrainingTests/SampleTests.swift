import BlindSR
import Fixtures
import Foundation
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct SampleTests {
    @Test func aSampleDependsOnItsIndexAlone() throws {
        let pack = try TemporaryFolder().pack()
        let crops = try CropSource(pack, \.training, side: 40, variation: .thorough)
        func batch(_ range: Range<UInt64>) throws -> [Float] {
            var random = range.map { CounterRandom(seed: 4, index: $0) }
            return try crops.batch(&random, device: .cpu).floats()
        }
        let (whole, plane) = (try batch(0..<6), 40 * 40)
        #expect(try Array(whole[2 * plane..<4 * plane]) == batch(2..<4))
        #expect(try batch(0..<1) != batch(1..<2))
    }

    /// Every crop is one of the eight orientations of a part of a picture.
    @Test func cropsAreOrientedPartsOfThePictures() throws {
        let pack = try TemporaryFolder().pack(photos: 60)
        let picture = pack.training[0]
        let side = min(picture.width, picture.height)
        let crops = try CropSource(pack, \.training, side: side)
        var random = (0..<12).map { CounterRandom(seed: 8, index: UInt64($0)) }
        let sums = try crops.batch(&random, device: .cpu).sum([1, 2, 3]).elements(as: Double.self)
        #expect(sums.allSatisfy { $0 > 0 })
        let same = try CropSource(pack, \.training, side: 32)
        var seen: Set<[Float]> = []
        for index in 0..<40 {
            var one = [CounterRandom(seed: 8, index: UInt64(index))]
            seen.insert(try same.batch(&one, device: .cpu).floats())
        }
        #expect(seen.count == 40)
    }

    @Test func validationIsSplitByPhoto() throws {
        #expect(TrainingPack.photo(of: "cc0/night-sky_f2_7.webp") == TrainingPack.photo(of: "cc0/night-sky_f4_11.webp"))
        #expect(TrainingPack.photo(of: "a/one.png") != TrainingPack.photo(of: "b/one.png"))
        let names = (0..<2000).map { "set/photo\($0).png" }
        let share = Double(names.count(where: TrainingPack.isValidation)) / 2000
        #expect(abs(share - 0.05) < 0.02)
        let pack = try TemporaryFolder().pack()
        #expect(Set(pack.training.map(\.name)).isDisjoint(with: pack.validation.map(\.name)))
    }

    @Test func smallAndDamagedPacksAreRefused() throws {
        let folder = try TemporaryFolder()
        let pack = try folder.pack()
        #expect(throws: TrainingError.imagesTooSmall(path: pack.path, needed: 500)) { try CropSource(pack, \.training, side: 500) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: pack.path))
        let cut = folder.path + "/cut.pack"
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: cut))
        #expect(throws: (any Error).self) { try TrainingPack(path: cut) }
        #expect(throws: (any Error).self) { try TrainingPack(path: folder.path + "/missing.pack") }
    }

    @Test func attentionLossAndItsGradientEqualPyTorch() throws {
        let fixture = try Fixture.small("kenet_small")
        let network = try KENet(.init(width: 4, kernelSize: 11, hidden: 24), scale: 2)
        for (name, tensor) in network.parameters.named { try tensor.copy(from: fixture.tensor("weight." + name)) }
        try network.parameters.requireGradients()
        let loss = try attentionLoss(network(fixture.tensor("input.lr")), true: fixture.tensor("input.kernels"))
        #expect(try Fixture.compare([Float(loss.item())], to: fixture, "output.attention_loss").maximum < 1e-5)
        let index = try #require(network.parameters.names.firstIndex(of: "f1.conv.weight"))
        let gradient = try loss.gradients(of: network.parameters.tensors)[index].floats()
        #expect(try Fixture.compare(gradient, to: fixture, "output.gradient.f1.conv.weight").maximum < 1e-5)
    }

    @Test func trueKernelsLeaveNoLoss() throws {
        let kernels = try Tensor(GaussianParameters(variance1: 3, variance2: 1, angle: 1).kernel(size: 11).values, shape: [1, 11, 11])
        for loss in KernelLoss.allCases {
            let value = try loss(kernels, true: kernels) { (kernels) throws(TorchError) in try kernels - kernels }
            #expect(try value.item() == 0)
        }
    }
}
