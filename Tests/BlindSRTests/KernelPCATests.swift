import Fixtures
import Foundation
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct KernelPCATests {
    /// Angles in degrees between the spans of two orthonormal bases, rows of `length` values, largest first.
    private func principalAngles(_ a: [Float], _ b: [Float], length: Int) throws -> [Double] {
        let (first, second) = try (
            Tensor(a, shape: [a.count / length, length]).to(.float64), Tensor(b, shape: [b.count / length, length]).to(.float64)
        )
        let products = try first.matrixProduct(second.permuted([1, 0]))
        let squares: [Double] = try products.matrixProduct(products.permuted([1, 0])).symmetricEigen().values.elements()
        return squares.map { acos(min(1, max(0, $0)).squareRoot()) * 180 / .pi }
    }

    private func random(_ index: Int) -> CounterRandom { CounterRandom(seed: 5, index: UInt64(index)) }

    @Test func theComponentsAreOrthonormalAndOrdered() throws {
        let pca = try KernelPCA(of: KernelDistribution(), scale: 2, count: 12, byColumns: false, samples: 2000)
        let rows = try Tensor(pca.components, shape: [12, 121]).to(.float64)
        let products: [Double] = try rows.matrixProduct(rows.permuted([1, 0])).elements()
        for i in 0..<12 {
            for j in 0..<12 { #expect(abs(products[i * 12 + j] - (i == j ? 1 : 0)) < 1e-5) }
        }
        // The energy along each, measured anew.
        let kernels = (0..<2000).map { index in
            var random = CounterRandom(seed: 77, index: UInt64(index))
            return KernelDistribution().gaussian(using: &random).kernel(size: 11).values
        }
        let codes = try Tensor(kernels.flatMap { $0 }, shape: [2000, 121]).to(.float64).matrixProduct(rows.permuted([1, 0]))
        let energies: [Double] = try codes.squared().mean([0]).elements()
        #expect(zip(energies, energies.dropFirst()).allSatisfy { $0 > 0.8 * $1 })
        #expect(energies[0] > 20 * energies[11])
    }

    /// DAN's isotropic basis at ×4: standard deviations uniform in 0.2…4, 21×21.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) func isotropicKernelsOfDAN() throws {
        let reference = try Fixture.referenceWeights("dan_pca").tensor("iso_x4_441x10").permuted([1, 0]).floats()
        let pca = try KernelPCA(count: 10, side: 21, samples: 10_000, centred: true) { index in
            var random = random(index)
            let variance = pow(random.uniform(in: 0.2...4), 2)
            return GaussianParameters(variance1: variance, variance2: variance, angle: 0).kernel(size: 21).values
        }
        let angles = try principalAngles(pca.components, reference, length: 441)
        print("DAN isotropic ×4, principal angles in degrees: \(angles.map { String(format: "%.2f", $0) })")
        #expect(angles[0] < 1)
    }

    /// DAN's anisotropic basis at ×2: standard deviations uniform in 0.6…5, values disturbed by up to a quarter, 11×11.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) func anisotropicKernelsOfDAN() throws {
        let reference = try Fixture.referenceWeights("dan_pca").tensor("aniso_x2_121x10").permuted([1, 0]).floats()
        let pca = try KernelPCA(count: 10, side: 11, samples: 20_000, centred: true) { index in
            var random = random(index)
            let (a, b) = (random.uniform(in: 0.6...5), random.uniform(in: 0.6...5))
            let kernel = GaussianParameters(variance1: a * a, variance2: b * b, angle: random.uniform() * .pi).kernel(size: 11)
            let disturbed = kernel.values.map { $0 * Float(1 + 0.25 * random.uniform()) }
            let sum = disturbed.reduce(0, +)
            return disturbed.map { $0 / sum }
        }
        let angles = try principalAngles(pca.components, reference, length: 121)
        print("DAN anisotropic ×2, principal angles in degrees: \(angles.map { String(format: "%.2f", $0) })")
        #expect(angles[0] < 8)
    }

    /// SRMD's basis: eigenvalues 0.1…10 and 0.1 to the first, 15×15, by columns. Its last components belong to a handful of kernels,
    /// so that 10,000 draws settle them to some degrees only.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) func kernelsOfSRMD() throws {
        let reference = try Fixture.referenceWeights("srmd_pca").floats("P_matlab_repository")
        let pca = try KernelPCA(count: 15, side: 15, samples: 10_000, centred: false) { index in
            var random = random(index)
            let first = random.uniform(in: 0.1...10)
            return GaussianParameters(variance1: first, variance2: random.uniform(in: 0.1...first), angle: random.uniform() * .pi)
                .kernel(size: 15).transposed.values
        }
        let angles = try principalAngles(pca.components, reference, length: 225)
        print("SRMD, principal angles in degrees: \(angles.map { String(format: "%.2f", $0) })")
        #expect(angles[0] < 12 && angles[5] < 3)
    }
}
