import Fixtures
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct USRNetTests {
    /// The same weights in PyTorch, from the network's description alone: `Tools/make_usrnet_fixture.py`.
    @Test func forwardEqualsPyTorch() throws {
        let fixture = try Fixture.small("usrnet_small")
        let network = try USRNet(.init(iterations: 2, hyperWidth: 6, widths: [4, 6, 8, 10], blocks: 2))
        try load(network, from: fixture)
        for (index, scale) in [1, 2, 3, 4].enumerated() {
            for (name, deviation) in try deviations(network, fixture, "c\(index)", scale: scale) {
                #expect(deviation.maximum < 1e-5, "\(name)")
            }
        }
    }

    @Test func parameterCounts() throws {
        #expect(try USRNet(.tiny).parameters.count == 590_332)
        #expect(try USRNet(.full).parameters.count == 17_016_016)
    }

    @Test func impossibleConfigurationsAreRefused() throws {
        let tiny = try JSONDecoder().decode(USRNet.Configuration.self, from: JSONEncoder().encode(USRNet.Configuration.tiny))
        #expect(tiny == .tiny)
        try tiny.check()
        for sizes in ["[16,32]", "[16,32,64,0]", "[16,32,64,1000000]"] {
            let text = "{\"iterations\":6,\"hyperWidth\":32,\"widths\":\(sizes),\"blocks\":2}"
            let decoded = try JSONDecoder().decode(USRNet.Configuration.self, from: Data(text.utf8))
            #expect(throws: ConfigurationError.self) { try decoded.check() }
        }
    }

    @Test func aGreyImageStaysGrey() throws {
        let network = try USRNet(.init(iterations: 1, hyperWidth: 4, widths: [4, 4, 4, 4], blocks: 1))
        let result = try network.upscale(Image(width: 5, height: 3, channels: 1, repeating: 0.5), kernel: kernel, noise: 0.01, scale: 3)
        #expect(result.channels == 1 && result.width == 15 && result.height == 9)
    }

    @Test func everyParameterIsTrained() throws {
        let network = try USRNet(.init(iterations: 2, hyperWidth: 4, widths: [4, 4, 4, 4], blocks: 1))
        try network.parameters.requireGradients()
        let output = try network(
            Seeded.tensor([2, 3, 6, 5], seed: 1).to(.float32), kernel: Seeded.kernels([2, 1, 5, 5], seed: 2).to(.float32),
            sigma: .full(0.02, shape: [2, 1, 1, 1]), scale: 2)
        for gradient in try output.squared().mean().gradients(of: network.parameters.tensors) {
            #expect(try gradient.isFinite() && gradient.abs().maximum().item() > 0)
        }
    }

    @Test func otherScalesAreRefused() throws {
        let network = try USRNet(.init(iterations: 1, hyperWidth: 4, widths: [4, 4, 4, 4], blocks: 1))
        #expect(throws: UpscalingError.scale(5, supported: [1, 2, 3, 4])) {
            try network.upscale(Image(width: 8, height: 8, channels: 3), kernel: kernel, noise: 0, scale: 5)
        }
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [1, 1, 2, 2, 3, 3, 4, 4].enumerated().map { ($0, $1) })
    func publishedWeightsEqualTheReference(index: Int, scale: Int) throws {
        try expectTolerances(official(), Fixture.conformance("usrnet_tiny"), "c\(index)", scale: scale)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [("c1", 1), ("c2", 2), ("c5", 3), ("c7", 4)])
    func randomWeightsEqualTheReference(name: String, scale: Int) throws {
        let file = try Fixture.conformance("usrnet_random")
        let network = try USRNet(.init(iterations: 3, hyperWidth: 8, widths: [4, 8, 12, 16], blocks: 2))
        try load(network, from: file)
        try expectTolerances(network, file, name, scale: scale)
    }

    /// A degraded Set5 image, restored and measured.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 4])
    func endToEndEqualsTheReference(scale: Int) throws {
        let file = try Fixture.conformance("golden_x\(scale)")
        let hr = try ImageFile.read(Fixture.path("conformance/golden_hr.png")).image
        let lr = try Image(file.tensor("input.lr") / 255)
        let shape = try file.shape("input.kernel")
        let kernel = try BlurKernel(height: shape[2], width: shape[3], values: file.floats("input.kernel"), normalize: false)
        let sr = try official().upscale(lr, kernel: kernel, noise: 0, scale: scale)
        let final = sr.rounded8Bit()
        var values = ["sr_float": sr.samples.map(Double.init)]
        for crop in [0, scale] {
            values["psnr_y_crop\(crop)"] = [ImageQuality.psnrY(final, hr, crop: crop)]
            values["psnr_rgb_crop\(crop)"] = [ImageQuality.psnrRGB(final, hr, crop: crop)]
            values["ssim_y_crop\(crop)"] = [ImageQuality.ssimY(final, hr, crop: crop)]
        }
        let bicubic = lr.resizedBicubic(scale: Double(scale)).rounded8Bit()
        values["bicubic_psnr_y_crop\(scale)"] = [ImageQuality.psnrY(bicubic, hr, crop: scale)]
        #expect(values.count == file.names.filter { $0.hasPrefix("output.") }.count)
        for (name, value) in values { try expect(Fixture.compare(value, to: file, "output.\(name)"), within: file, "output.\(name)") }
    }

    private var kernel: BlurKernel { GaussianParameters(variance1: 2, variance2: 1, angle: 0.5).kernel(size: 11) }

    private func official() throws -> USRNet {
        let network = try USRNet(.tiny)
        try network.parameters.load(Fixture.referenceWeights("usrnet_tiny"), fileName: "usrnet_tiny")
        return network
    }

    private func load(_ network: USRNet, from fixture: SafetensorsFile) throws {
        try fixture.restore(network.parameters.named.map { ("weight." + $0.name, $0.tensor) }, fileName: "the fixture")
        #expect(fixture.names.filter { $0.hasPrefix("weight.") }.count == network.parameters.names.count)
    }

    /// All stages of one case, by the names of the fixture's tensors.
    private func deviations(
        _ network: USRNet, _ file: SafetensorsFile, _ name: String, scale: Int
    ) throws -> [(name: String, deviation: Deviation)] {
        try withInference {
            let lr = try file.tensor("input.\(name).lr")
            let kernel = try file.tensor("input.\(name).kernel")
            let sigma = try file.tensor("input.\(name).sigma")
            let (alpha, beta) = try network.hyperParameters(sigma: sigma, scale: scale)
            let blur = try CircularBlur(kernel: kernel, height: lr.shape[2] * scale, width: lr.shape[3] * scale, scale: scale)
            let first = try DataStep(blur)(lr, near: lr.enlargedNearest(scale: scale), alpha: alpha.slice(1, 0..<1))
            let stages = try [
                ("mid.\(name).alpha", alpha), ("mid.\(name).beta", beta), ("mid.\(name).data_step_1", first),
                ("mid.\(name).prior_1", network.denoised(first, beta: beta.slice(1, 0..<1))),
                ("output.\(name).sr", network(lr, kernel: kernel, sigma: sigma, scale: scale)),
            ]
            return try stages.map { ($0, try Fixture.compare($1.floats(), to: file, $0)) }
        }
    }

    private func expectTolerances(_ network: USRNet, _ file: SafetensorsFile, _ name: String, scale: Int) throws {
        for (name, deviation) in try deviations(network, file, name, scale: scale) { try expect(deviation, within: file, name) }
    }

    private func expect(_ deviation: Deviation, within file: SafetensorsFile, _ name: String) throws {
        let tolerance = try Fixture.tolerance(of: name, in: file)
        #expect(deviation.maximum <= (try #require(tolerance.absolute)), "\(name)")
        #expect(deviation.rootMeanSquare <= (try #require(tolerance.rootMeanSquare)), "\(name)")
    }
}
