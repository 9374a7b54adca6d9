import BlindSR
import Foundation
import Testing

struct GaussianFitTests {
    private static let variances = [0.2, 0.35, 0.5, 1, 2, 4, 6]

    /// The eigenvalues come back within one percent and the angle within a degree, from the narrowest to wider than the paper's.
    @Test(arguments: [11, 14, 21])
    func returnsTheParametersOfAGaussian(size: Int) {
        for (i, small) in Self.variances.enumerated() {
            for large in Self.variances[i...] {
                for angle in stride(from: 0.0, to: .pi, by: .pi / 5) {
                    let truth = GaussianParameters(variance1: large, variance2: small, angle: angle)
                    let fit = GaussianParameters.fit(to: truth.kernel(size: size))
                    #expect(abs(fit.variance1 / large - 1) < 0.002, "\(truth) \(fit)")
                    #expect(abs(fit.variance2 / small - 1) < 0.002, "\(truth) \(fit)")
                    if large > small {
                        let turn = abs(fit.degrees - truth.degrees)
                        #expect(min(turn, 180 - turn) < 0.5, "\(truth) \(fit)")
                    }
                }
            }
        }
    }

    @Test func swappedEigenvaluesAreOrdered() {
        let fit = GaussianParameters.fit(to: GaussianParameters(variance1: 1, variance2: 3, angle: 0).kernel(size: 15))
        #expect(abs(fit.variance1 - 3) < 0.01 && abs(fit.variance2 - 1) < 0.01)
        #expect(abs(fit.degrees - 90) < 0.1)
    }

    @Test func findsTheCentreOfAShiftedKernel() {
        let kernel = GaussianParameters(variance1: 2, variance2: 0.8, angle: 0.4).kernel(size: 15)
        let shifted = kernel.resizedCanvas(height: 16, width: 15).resizedCanvas(height: 15, width: 15)
        let fit = GaussianFit(shifted)
        #expect(abs(fit.centreX - 7) < 0.01 && abs(fit.centreY - 7) < 0.01)
        let cropped = GaussianFit(kernel.resizedCanvas(to: 14))
        #expect(abs(cropped.centreX - 7) < 0.01 && abs(cropped.centreY - 7) < 0.01)
    }

    /// A little noise, as an estimator leaves it, changes little.
    @Test func toleratesSmallNoise() throws {
        var random = CounterRandom(seed: 4, index: 0)
        for _ in 0..<30 {
            let truth = KernelDistribution().gaussian(using: &random).canonical
            let values = truth.kernel(size: 21).values.map { max(0, Double($0) + 2e-4 * random.normal()) }
            let fit = GaussianParameters.fit(to: try BlurKernel(height: 21, width: 21, doubles: values, normalize: true))
            #expect(abs(fit.variance1 / truth.variance1 - 1) < 0.15, "\(truth) \(fit)")
            #expect(abs(fit.variance2 / truth.variance2 - 1) < 0.15, "\(truth) \(fit)")
        }
    }

    @Test func aPointIsRoundAndNarrow() throws {
        var delta = [Float](repeating: 0, count: 121)
        delta[60] = 1
        let fit = GaussianFit(try BlurKernel(height: 11, width: 11, values: delta, normalize: true))
        #expect(fit.parameters.variance1 < 0.1)
        #expect(abs(fit.parameters.variance1 / fit.parameters.variance2 - 1) < 1e-3)
        #expect(abs(fit.centreX - 5) < 1e-3 && abs(fit.centreY - 5) < 1e-3)
    }

    @Test func measuresMotion() throws {
        let line = (0..<225).map { Float(($0 / 15 == 7 && (2...12).contains($0 % 15)) ? 1 : 0) }
        let fit = GaussianParameters.fit(to: try BlurKernel(height: 15, width: 15, values: line, normalize: true))
        #expect((8.0...20).contains(fit.variance1))
        #expect(fit.variance2 < 0.2)
        #expect(min(fit.degrees, 180 - fit.degrees) < 1)
    }

    /// Whatever the kernel, the result is finite, ordered and inside its bounds.
    @Test func everyKernelHasAResult() throws {
        var random = CounterRandom(seed: 5, index: 0)
        var kernels: [BlurKernel] = []
        for size in [1, 2, 3, 5, 11, 21, 33] {
            for place in Set([0, size * size / 2, size * size - 1]) {
                var delta = [Float](repeating: 0, count: size * size)
                delta[place] = 1
                kernels.append(try BlurKernel(height: size, width: size, values: delta, normalize: true))
                delta[random.integer(below: size * size)] += 1
                kernels.append(try BlurKernel(height: size, width: size, values: delta, normalize: true))
            }
            kernels.append(try BlurKernel(height: size, width: size, values: .init(repeating: 1, count: size * size), normalize: true))
            for _ in 0..<5 {
                let noise = (0..<size * size).map { _ in random.uniform() }
                kernels.append(try BlurKernel(height: size, width: size, doubles: noise, normalize: true))
                let sparse = noise.map { $0 > 0.8 || $0 == noise[0] ? 3e38 * $0 : 0 }
                kernels.append(try BlurKernel(height: size, width: size, doubles: sparse, normalize: false))
            }
        }
        kernels.append(try BlurKernel(height: 1, width: 101, values: .init(repeating: 1e-30, count: 101), normalize: false))
        kernels.append(try BlurKernel(height: 3, width: 3, values: [-0.05, 0, 0, 0, 1, 0, 0, 0, -0.1], normalize: true))
        for kernel in kernels {
            let fit = GaussianFit(kernel)
            let parameters = fit.parameters
            #expect(parameters.variance1 >= parameters.variance2 && parameters.variance2 >= 0.01)
            #expect(parameters.variance1 <= Double(max(kernel.height, kernel.width) * max(kernel.height, kernel.width)))
            #expect((0..<180).contains(parameters.degrees))
            #expect(fit.centreX.isFinite && fit.centreY.isFinite)
        }
    }
}
