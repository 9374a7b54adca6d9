import Fixtures
import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct SkipNetworkTests {
    static let narrow = SkipNetwork.Configuration(inputs: 3, outputs: 3, widths: [6, 8, 8, 10, 10], skips: [4, 4, 4, 4, 4])

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: ["64x64", "70x58"])
    func equalsTheReference(size: String) throws {
        let file = try Fixture.conformance("dipfkp_skip")
        let network = try SkipNetwork(Self.narrow)
        try file.restore(network.parameters.named.map { ("weight." + $0.name, $0.tensor) }, fileName: "the fixture")
        let noise = try file.tensor("input.noise_\(size)")
        try expect(withoutGradients { try network(noise, training: false) }, within: file, "output.eval_mode.noise_\(size)")
        // As in a search: where gradients are recorded.
        try network.parameters.requireGradients()
        try expect(network(noise, training: true), within: file, "output.train_mode.noise_\(size)")
        guard size == "64x64" else { return }
        for (name, buffer) in network.parameters.buffers { try expect(buffer, within: file, "output.buffers_after.\(name)") }
    }

    /// Three steps of image and kernel together, as the authors take them.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: ["ssim", "mse"])
    func searchEqualsTheReference(phase: String) throws {
        let file = try Fixture.conformance("dipfkp_skip")
        let (loss, moves): (DeepPriorSearch.Loss, Bool) = phase == "ssim" ? (.similarity, false) : (.squaredError, true)
        let first = try search(file)
        let state = try first.forward(loss, kernelLearns: moves)
        try expect(state.kernel.flipped([2, 3]), within: file, "mid.\(phase).kernel_0")
        try expect(first.degraded(state.image, by: state.kernel), within: file, "mid.\(phase).lr_estimate_0")
        let names = ["1.0.1.1.weight", "1.1.1.1.weight", "2.weight", "9.1.weight"]
        let named = Dictionary(uniqueKeysWithValues: first.network.parameters.named.map { ($0.name, $0.tensor) })
        let gradients = try state.loss.gradients(of: names.map { named[$0]! } + (moves ? first.prior.parameters.tensors : []))
        for (name, gradient) in zip(names + ["kernel_latent"], gradients) {
            try expect(gradient, within: file, "mid.\(phase).gradient_0.\(name)")
        }

        let whole = try search(file)
        var losses: [Float] = []
        for step in 1...3 {
            losses += try whole.step(loss, movesKernel: moves).loss.floats()
            if step == 1 { try expect(whole.prior.parameters.tensors[0], within: file, "mid.\(phase).kernel_latent_1") }
        }
        losses += try whole.forward(loss, kernelLearns: moves).loss.floats()
        try expect(Tensor(losses, shape: [4]), within: file, "output.\(phase).losses")
        try expect(whole.prior.parameters.tensors[0], within: file, "output.\(phase).kernel_latent_3")
    }

    @Test func anySizeFromItsSmallestOn() throws {
        let network = try SkipNetwork(Self.narrow)
        for (height, width) in [(33, 33), (34, 47), (64, 95)] {
            let noise = try Tensor.searchNoise(shape: [1, 3, height, width], seed: 1, device: .cpu)
            let image = try withoutGradients { try network(noise) }
            #expect(image.shape == [1, 3, height, width])
            #expect(try image.isFinite() && image.maximum().item() < 1)
        }
    }

    /// The image network of SelfDeblur makes a grey image from eight channels; its kernel generator a kernel; together a blurred image.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func selfDeblurEqualsTheReference() throws {
        let file = try Fixture.conformance("doubledip_selfdeblur")
        let network = try SkipNetwork(.init(inputs: 8, outputs: 1, widths: [6, 8, 8, 10, 10], skips: [4, 4, 4, 4, 4]))
        try file.restore(network.parameters.named.map { ("weight.image." + $0.name, $0.tensor) }, fileName: "the fixture")
        let generator = try KernelGenerator(height: 15, width: 11, hidden: 96)
        try file.restore(generator.parameters.named.map { ("weight.kernel." + $0.name, $0.tensor) }, fileName: "the fixture")

        let noise = try file.tensor("input.kernel_noise")
        let image = try network(file.tensor("input.image_noise"))
        let kernel = try generator.values(noise)
        let blurred = try image.correlated(with: kernel.reshaped([1, 1, 15, 11]))
        let loss = try (blurred - file.tensor("input.blurred")).squared().mean()
        let gradient = try loss.gradients(of: [generator.parameters.tensors[2]])[0]
        try expect(generator.hidden(noise), within: file, "mid.kernel_hidden_relu6")
        try expect(image, within: file, "output.image")
        try expect(kernel, within: file, "output.kernel_vector")
        try expect(generator.values(file.tensor("input.kernel_noise_batch")), within: file, "output.kernel_batch")
        try expect(blurred, within: file, "output.reblurred")
        try expect(loss.reshaped([1]), within: file, "output.mse")
        try expect(gradient.slice(0, 0..<4), within: file, "mid.gradient.kernel.3.weight")
    }

    private func search(_ file: SafetensorsFile) throws -> DeepPriorSearch {
        let network = try SkipNetwork(Self.narrow)
        try file.restore(network.parameters.named.map { ("weight." + $0.name, $0.tensor) }, fileName: "the fixture")
        let flow = try KernelFlow(.standard(scale: 2))
        try flow.parameters.load(Fixture.referenceWeights("fkp_x2"), fileName: "fkp_x2")
        let code = try FlowCode(flow, alignment: .authors, seed: 0)
        try code.parameters.tensors[0].copy(from: file.tensor("input.kernel_latent").reshaped([1, 121]))
        return try DeepPriorSearch(
            lr: file.tensor("input.lr"), noise: file.tensor("input.noise_64x64"), scale: 2, network: network, prior: code)
    }

    private func expect(_ tensor: Tensor, within file: SafetensorsFile, _ name: String) throws {
        let deviation = try Fixture.compare(tensor.detached().floats(), to: file, name)
        let tolerance = try Fixture.tolerance(of: name, in: file)
        #expect(deviation.maximum <= (try #require(tolerance.absolute)), "\(name)")
        if let allowed = tolerance.rootMeanSquare { #expect(deviation.rootMeanSquare <= allowed, "\(name)") }
    }
}
