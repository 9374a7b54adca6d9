import Fixtures
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct SRMDTests {
    private static func small(_ scale: Int) -> SRMD.Configuration {
        .init(scale: scale, width: 16, layers: 4, knowsNoise: scale != 3, shrinksBicubically: true)
    }

    private func pca(_ size: Int) throws -> KernelPCA {
        try KernelPCA(of: KernelDistribution(), scale: size == 11 ? 2 : 4, count: 15, byColumns: true, samples: 600)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func conformance(scale: Int) throws {
        let file = try Fixture.conformance("srmd")
        let network = try SRMD(Self.small(scale))
        network.usesReducedPrecision = false
        let names = network.parameters.named.map { name, tensor in
            (name: name == "pca" ? "input.pca" : "weight.x\(scale).\(name)", tensor: tensor)
        }
        try file.restore(names, fileName: "srmd")
        #expect(file.names.filter { $0.hasPrefix("weight.x\(scale).") }.count == network.parameters.tensors.count)
        try withInference {
            let kernel = try file.tensor("input.x\(scale).kernel")
            let lr = try file.tensor("mid.x\(scale).lr")
            let sigma = try Tensor.full([2: 0.0196078431372549, 4: 0.058823529411764705][scale] ?? 0, shape: [1, 1, 1, 1])
            let code = try network.code(kernel)
            let stages = try [
                ("mid.x\(scale).code", code), ("mid.x\(scale).network_input", network.input(lr, code: code, sigma: sigma)),
                ("output.x\(scale).sr", network(lr, kernel: kernel, sigma: sigma)),
            ]
            for (name, tensor) in stages { try Fixture.expectTolerance(tensor.floats(), file, name) }
        }
    }

    /// The authors' degradation, from which the fixture's LR images come: blur, bicubic shrinking, noise.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func theAuthorsDegradation(scale: Int) throws {
        let file = try Fixture.conformance("srmd")
        let shape = try file.shape("input.x\(scale).kernel")
        let kernel = try BlurKernel(height: shape[2], width: shape[3], values: file.floats("input.x\(scale).kernel"), normalize: false)
        let blurred = try Image(file.tensor("input.x\(scale).hr")).degraded(by: kernel, scale: 1)
        let shrunk = blurred.resizedBicubic(scale: 1 / Double(scale))
        let noisy = zip(shrunk.samples, try file.floats("input.x\(scale).noise")).map { $0 + $1 }
        #expect(try Fixture.compare(noisy, to: file, "mid.x\(scale).lr").maximum < 1e-4)
    }

    @Test func blurAndNoiseMatter() throws {
        let network = try SRMD(.narrow(scale: 2), pca: pca(11), seed: 2)
        let photo = Seeded.picture(width: 21, height: 17)
        func result(_ variance: Double, noise: Double) throws -> Image {
            let kernel = GaussianParameters(variance1: variance, variance2: 0.5, angle: 0.3).kernel(size: 11)
            return try network.upscale(photo, kernel: kernel, noise: noise, scale: 2)
        }
        let plain = try result(1, noise: 0)
        #expect(plain.width == 42 && plain.height == 34)
        #expect(try plain != result(3, noise: 0) && plain != result(1, noise: 0.1))
    }

    @Test(arguments: [5, 14, 31]) func kernelsMayHaveAnySize(side: Int) throws {
        let kernel = try BlurKernel(
            height: side, width: side, values: Seeded.numbers(side * side, seed: 4).map(Float.init), normalize: true)
        let grey = Seeded.picture(width: 19, height: 23, channels: 1)
        let result = try SRMD(.narrow(scale: 4), pca: pca(21)).upscale(grey, kernel: kernel, noise: 0.02, scale: 4)
        #expect(result.channels == 1 && result.width == 76 && result.height == 92 && result.samples.allSatisfy(\.isFinite))
    }

    @Test func everyParameterIsTrained() throws {
        let network = try SRMD(.narrow(scale: 2), pca: pca(11))
        try network.parameters.requireGradients()
        let output = try network(
            Seeded.tensor([2, 3, 6, 5], seed: 1).to(.float32), kernel: Seeded.kernels([2, 1, 11, 11], seed: 2).to(.float32),
            sigma: .full(0.02, shape: [2, 1, 1, 1]))
        for (name, gradient) in zip(network.parameters.names, try output.squared().mean().gradients(of: network.parameters.tensors)) {
            #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0, "\(name)")
        }
        #expect(network.parameters.buffers.map(\.name) == ["pca"])
    }

    @Test func otherScalesAreRefused() throws {
        let kernel = GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 11)
        #expect(throws: UpscalingError.scale(3, supported: [2])) {
            try SRMD(.narrow(scale: 2)).upscale(Image(width: 8, height: 8, channels: 3), kernel: kernel, noise: 0, scale: 3)
        }
    }
}
