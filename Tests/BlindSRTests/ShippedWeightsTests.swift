import BlindSR
import Fixtures
import Foundation
import Pixels
import Testing

/// What the shipped weights score under the paper's protocol: the figures of their cards come from here.
@Suite(.serialized) struct ShippedWeightsTests {
    private static let isEnabled = Fixture.isAvailable && Fixture.runsSlowTests

    private func system(scale: Int) throws -> BlindSystem {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try BlindSystem(scale: scale, store: ModelStore(folders: [package.appendingPathComponent("Weights").path]))
    }

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
