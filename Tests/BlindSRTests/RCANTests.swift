import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct RCANTests {
    private static func small(_ scale: Int) -> RCAN.Configuration { .init(scale: scale, groups: 2, blocks: 2, width: 16, reduction: 4) }

    @Test func thePapersSize() throws {
        let parameters = try RCAN(.paper(scale: 4)).parameters
        // 10 groups of 20 blocks and a convolution, one behind them, head, two steps of enlargement, tail.
        let conv = 64 * 64 * 9 + 64
        let block = 2 * conv + 64 * 4 + 4 + 4 * 64 + 64
        #expect(parameters.count == 10 * (20 * block + conv) + conv + 3 * 64 * 9 + 64 + 2 * (64 * 256 * 9 + 256) + 64 * 3 * 9 + 3)
        #expect(parameters.buffers.map(\.name) == ["sub_mean.weight", "sub_mean.bias", "add_mean.weight", "add_mean.bias"])
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func conformance(scale: Int) throws {
        let file = try Fixture.conformance("rcan")
        let network = try RCAN(Self.small(scale))
        network.usesReducedPrecision = false
        try file.restore(network.parameters.named.map { ("weight.x\(scale).\($0.name)", $0.tensor) }, fileName: "rcan")
        let weights = file.names.filter { $0.hasPrefix("weight.x\(scale).") }
        #expect(weights.count == network.parameters.named.count)
        try withInference {
            let lr = try file.tensor("input.lr")
            let centred = try network.subtractMean(lr)
            let head = try network.head(centred)
            let stages = try [
                ("mid.x\(scale).sub_mean", centred), ("mid.x\(scale).head", head), ("mid.x\(scale).group_0", network.groups[0](head)),
                ("output.x\(scale).sr", network(lr / 255) * 255),
                ("output.x\(scale).sr_batch", network(file.tensor("input.lr_batch") / 255) * 255),
            ]
            for (name, tensor) in stages { try Fixture.expectTolerance(tensor.floats(), file, name) }
        }
    }

    @Test(arguments: [2, 3, 4]) func everyParameterIsTrained(scale: Int) throws {
        let network = try RCAN(Self.small(scale))
        try network.parameters.requireGradients()
        let output = try network(Seeded.tensor([2, 3, 7, 5], seed: 1).to(.float32))
        #expect(output.shape == [2, 3, 7 * scale, 5 * scale])
        for (name, gradient) in zip(network.parameters.names, try output.squared().mean().gradients(of: network.parameters.tensors)) {
            #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0, "\(name)")
        }
    }

    /// What bfloat16 may cost: half a level.
    @Test func reducedPrecisionIsNear() throws {
        let network = try RCAN(.narrow(scale: 2), seed: 3)
        let photo = Seeded.picture(width: 41, height: 33)
        let fast = try network.upscale(photo, scale: 2).image
        network.usesReducedPrecision = false
        let exact = try network.upscale(photo, scale: 2).image
        #expect(Deviation(fast.samples.map(Double.init), exact.samples.map(Double.init)).rootMeanSquare < 0.5 / 255)
    }

    @Test func greyStaysGrey() throws {
        let network = try RCAN(Self.small(3))
        let result = try network.upscale(Seeded.picture(width: 19, height: 23, channels: 1), scale: 3)
        #expect(result.image.channels == 1 && result.image.width == 57 && result.image.height == 69 && result.kernel == nil)
        #expect(throws: UpscalingError.scale(2, supported: [3])) {
            try network.upscale(Image(width: 8, height: 8, channels: 3), scale: 2)
        }
    }

    /// The two grids differ by a shift.
    @Test func theResultIsMovedOntoTheDegradationsGrid() throws {
        let network = try RCAN(Self.small(2), seed: 5)
        let photo = Seeded.picture(width: 24, height: 20)
        let aligned = try network.upscale(photo, scale: 2).image
        network.grid = .resizer
        #expect(try aligned == network.upscale(photo, scale: 2).image.movedFromResizerGrid(scale: 2))
    }

    @Test func aNarrowFileOfAnotherWidthIsRefused() throws {
        let path = NSTemporaryDirectory() + "kenet-\(UUID().uuidString).safetensors"
        defer { unlink(path) }
        try SafetensorsFile.write(RCAN(Self.small(2)).parameters.named, metadata: [:], to: path)
        let wider = try RCAN(.init(scale: 2, groups: 2, blocks: 2, width: 20, reduction: 4))
        #expect(throws: WeightError.shape(key: "head.0.weight", expected: [20, 3, 3, 3], found: [16, 3, 3, 3], file: path)) {
            try wider.parameters.load(SafetensorsFile(contentsOf: path), fileName: path)
        }
    }
}
