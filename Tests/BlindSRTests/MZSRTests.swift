import Fixtures
import Foundation
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

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func networkAndStepsAreTheAuthors() throws {
        let file = try Fixture.conformance("mzsr")
        let (input, target) = (try file.tensor("input.interpolated_son"), try file.tensor("input.target"))
        let network = try MZSR(.init(scale: 2))
        for (name, tensor) in network.parameters.named { try tensor.copy(from: file.tensor("weight.\(name)")) }
        var values = network.parameters.tensors
        try expect(MZSR.network(values)(input).floats(), "output.network", in: file)

        var losses: [Float] = []
        for (step, rate) in [0.01, 0.01, 0.005].enumerated() {
            for value in values { try value.requireGradient() }
            let loss = try MZSR.loss(values, input: input, target: target)
            losses += try loss.floats()
            if step == 0 {
                let gradients = try loss.gradients(of: values)
                try expect(gradients[0].floats(), "mid.gradient_0.conv1.kernel", in: file)
                try expect(gradients[15].floats(), "mid.gradient_0.conv8.bias", in: file)
            }
            values = try MZSR.stepped(values, input: input, target: target, rate: rate, differentiable: false).map { try $0.detached() }
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
            let stepped = try MZSR.stepped(values, input: input, target: target, rate: 0.5, differentiable: differentiable)
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
        let whole = try BlindSystem(SystemName(parsing: "mzsr", scale: 2), scale: 2, store: store).upscale(photo)
        #expect(whole.image.width == 48 && whole.findings.estimate == nil)
        let pair = try BlindSystem(
            WeightSelection(SystemName(parsing: "kernelgan+mzsr", scale: 2), .upscaler, scale: 2, names: [], store: store))
        let kernel = BlurKernel.bicubic(scale: 2)
        #expect(kernel.width == 7 && abs(kernel.sum - 1) < 1e-6 && DihedralElement.symmetries(of: kernel).count == 8)
        #expect(try pair.upscale(photo, options: .init(kernel: kernel)).image == whole.image)
        #expect(throws: ModelError.self) { try BlindSystem(SystemName(parsing: "mzsr", scale: 3), scale: 3, store: store) }
    }

    /// Steps on the photo make its own reconstruction better.
    @Test func stepsReduceTheError() throws {
        let network = try MZSR(.init(scale: 2, width: 16), steps: 10, seed: 1)
        let kernel = GaussianParameters(variance1: 2, variance2: 1, angle: 0.4).kernel(size: 11)
        let photo = try Seeded.picture(width: 48, height: 48).rgbTensor()
        let scaling = try ZeroShotScaling(kernel: kernel, scale: 2, grid: .degradation)
        let input = try scaling.enlarged(scaling.shrunk(photo), height: 48, width: 48)
        let before = try MZSR.loss(network.parameters.tensors, input: input, target: photo).item()
        let values = try network.adapted(to: input, target: photo, rates: MZSR.rates(scale: 2)) { _ in }
        #expect(try MZSR.loss(values, input: input, target: photo).item() < before)
    }
}
