import Fixtures
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct MZSRTests {
    private func expect(_ actual: [Float], _ name: String, in file: SafetensorsFile) throws {
        let deviation = try Fixture.compare(actual, to: file, name)
        let tolerance = try Fixture.tolerance(of: name, in: file)
        #expect(deviation.maximum <= tolerance.absolute ?? 0, "\(name): \(deviation)")
        #expect(deviation.rootMeanSquare <= tolerance.rootMeanSquare ?? .infinity, "\(name): \(deviation)")
    }

    /// The same rate for all tensors.
    private func rates(_ rate: Float) throws -> [Tensor] {
        [Tensor](repeating: try Tensor([rate], shape: []), count: 2 * ZeroShotNetwork.depth)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func networkAndStepsAreTheAuthors() throws {
        let file = try Fixture.conformance("mzsr")
        let (input, target) = (try file.tensor("input.interpolated_son"), try file.tensor("input.target"))
        let network = try MZSR(.init(scale: 2))
        for (name, tensor) in network.parameters.named { try tensor.copy(from: file.tensor("weight.\(name)")) }
        var values = network.parameters.tensors
        try expect(MZSR.network(values)(input).floats(), "output.network", in: file)

        var losses: [Float] = []
        for (step, rate) in [Float(0.01), 0.01, 0.005].enumerated() {
            for value in values { try value.requireGradient() }
            let loss = try MZSR.loss(values, input: input, target: target)
            losses += try loss.floats()
            if step == 0 {
                let gradients = try loss.gradients(of: values)
                try expect(gradients[0].floats(), "mid.gradient_0.conv1.kernel", in: file)
                try expect(gradients[15].floats(), "mid.gradient_0.conv8.bias", in: file)
            }
            values = try MZSR.stepped(values, input: input, target: target, rates: rates(rate), differentiable: false).map {
                try $0.detached()
            }
        }
        losses += try MZSR.loss(values, input: input, target: target).floats()
        try expect(losses, "output.losses", in: file)
        try expect(MZSR.network(values)(input).floats(), "output.network_after_3_steps", in: file)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func thePublishedStartIsRead() throws {
        let file = try Fixture.conformance("mzsr")
        let network = try MZSR(.init(scale: 2))
        try network.parameters.load(Fixture.referenceWeights("mzsr_pretrained"), fileName: "mzsr_pretrained")
        try expect(
            MZSR.network(network.parameters.tensors)(file.tensor("input.interpolated_son")).floats(), "output.pretrained_network", in: file)
    }

    /// Gradients through a step, against differences: the second order is there.
    @Test func gradientsPassThroughSteps() throws {
        let network = try MZSR(.init(scale: 2, width: 4), seed: 3)
        let input = try Seeded.tensor([1, 3, 9, 8], seed: 1).to(.float64)
        let target = try Seeded.tensor([1, 3, 9, 8], seed: 2).to(.float64)
        let values = try network.parameters.tensors.map { try $0.to(.float64) }
        for value in values { try value.requireGradient() }
        func after(_ values: [Tensor], differentiable: Bool) throws -> Tensor {
            let stepped = try MZSR.stepped(values, input: input, target: target, rates: rates(0.5), differentiable: differentiable)
            return try MZSR.loss(stepped, input: target, target: input)
        }
        let (second, first) = (
            try after(values, differentiable: true).gradients(of: values), try after(values, differentiable: false).gradients(of: values)
        )
        // Along the gradient of the first filter.
        let direction = try second[0] / second[0].squared().sum().squareRoot()
        func loss(at distance: Double) throws -> Double {
            var moved = try values.map { try $0.detached().clone() }
            moved[0] = try moved[0] + direction * distance
            for value in moved { try value.requireGradient() }
            return try after(moved, differentiable: false).item()
        }
        let difference = try (loss(at: 1e-6) - loss(at: -1e-6)) / 2e-6
        let analytic = (try (second[0] * direction).sum().item(), try (first[0] * direction).sum().item())
        #expect(abs(analytic.0 - difference) < 1e-3 * abs(difference), "\(analytic), \(difference)")
        #expect(abs(analytic.1 - difference) > 1e-2 * abs(difference), "\(analytic), \(difference)")
    }

    /// Rates of the file's own where it has some, the authors' where not, and the metadata of weights without are what they were.
    @Test func ratesAreTheFilesOrTheAuthors() throws {
        let published = try MZSR(.init(scale: 2, width: 4))
        #expect(!published.parameters.names.contains("rates"))
        for (step, rate) in [(0, 2e-2), (1, 1e-2), (4, 5e-3), (9, 5e-3)] {
            let rates = try published.rates(step: step)
            #expect(try rates.count == published.start.count && rates.allSatisfy { try $0.item() == Double(Float(rate)) })
        }
        let text = #"{"scale":2,"width":4}"#
        #expect(try JSONDecoder().decode(MZSR.Configuration.self, from: Data(text.utf8)) == published.configuration)
        #expect(try published.configuration.json == text)

        let network = try MZSR(.init(scale: 2, width: 4, learnedSteps: 2), seed: 1)
        #expect(network.parameters.names.last == "rates" && network.start.count == 16)
        try network.parameters.tensors.last!.copy(
            from: Tensor([Float](repeating: 0, count: 16) + (1...16).map { Float($0) / 64 }, shape: [2, 16]))
        #expect(try network.rates(step: 5).map { try $0.item() } == (1...16).map { Double($0) / 64 })
        // The first step stands still, the second moves every tensor by its own rate.
        let (input, target) = (
            try Seeded.tensor([1, 3, 9, 8], seed: 1).to(.float32), try Seeded.tensor([1, 3, 9, 8], seed: 2).to(.float32)
        )
        network.steps = 1
        let first = try network.adapted(to: input, target: target) { _ in }
        #expect(try zip(first, network.start).allSatisfy { try $0.floats() == $1.floats() })
        network.steps = 2
        let second = try network.adapted(to: input, target: target) { _ in }
        for value in first { try value.requireGradient() }
        let gradients = try withReducedPrecision(on: .cpu) { try MZSR.loss(first, input: input, target: target).gradients(of: first) }
        for i in first.indices {
            let expected = try (first[i].detached() - gradients[i] * (Double(i + 1) / 64)).floats()
            #expect(try zip(second[i].floats(), expected).allSatisfy { abs($0 - $1) < 1e-6 }, "tensor \(i)")
        }
    }

    @Test(arguments: [2, 4])
    func aPhotoOfOddSize(scale: Int) throws {
        let network = try MZSR(.init(scale: scale, width: 8), steps: 3, seed: 1)
        let before = try network.parameters.tensors.map { try $0.floats() }
        let kernel = GaussianParameters(variance1: 2, variance2: 1, angle: 0.4).kernel(size: 11)
        for channels in [1, 3] {
            let photo = Seeded.picture(width: 41, height: 33, channels: channels)
            let result = try network.upscale(photo, kernel: kernel, noise: 0, confidence: nil, scale: scale) { _ in }
            #expect(result.width == 41 * scale && result.height == 33 * scale && result.channels == channels)
            #expect(try network.upscale(photo, kernel: kernel, noise: 0, confidence: nil, scale: scale) { _ in } == result)
        }
        // The next photo begins where this one did.
        #expect(try network.parameters.tensors.map { try $0.floats() } == before)
        #expect(throws: UpscalingError.scale(3, supported: [scale])) {
            try network.upscale(Seeded.picture(width: 20, height: 20), kernel: kernel, noise: 0, confidence: nil, scale: 3) { _ in }
        }
    }

    /// A weight file serves both names: the system that is told no kernel, and the upscaler of a pair.
    @Test func namesLeadToIt() throws {
        let folder = NSTemporaryDirectory() + "kenet-mzsr-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try MZSR(.init(scale: 2, width: 4), seed: 1)
        try SafetensorsFile.write(
            network.parameters.named,
            metadata: ["system": "mzsr", "name": "mzsr-x2", "scales": "[2]", "configuration": network.configuration.json],
            to: folder + "/mzsr-x2.safetensors")
        let store = ModelStore(folders: [folder])
        let photo = Seeded.picture(width: 24, height: 17)
        let whole = try BlindSystem(SystemName(parsing: "mzsr"), scale: 2, store: store).upscale(photo)
        #expect(whole.image.width == 48 && whole.findings.estimate == nil)
        let pair = try BlindSystem(
            WeightSelection(SystemName(parsing: "kernelgan+mzsr"), .upscaler, scale: 2, names: [], store: store))
        let kernel = BlurKernel.bicubic(scale: 2)
        #expect(kernel.width == 7 && abs(kernel.sum - 1) < 1e-6 && DihedralElement.symmetries(of: kernel).count == 8)
        #expect(try pair.upscale(photo, options: .init(kernel: kernel)).image == whole.image)
        #expect(throws: ModelError.self) { try BlindSystem(SystemName(parsing: "mzsr"), scale: 3, store: store) }
    }

    /// Steps on the photo make its own reconstruction better.
    @Test func stepsReduceTheError() throws {
        let network = try MZSR(.init(scale: 2, width: 16), steps: 10, seed: 1)
        let kernel = GaussianParameters(variance1: 2, variance2: 1, angle: 0.4).kernel(size: 11)
        let photo = try Seeded.picture(width: 48, height: 48).rgbTensor()
        let scaling = try ZeroShotScaling(kernel: kernel, scale: 2, grid: .degradation)
        let input = try scaling.enlarged(scaling.shrunk(photo), height: 48, width: 48)
        let before = try MZSR.loss(network.parameters.tensors, input: input, target: photo).item()
        let values = try network.adapted(to: input, target: photo) { _ in }
        #expect(try MZSR.loss(values, input: input, target: photo).item() < before)
    }

    /// What the shipped start is for: a few steps on a photo whose blur is known make the result better.
    @Test func theShippedStartGainsFromItsSteps() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let store = ModelStore(folders: [package.appendingPathComponent("Weights").path])
        let photo = try ImageFile.read(package.appendingPathComponent("Examples/photos/oakland-zoo-otters.png").path).image
        let hr = photo.cropped(x: (photo.width - 256) / 2, y: (photo.height - 256) / 2, width: 256, height: 256).rounded8Bit()
        let kernel = GaussianParameters(variance1: 3, variance2: 1, angle: 0.7).kernel(size: BlurKernel.defaultSize(scale: 2))
        let lr = try hr.degraded(by: kernel, scale: 2).rounded8Bit()
        let network = try store.list().find(SystemName.Upscaler.mzsr.role(scale: 2)!).network(scale: 2, device: .cpu) as! MZSR
        func score(steps: Int) throws -> Double {
            network.steps = steps
            let result = try network.upscale(lr, kernel: kernel, noise: 0, confidence: nil, scale: 2) { _ in }
            return ImageQuality.psnrY(result.rounded8Bit(), hr)
        }
        let (before, after) = (try score(steps: 0), try score(steps: 10))
        let bicubic = ImageQuality.psnrY(lr.enlargedOnModelGrid(scale: 2).rounded8Bit(), hr)
        print(String(format: "mzsr-x2, PSNR-Y in dB: bicubic %.2f, without steps %.2f, after ten %.2f", bicubic, before, after))
        #expect(after > before + 0.5 && after > bicubic + 1)
    }
}
