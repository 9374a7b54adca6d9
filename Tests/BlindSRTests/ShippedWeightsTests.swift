import Fixtures
import Foundation
import Pixels
import Testing

@testable import BlindSR

/// What the shipped weights score under the paper's protocol: the figures of their cards come from here.
@Suite(.serialized) struct ShippedWeightsTests {
    private static let isEnabled = Fixture.isAvailable && Fixture.runsSlowTests

    /// The folders of `KENET_WEIGHTS`, among which a training run may be, before the package's own.
    private static let store: ModelStore = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let named = (ProcessInfo.processInfo.environment["KENET_WEIGHTS"] ?? "").split(separator: ":").map(String.init)
        return ModelStore(folders: named + [package.appendingPathComponent("Weights").path])
    }()

    private func system(scale: Int) throws -> BlindSystem { try BlindSystem(scale: scale, store: Self.store) }

    @Test(.enabled(if: isEnabled, "slow, and needs KENET_FIXTURES"), arguments: [(2, "Set5"), (2, "BSD100"), (4, "Set5"), (4, "BSD100")])
    func kernelPSNR(scale: Int, set: String) throws {
        let system = try system(scale: scale)
        let images = try PaperProtocol(set, scale: scale)
        var scores: [Double] = []
        var floor: [Double] = []
        let constant = GaussianParameters(variance1: 2.6, variance2: 2.6, angle: 0).kernel(size: BlurKernel.defaultSize(scale: scale))
        for item in try images.names.lazy.flatMap({ try images.cases(of: $0) }) {
            scores.append(try system.estimateKernel(item.lr).kernel.kernelPSNR(to: item.kernel))
            floor.append(constant.kernelPSNR(to: item.kernel))
        }
        print("KENet ×\(scale) on \(set), kernel PSNR in dB: \(Summary(scores)); constant kernel: \(Summary(floor))")
        #expect(Summary(scores).mean > Summary(floor).mean)
    }

    /// The spectral estimator, and how well it knows its own errors.
    @Test(.enabled(if: isEnabled, "slow, and needs KENET_FIXTURES"), arguments: [(2, "Set5"), (2, "BSD100"), (4, "Set5"), (4, "BSD100")])
    func spectralKernelPSNR(scale: Int, set: String) throws {
        guard let card = try? Self.store.find(.estimator(.spectrum, scale: scale)) else {
            print("There are no spectral weights for ×\(scale) yet")
            return
        }
        let estimator = try BlindSystem.estimator(card, scale: scale, device: .cpu)
        let images = try PaperProtocol(set, scale: scale)
        var (scores, expected) = ([Double](), [Double]())
        var seconds = 0.0
        for item in try images.names.lazy.flatMap({ try images.cases(of: $0) }) {
            let start = ContinuousClock.now
            let estimate = try estimator.estimate(item.lr, scale: scale)
            seconds += start.duration(to: .now) / .seconds(1)
            scores.append(estimate.kernel.kernelPSNR(to: item.kernel))
            expected.append(try #require(estimate.confidence).expected)
        }
        let milliseconds = String(format: "%.1f", 1000 * seconds / Double(scores.count))
        print("\(card.name) on \(set), kernel PSNR in dB: \(Summary(scores)); predicted: \(Summary(expected)); \(milliseconds) ms each")
        print(
            "\(card.name) on \(set), rank correlation of prediction and truth: \(String(format: "%.2f", rankCorrelation(expected, scores)))"
        )
        #expect(Summary(scores).mean > WeightCard.constantKernelPSNR[scale]!)
    }

    @Test(.enabled(if: isEnabled, "slow, and needs KENET_FIXTURES"), arguments: [2, 4])
    func thePairBeatsAlignedBicubic(scale: Int) throws {
        let system = try system(scale: scale)
        let set5 = try PaperProtocol("Set5", scale: scale)
        var (blind, given, bicubic) = ([Double](), [Double](), [Double]())
        for item in try set5.names.flatMap({ try set5.cases(of: $0, draws: 3) }) {
            func score(_ kernel: BlurKernel) throws -> Double {
                ImageQuality.psnrY(try system.restore(item.lr, kernel: kernel, options: .init(border: .circular)).rounded8Bit(), item.hr)
            }
            blind.append(try score(system.estimateKernel(item.lr).kernel))
            given.append(try score(item.kernel))
            bicubic.append(ImageQuality.psnrY(item.lr.enlargedOnModelGrid(scale: scale).rounded8Bit(), item.hr))
        }
        let rows = [("kenet+usrnet-tiny", blind), ("true kernel + usrnet-tiny", given), ("aligned bicubic", bicubic)]
        for (name, values) in rows { print("Set5 ×\(scale), 3 draws, PSNR-Y in dB: \(name): \(Summary(values))") }
        #expect(Summary(blind).mean > Summary(bicubic).mean + 0.5)
    }
}
