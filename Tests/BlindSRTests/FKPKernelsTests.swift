import Fixtures
import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct FKPKernelsTests {
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 3, 4])
    func agreesWithTheAuthors(scale: Int) throws {
        let file = try Fixture.conformance("fkp")
        let family = FKPKernels(scale: scale)
        let rows = try file.doubles("input.x\(scale).variance1_variance2_theta")
        let kernels = (0..<3).flatMap { i in
            family.gaussian(GaussianParameters(variance1: rows[3 * i], variance2: rows[3 * i + 1], angle: rows[3 * i + 2]))
        }
        #expect(try Fixture.compare(kernels, to: file, "input.x\(scale).kernels").maximum < 1e-6)
        let published = try Fixture.referenceWeights("fkp_x\(scale)").doubles("normalization")[0]
        #expect(abs(family.normalization - published) < 1e-6)
    }

    /// A Gaussian that has come through their convention and back is the Gaussian that this library makes.
    @Test(arguments: [2, 3, 4]) func comesBackToTheMiddle(scale: Int) throws {
        let family = FKPKernels(scale: scale)
        let parameters = GaussianParameters(variance1: Double(scale), variance2: 0.5 * Double(scale), angle: 0.6)
        let theirs = try Tensor(family.gaussian(parameters), shape: [1, 1, family.size, family.size]).to(.float32)
        let ours = try BlurKernel(height: family.size, width: family.size, values: family.centred(theirs).floats(), normalize: true)
        let psnr = ours.kernelPSNR(to: parameters.kernel(size: family.size))
        #expect(psnr > 55, "\(psnr) dB")
        let unaligned = try BlurKernel(height: family.size, width: family.size, values: theirs.floats(), normalize: true)
        #expect(unaligned.kernelPSNR(to: parameters.kernel(size: family.size)) < psnr - 10)
    }

    /// Their correlation and our convolution put the same LR pixels at places that are (s − 1)/2 apart. At ×3 that is a whole pixel.
    @Test func theirCorrelationIsOurConvolutionOnePixelOn() throws {
        let family = FKPKernels(scale: 3)
        let parameters = GaussianParameters(variance1: 1.5, variance2: 0.8, angle: 0.4)
        let theirs = try Tensor(family.gaussian(parameters), shape: [1, 1, 15, 15])
        let image = try Seeded.tensor([1, 1, 30, 33], seed: 9)
        let padded = try image.padded(left: 7, right: 7, top: 7, bottom: 7, .circular)
        let lr = try padded.correlated(with: theirs, stride: 3)
        let blur = try CircularBlur(kernel: family.centred(theirs.to(.float32)).to(.float64), height: 30, width: 33, scale: 3)
        let ours = try blur.degraded(image.rolled(by: [1, 1], dims: [2, 3]))
        #expect(try (lr - ours).abs().maximum().item() < 1e-3)
        let turned = try CircularBlur(kernel: family.turned(theirs), height: 30, width: 33, scale: 3).degraded(image)
        #expect(try (lr - turned).abs().maximum().item() < 1e-9)
    }

    @Test func splineMeetsItsSamplesAndReproducesCubicsInside() {
        let spline = CubicSpline(through: [1, 3, -2, 0.5, 4])
        for (index, sample) in [1, 3, -2, 0.5, 4].enumerated() { #expect(abs(spline(Double(index)) - sample) < 1e-12) }
        #expect(abs(spline(-0.7) - spline(0.7)) < 1e-12 && abs(spline(4.3) - spline(3.7)) < 1e-12)
        let line = CubicSpline(through: (0..<60).map { Double($0) / 10 })
        #expect(abs(line(30.5) - 3.05) < 1e-9)
        #expect(CubicSpline(through: [2])(0.4) == 2)
    }

    @Test func shiftsThereAndBack() {
        let kernel = GaussianParameters(variance1: 2, variance2: 1.2, angle: 0.3).kernel(size: 21).values.map(Double.init)
        let there = shifted(kernel, rows: 21, columns: 21, down: 0.5, right: -1.25, border: .zero)
        let centre = centreOfMass(there, columns: 21)
        #expect(abs(centre.row - 10.5) < 1e-3 && abs(centre.column - 8.75) < 1e-3)
        let back = shifted(there, rows: 21, columns: 21, down: -0.5, right: 1.25, border: .zero)
        #expect(Deviation(back, kernel).maximum < 4e-3)
    }
}
