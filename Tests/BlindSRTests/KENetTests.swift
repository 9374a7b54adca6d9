import Fixtures
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct KENetTests {
    @Test(arguments: [(11, 2, 4_389_561), (21, 4, 4_717_561)])
    func parameterCountIsThePapers(kernelSize: Int, scale: Int, count: Int) throws {
        #expect(try KENet(.init(kernelSize: kernelSize), scale: scale).parameters.count == count)
    }

    /// The same weights in PyTorch, from the description alone: `Tools/make_kenet_fixture.py`.
    @Test func forwardEqualsPyTorch() throws {
        let fixture = try Fixture.small("kenet_small")
        let network = try small(fixture)
        let kernels = try withoutGradients { try network(fixture.tensor("input.lr")) }
        #expect(try Fixture.compare(kernels.floats(), to: fixture, "output.kernels").maximum < 1e-5)
    }

    @Test func kernelsAreNonNegativeWithSumOne() throws {
        let network = try KENet(.init(width: 4, kernelSize: 21, hidden: 16), scale: 4, seed: 3)
        let photo = Image(width: 40, height: 31, channels: 1, samples: (0..<1240).map { Float($0 % 17) / 17 })
        let kernel = try network.estimate(photo, scale: 4).kernel
        #expect(kernel.width == 21 && kernel.height == 21)
        #expect(kernel.values.allSatisfy { $0 >= 0 } && abs(kernel.sum - 1) < 1e-5)
    }

    @Test func otherScalesAndTinyPhotosAreRefused() throws {
        let network = try KENet(.init(width: 4, kernelSize: 11, hidden: 16), scale: 2)
        #expect(throws: EstimationError.scale(3, trained: [2])) {
            try network.estimate(Image(width: 16, height: 16, channels: 3), scale: 3)
        }
        #expect(throws: EstimationError.tooSmall(width: 7, height: 40, smallest: 8)) {
            try network.estimate(Image(width: 7, height: 40, channels: 3), scale: 2)
        }
    }

    @Test func theCostOfALargePhotoIsBounded() throws {
        let network = try KENet(.init(width: 1, kernelSize: 11, hidden: 8), scale: 2, seed: 5)
        let side = KENet.largestSide
        var photo = Image(width: side + 100, height: side + 60, channels: 1, repeating: 0.5)
        photo[50 + side / 2, 30 + side / 2, 0] = 1
        let part = photo.cropped(x: 50, y: 30, width: side, height: side)
        #expect(try network.estimate(photo, scale: 2).kernel == network.estimate(part, scale: 2).kernel)
    }

    private func small(_ fixture: SafetensorsFile) throws -> KENet {
        let network = try KENet(.init(width: 4, kernelSize: 11, hidden: 24), scale: 2)
        for (name, tensor) in network.parameters.named { try tensor.copy(from: fixture.tensor("weight." + name)) }
        return network
    }
}
