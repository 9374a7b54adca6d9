import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct KernelGANTests {
    private static let isAvailable = Fixture.isAvailable

    private func expect(_ actual: [Float], _ name: String, in file: SafetensorsFile) throws {
        let deviation = try Fixture.compare(actual, to: file, name)
        let tolerance = try Fixture.tolerance(of: name, in: file)
        #expect(deviation.maximum <= tolerance.absolute ?? 0, "\(name): \(deviation)")
        #expect(deviation.rootMeanSquare <= tolerance.rootMeanSquare ?? .infinity, "\(name): \(deviation)")
    }

    private func generator(_ file: SafetensorsFile) throws -> KernelGANGenerator {
        let generator = try KernelGANGenerator(seed: 0, device: .cpu)
        for (name, tensor) in generator.parameters.named { try tensor.copy(from: file.tensor("weight.G.\(name)")) }
        return generator
    }

    private func discriminator(_ file: SafetensorsFile) throws -> KernelGANDiscriminator {
        let discriminator = try KernelGANDiscriminator(seed: 0, device: .cpu)
        for (name, tensor) in discriminator.parameters.named + discriminator.state.named {
            try tensor.copy(from: file.tensor("weight.D.\(name)"))
        }
        return discriminator
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func theGeneratorIsOneKernel() throws {
        let file = try Fixture.conformance("kernelgan")
        let generator = try generator(file)
        let input = try file.tensor("input.g_input")
        let first = try input.permuted([1, 0, 2, 3]).correlated(with: generator.parameters.tensors[0])
        try expect(first.slice(0, 0..<1).slice(1, 0..<8).floats(), "mid.generator.first_layer", in: file)
        try expect(generator.response().floats(), "mid.kernel_unflipped", in: file)
        try expect(generator.kernel().floats(), "output.kernel_13", in: file)
        try expect(KernelGANGenerator.shrunk(input, kernel: generator.kernel()).floats(), "output.generator", in: file)
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func theDiscriminatorIsTheAuthors() throws {
        let file = try Fixture.conformance("kernelgan")
        let discriminator = try discriminator(file)
        let input = try file.tensor("input.d_input")
        try expect(discriminator(input, training: false).floats(), "output.discriminator_eval", in: file)
        try expect(discriminator(input, training: true).floats(), "output.discriminator_train", in: file)
        let prefix = "output.discriminator_after_train_forward."
        let state = Dictionary(uniqueKeysWithValues: discriminator.state.named.map { ($0.name, $0.tensor) })
        for name in file.names where name.hasPrefix(prefix) {
            try expect(#require(state[String(name.dropFirst(prefix.count))]).floats(), name, in: file)
        }
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func regularisersAreTheAuthors() throws {
        let file = try Fixture.conformance("kernelgan")
        let regularisers = try KernelGANRegularisers(device: .cpu)
        let kernel = try file.tensor("input.loss_kernel").reshaped([1, 1, 13, 13])
        let (crop, result) = (try file.tensor("input.g_input"), try file.tensor("input.g_output_for_loss"))
        try expect(KernelGANRegularisers.bicubicKernel(device: .cpu).floats(), "mid.bicubic_kernel", in: file)
        try expect(KernelGANRegularisers.bicubicTarget(crop, side: 26).floats(), "mid.bicubic_target", in: file)
        try expect(KernelGANRegularisers.boundaryMask, "mid.boundary_mask", in: file)
        let bicubic = try KernelGANRegularisers.bicubicLoss(result, crop: crop)
        try expect(bicubic.floats(), "output.loss.bicubic", in: file)
        try expect(regularisers.boundariesLoss(kernel).floats(), "output.loss.boundaries", in: file)
        try expect(regularisers.centralizedLoss(kernel).floats(), "output.loss.centralized", in: file)
        try expect(KernelGANRegularisers.sparsityLoss(kernel).floats(), "output.loss.sparse", in: file)
        try expect(KernelGANRegularisers.sumToOneLoss(kernel).floats(), "output.loss.sum2one", in: file)
        try expect(regularisers(kernel, bicubicLoss: bicubic).floats(), "output.loss.weighted_sum", in: file)
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func aGeneratorStepIsTheAuthors() throws {
        let file = try Fixture.conformance("kernelgan")
        let (generator, discriminator) = (try generator(file), try discriminator(file))
        try generator.parameters.requireGradients()
        let losses = try KernelGAN.generatorLosses(
            generator, discriminator, crop: file.tensor("input.g_input"), KernelGANRegularisers(device: .cpu))
        try expect(losses.adversarial.floats(), "output.step.adversarial", in: file)
        try expect(losses.total.floats(), "output.step.total", in: file)
        let gradients = try losses.total.gradients(of: generator.parameters.tensors)
        for (name, gradient) in zip(generator.parameters.names, gradients) where file.names.contains("output.step.gradient.G.\(name)") {
            try expect(gradient.floats(), "output.step.gradient.G.\(name)", in: file)
        }
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func kernelsAreFilteredMovedAndDoubledAsByTheAuthors() throws {
        let file = try Fixture.conformance("kernelgan")
        for (source, prefix) in [("output.kernel_13", "generator"), ("input.loss_kernel", "given")] {
            let learned = BlurKernel(height: 13, width: 13, unchecked: try file.floats(source))
            let filtered = learned.withoutNegligibleValues()
            try expect(filtered.values, "mid.\(prefix).filtered_n40", in: file)
            let moved = filtered.movedToResizerGrid(scale: 2)
            try expect(moved.values, "output.\(prefix).kernel_x2_kernelgan", in: file)
            try expect(moved.analyticForTwiceTheScale().values, "output.\(prefix).kernel_x4_kernelgan", in: file)
        }
    }

    /// FKP's authors do not turn the response, cut two rows and columns off it, and move without a margin, to the other side.
    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func theOtherPublishedVariantIsMadeOfTheSameParts() throws {
        let file = try Fixture.conformance("kernelgan")
        func moved(_ kernel: BlurKernel, scale: Int) -> BlurKernel {
            let (centre, wanted) = (kernel.centreOfMass, Double(kernel.width - scale) / 2)
            return kernel.shifted(rows: wanted - centre.row, columns: wanted - centre.column)
        }
        for (source, prefix) in [("output.kernel_13", "generator"), ("input.loss_kernel", "given")] {
            let values = Array(try file.floats(source).reversed())
            let cut = (0..<11).flatMap { values[$0 * 13..<$0 * 13 + 11] }
            let filtered = BlurKernel(height: 11, width: 11, unchecked: cut).withoutNegligibleValues()
            let kernel = moved(filtered, scale: 2)
            try expect(kernel.values, "output.\(prefix).kernel_x2_fkp", in: file)
            try expect(moved(kernel.analyticForTwiceTheScale(), scale: 4).values, "output.\(prefix).kernel_x4_fkp", in: file)
        }
    }

    /// What a photo's degradation is to KernelGAN, converted, is the degradation again: turned, and moved by half of s − 1.
    @Test(arguments: [2, 4])
    func itsKernelsBecomeOurs(scale: Int) throws {
        let ours = GaussianParameters(variance1: 3, variance2: 1.2, angle: 0.5).kernel(size: 15)
        let theirs = ours.rotated180.movedToResizerGrid(scale: scale)
        #expect(abs(theirs.centreOfMass.row - Double(theirs.height / 2) - Double(scale - 1) / 2) < 0.01)
        #expect(try BlurKernel(kernelGAN: theirs, size: 15).kernelPSNR(to: ours) > 70)

        // A kernel without symmetry, whose orientation shows: a long tail to the lower right.
        var values = [Float](repeating: 0, count: 81)
        for (i, value) in [0.5, 0.25, 0.15, 0.1].enumerated() { values[(3 + i) * 9 + 3 + i] = Float(value) }
        let tail = BlurKernel(height: 9, width: 9, unchecked: values)
        let soft = try Self.softened(tail)
        let back = try BlurKernel(kernelGAN: soft.rotated180, size: soft.width)
        #expect(abs(back.centreOfMass.row - Double(back.height / 2)) < 0.02)
        let centre = soft.centreOfMass
        let centred = soft.shifted(
            rows: Double(soft.height / 2) - centre.row, columns: Double(soft.width / 2) - centre.column)
        #expect(back.kernelPSNR(to: centred) > 60 && back.kernelPSNR(to: centred.rotated180) < 50)
    }

    /// Blurred by a small Gaussian, on a larger canvas.
    private static func softened(_ kernel: BlurKernel) throws -> BlurKernel {
        let large = kernel.padded(by: 4)
        let gaussian = GaussianParameters(variance1: 0.8, variance2: 0.8, angle: 0).kernel(size: 9)
        let blurred = try Tensor(large.values, shape: [1, 1, large.height, large.width])
            .correlated(with: Tensor(gaussian.values, shape: [1, 1, 9, 9]), padding: 4)
        return BlurKernel(height: large.height, width: large.width, unchecked: try blurred.floats())
    }

    @Test func boxSumsAndStrongestValues() {
        let plane = Plane(width: 5, height: 4) { x, y in Double(x + 10 * y) }
        #expect(plane.boxSums(3)[1, 1] == 99 && plane.boxSums(3)[0, 0] == 22)
        // An even side reaches one further to the left and upwards.
        #expect(plane.boxSums(2)[2, 2] == 11 + 12 + 21 + 22)
        #expect(plane.strongest(0.5).values.filter { $0 > 0 }.count == 9)
    }

    /// Crops follow the gradients: a photo with texture in one corner.
    @Test func cropsLieWhereTheGradientIs() throws {
        var photo = Image(width: 300, height: 300, channels: 1, repeating: 0.5)
        for y in 180..<250 { for x in 180..<250 { photo[x, y, 0] = Float((x * 7 + y * 13) % 10) / 10 } }
        let crops = KernelGANCrops(photo)
        #expect(crops.photo.width == 280)
        var found = 0
        for index in 0..<50 {
            var random = CounterRandom(seed: 4, index: UInt64(index))
            let drawn = crops.draw(&random)
            #expect(drawn.generator.width == 64 && drawn.discriminator.height == 26)
            if Set(drawn.discriminator.samples).count > 1 { found += 1 }
        }
        #expect(found > 45)
        // Nothing to choose by: every place is as good.
        var random = CounterRandom(seed: 4, index: 0)
        #expect(KernelGANCrops(Image(width: 64, height: 65, channels: 3, repeating: 1)).draw(&random).generator.height == 64)
    }

    @Test func aShortRunIsReproducibleAndCanBeStopped() throws {
        let photo = Seeded.picture(width: 101, height: 77)
        let (first, second) = (KernelGAN(iterations: 4), KernelGAN(iterations: 4))
        let kernel = try first.estimate(photo, scale: 2) { _ in }.kernel
        #expect(kernel.width == 11 && abs(kernel.sum - 1) < 1e-5 && kernel.values.allSatisfy { $0 >= 0 })
        #expect(try second.estimate(photo, scale: 2) { _ in }.kernel == kernel)
        #expect(try first.estimate(photo, scale: 4) { _ in }.kernel.width == 21)
        struct Stop: Error {}
        var calls = 0
        #expect(throws: Stop.self) {
            try KernelGAN().estimate(photo, scale: 2) { _ in
                calls += 1
                if calls == 2 { throw Stop() }
            }
        }
        #expect(throws: EstimationError.self) { try first.estimate(Seeded.picture(width: 63, height: 80), scale: 2) { _ in } }
        #expect(throws: EstimationError.self) { try first.estimate(photo, scale: 3) { _ in } }
    }

    @Test(.enabled(if: isAvailable && Fixture.runsSlowTests, "slow, and needs KENET_FIXTURES"), arguments: ["butterfly", "bird"])
    func theKernelImproves(name: String) throws {
        let item = try PaperProtocol("Set5", scale: 2).cases(of: name, draws: 1)[0]
        let before = try KernelGAN(iterations: 0).estimate(item.lr, scale: 2) { _ in }.kernel.kernelPSNR(to: item.kernel)
        let start = ContinuousClock.now
        let after = try KernelGAN().estimate(item.lr, scale: 2) { _ in }.kernel.kernelPSNR(to: item.kernel)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("KernelGAN, \(name) ×2, kernel PSNR: \(before) dB at the start, \(after) dB after \(seconds) s")
        #expect(after > before)
    }
}
