import BlindSR
import Fixtures
import Foundation
import Testing

struct GaussianKernelTests {
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func agreesWithTheReference() throws {
        let file = try Fixture.conformance("degradation")
        for scale in 2...4 {
            let rows = try file.doubles("input.s\(scale).variance1_variance2_theta")
            for index in 0..<rows.count / 3 {
                let name = "mid.s\(scale).k\(index).kernel"
                let parameters = GaussianParameters(variance1: rows[3 * index], variance2: rows[3 * index + 1], angle: rows[3 * index + 2])
                let kernel = parameters.kernel(size: BlurKernel.defaultSize(scale: scale))
                let deviation = try Fixture.compare(kernel.values, to: file, name)
                let tolerance = try #require(try Fixture.tolerance(of: name, in: file).absolute)
                #expect(deviation.maximum <= tolerance, "\(name)")
            }
        }
    }

    @Test func agreesWithTheFormulaInNumPy() throws {
        let file = try Fixture.small("gaussian_kernels")
        let rows = try file.doubles("input.variance1_variance2_theta_size")
        for index in 0..<rows.count / 4 {
            let row = Array(rows[(4 * index)..<(4 * index + 4)])
            let kernel = GaussianParameters(variance1: row[0], variance2: row[1], angle: row[2]).kernel(size: Int(row[3]))
            let name = "output.k\(index)"
            let tolerance = try #require(try Fixture.tolerance(of: name, in: file).absolute)
            #expect(try Fixture.compare(kernel.values, to: file, name).maximum <= tolerance, "\(row)")
        }
    }

    @Test func sumsToOneAndIsSymmetric() {
        var random = CounterRandom(seed: 1, index: 0)
        for index in 0..<200 {
            let size = [11, 15, 21, 14][index % 4]
            let kernel = KernelDistribution().gaussian(using: &random).kernel(size: size)
            #expect(abs(kernel.sum - 1) < 1e-6)
            #expect(kernel.values.allSatisfy { $0 >= 0 })
            #expect(Deviation(doubles(kernel), doubles(kernel.rotated180)).maximum < 1e-9)
        }
    }

    @Test func turnsWithItsAngle() {
        var random = CounterRandom(seed: 2, index: 0)
        for _ in 0..<50 {
            let drawn = KernelDistribution().gaussian(using: &random)
            let turned = GaussianParameters(variance1: drawn.variance1, variance2: drawn.variance2, angle: drawn.angle + .pi / 2)
            let mirrored = GaussianParameters(variance1: drawn.variance1, variance2: drawn.variance2, angle: -drawn.angle)
            let kernel = drawn.kernel(size: 15)
            for (gaussian, element) in [(turned, DihedralElement.rotated90), (mirrored, DihedralElement.flippedVertically)] {
                #expect(Deviation(doubles(gaussian.kernel(size: 15)), doubles(element.apply(to: kernel))).maximum < 1e-8)
            }
        }
    }

    @Test func angleIsMeasuredFromRightToDown() {
        let kernel = GaussianParameters(variance1: 4, variance2: 0.5, angle: .pi / 4).kernel(size: 11)
        #expect(kernel[7, 7] > 10 * kernel[7, 3])
    }

    @Test func canonicalFormDescribesTheSameKernel() {
        for (variance1, variance2, angle) in [(1.0, 3.0, 0.3), (3, 1, -0.3), (2, 1, 7), (1, 2, .pi / 2), (2, 1, -1e-20)] {
            let parameters = GaussianParameters(variance1: variance1, variance2: variance2, angle: angle)
            let canonical = parameters.canonical
            #expect(canonical.variance1 >= canonical.variance2)
            #expect((0..<Double.pi).contains(canonical.angle))
            #expect((0..<180).contains(parameters.degrees))
            #expect(Deviation(doubles(parameters.kernel(size: 11)), doubles(canonical.kernel(size: 11))).maximum < 1e-8)
        }
    }

    @Test func refusesUnusableNumbers() {
        #expect(throws: BlurKernelError.variance(0)) { try GaussianParameters(checking: 0, 1, degrees: 0) }
        #expect(throws: BlurKernelError.variance(-1)) { try GaussianParameters(checking: 1, -1, degrees: 0) }
        #expect(throws: BlurKernelError.variance(.infinity)) { try GaussianParameters(checking: 1, .infinity, degrees: 0) }
        #expect(throws: BlurKernelError.self) { try GaussianParameters(checking: .nan, 1, degrees: 0) }
        #expect(throws: BlurKernelError.angle) { try GaussianParameters(checking: 1, 1, degrees: .infinity) }
        #expect(throws: Never.self) { try GaussianParameters(checking: 3, 1, degrees: -30) }
    }

    @Test func distributionFillsItsRange() {
        var random = CounterRandom(seed: 3, index: 0)
        let draws = (0..<4000).map { _ in KernelDistribution().gaussian(using: &random) }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        for values in [draws.map(\.variance1), draws.map(\.variance2)] {
            #expect(values.allSatisfy { (0.2...4.0).contains($0) })
            #expect(abs(mean(values) - 2.1) < 0.06)
        }
        let angles = draws.map(\.angle)
        #expect(angles.allSatisfy { (0..<Double.pi).contains($0) })
        #expect(abs(mean(angles) - Double.pi / 2) < 0.05)
    }

    private func doubles(_ kernel: BlurKernel) -> [Double] { kernel.values.map(Double.init) }
}
