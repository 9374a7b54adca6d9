import BlindSR
import Fixtures
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Testing
import Torch

/// The published USRNet-tiny with the true kernel on Set5 under the paper's protocol, against reference values from PyTorch.
@Suite(.serialized) struct Set5Tests {
    private static let names = ["baby", "bird", "butterfly", "head", "woman"]
    /// Mean PSNR-Y over the ten draws of each image, in dB.
    private static let reference = [
        2: [38.054, 41.300, 33.512, 35.476, 35.590], 4: [33.575, 33.422, 27.329, 32.646, 29.642],
    ]

    @Test(.enabled(if: Fixture.isAvailable && Fixture.runsSlowTests, "slow, and needs KENET_FIXTURES"), arguments: [2, 4])
    func officialWeightsReachTheReference(scale: Int) throws {
        let network = try USRNet(.tiny)
        try network.parameters.load(Fixture.referenceWeights("usrnet_tiny"), fileName: "usrnet_tiny")
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("data/test/draws.json")))
        let draws = try #require(
            (JSONSerialization.jsonObject(with: data) as? [String: Any])?["x\(scale)"] as? [String: [String: [[Double]]]])
        var means: [Double] = []
        for name in Self.names {
            let hr = try ImageFile.read(Fixture.path("data/test/Set5/\(name).png")).image.cropped(toMultipleOf: scale)
            var sum = 0.0
            for draw in try #require(draws["Set5"]?[name]) {
                let kernel = GaussianParameters(variance1: draw[0], variance2: draw[1], angle: draw[2] * .pi / 180)
                    .kernel(size: BlurKernel.defaultSize(scale: scale))
                let lr = try degraded(hr, kernel, scale)
                sum += ImageQuality.psnrY(try network.upscale(lr, kernel: kernel, noise: 0, scale: scale).rounded8Bit(), hr)
            }
            means.append(sum / 10)
        }
        print("Set5 ×\(scale):", zip(Self.names, means).map { "\($0) \(String(format: "%.3f", $1))" }.joined(separator: ", "))
        for (mean, reference) in zip(means, Self.reference[scale]!) { #expect(abs(mean - reference) < 0.02) }
    }

    private func degraded(_ hr: Image, _ kernel: BlurKernel, _ scale: Int) throws -> Image {
        let weights = try Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width])
        let blur = try CircularBlur(kernel: weights, height: hr.height, width: hr.width, scale: scale)
        return try Image(blur.degraded(hr.rgbTensor()).roundedTo8Bit())
    }
}
