import Fixtures
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct DANTests {
    private static func small(_ version: DAN.Version, _ scale: Int) -> DAN.Configuration {
        .init(
            version: version, scale: scale, width: 16, groups: version == .v1 ? 1 : 2, blocks: 2,
            estimatorWidth: version == .v1 ? 32 : 16, estimatorBlocks: 2, kernelSize: BlurKernel.defaultSize(scale: scale), loops: 2,
            shrinksBicubically: true)
    }

    private func network(_ version: DAN.Version, scale: Int = 2) throws -> DAN {
        let pca = try KernelPCA(of: KernelDistribution(), scale: scale, count: 10, byColumns: false, samples: 600)
        return try DAN(Self.small(version, scale), pca: pca, seed: 3)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [DAN.Version.v1, .v2], [2, 4])
    func conformance(version: DAN.Version, scale: Int) throws {
        let file = try Fixture.conformance("dan")
        let name = "DAN\(version.rawValue).x\(scale)"
        let network = try DAN(Self.small(version, scale))
        network.usesReducedPrecision = false
        try file.restore(network.parameters.named.map { ("weight.\(name).\($0.name)", $0.tensor) }, fileName: "dan")
        #expect(file.names.filter { $0.hasPrefix("weight.\(name).") }.count == network.parameters.named.count)
        for input in ["lr", "lr_batch"] {
            try withInference {
                let lr = try file.tensor("input.\(input)")
                var code = try network.firstCode(of: lr.shape[0])
                for (i, kind) in ["mid", "output"].enumerated() {
                    let round = try network.round(lr, code: code)
                    code = round.code
                    var stages = [("sr", round.sr), ("code", round.code)]
                    if let kernel = round.kernel { stages.append(("kernel", kernel)) }
                    for (stage, tensor) in stages {
                        try Fixture.expectTolerance(tensor.floats(), file, "\(kind).\(name).\(input).\(stage)_\(i)")
                    }
                }
                let last = try network(lr)
                try Fixture.expectTolerance(last.sr.floats(), file, "output.\(name).\(input).sr_1")
                try Fixture.expectTolerance(last.code.floats(), file, "output.\(name).\(input).code_1")
            }
        }
    }

    @Test(arguments: [DAN.Version.v1, .v2], [2, 3, 4]) func theNetworksTakeOddSizes(version: DAN.Version, scale: Int) throws {
        let network = try network(version, scale: scale)
        let photo = Seeded.picture(width: 17, height: 23, channels: 1)
        var parts: [Double] = []
        let result = try network.upscale(photo, scale: scale) { parts.append($0) }
        #expect(result.image.channels == 1 && result.image.width == 17 * scale && result.image.height == 23 * scale)
        #expect(parts == parts.sorted() && parts.last == 1)
        let kernel = try #require(result.kernel)
        #expect(kernel.values.allSatisfy { $0 >= 0 } && abs(kernel.sum - 1) < 1e-5)
        #expect(throws: UpscalingError.scale(1, supported: [scale])) { try network.upscale(photo, scale: 1) }
    }

    /// Both losses together reach every parameter, neither alone.
    @Test(arguments: [DAN.Version.v1, .v2]) func everyParameterIsTrained(version: DAN.Version) throws {
        let network = try network(version)
        try network.parameters.requireGradients()
        let last = try network(Seeded.tensor([2, 3, 8, 9], seed: 1).to(.float32))
        let loss = try last.sr.squared().mean() + (last.kernel ?? last.code).squared().mean()
        for (name, gradient) in zip(network.parameters.names, try loss.gradients(of: network.parameters.tensors)) {
            #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0, "\(name)")
        }
        #expect(network.parameters.buffers.map(\.name) == ["encoder", "init_kernel", "init_ker_map"])
    }

    /// The code of a kernel of the family says it again.
    @Test func codesTellKernels() throws {
        let network = try network(.v1)
        let kernel = GaussianParameters(variance1: 3, variance2: 1.5, angle: 0.7).kernel(size: 11)
        let code = try network.code(Tensor(kernel.values, shape: [1, 121]))
        let again = try network.kernels(.init(sr: code, code: code, kernel: nil)).floats()
        #expect(try BlurKernel(height: 11, width: 11, values: again, normalize: true).kernelPSNR(to: kernel) > 50)
    }

    @Test func aLargePhotoIsRestoredInTiles() throws {
        let system = BlindRestoration(upscaler: try network(.v2), options: .init(tile: 64))
        var rows = 0
        let kernel = try system(Seeded.picture(width: 200, height: 40), scale: 2, progress: { _ in }, rows: { rows += $0.height })
        #expect(rows == 80 && kernel != nil)
    }
}
