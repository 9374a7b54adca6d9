import BlindSR
import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing

/// The published USRNet-tiny with the true kernel on Set5 under the paper's protocol, against reference values from PyTorch.
@Suite(.serialized) struct Set5Tests {
    /// Mean PSNR-Y over the ten draws of baby, bird, butterfly, head and woman, in dB.
    private static let reference = [
        2: [38.054, 41.300, 33.512, 35.476, 35.590], 4: [33.575, 33.422, 27.329, 32.646, 29.642],
    ]

    @Test(.enabled(if: Fixture.isAvailable && Fixture.runsSlowTests, "slow, and needs KENET_FIXTURES"), arguments: [2, 4])
    func officialWeightsReachTheReference(scale: Int) throws {
        let network = try USRNet(.tiny)
        try network.parameters.load(Fixture.referenceWeights("usrnet_tiny"), fileName: "usrnet_tiny")
        let set5 = try PaperProtocol("Set5", scale: scale)
        for (name, reference) in zip(set5.names, Self.reference[scale]!) {
            let scores = try set5.cases(of: name).map { item in
                let restored = try network.upscale(item.lr, kernel: item.kernel, noise: 0, scale: scale)
                return ImageQuality.psnrY(restored.rounded8Bit(), item.hr)
            }
            let mean = scores.reduce(0, +) / Double(scores.count)
            let figures = String(format: "%.3f, reference %.3f", mean, reference)
            print("Set5 ×\(scale), true kernel, published USRNet-tiny, PSNR-Y in dB: \(name) \(figures)")
            #expect(scores.count == 10 && abs(mean - reference) < 0.02)
        }
    }
}
