import BlindSR
import Fixtures
import Foundation
import Imaging
import Testing

@testable import Evaluation

/// A method of an evaluation does what the tool does, with the shipped weights.
@Suite struct MethodTests {
    private static let store = {
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { package.deleteLastPathComponent() }
        return ModelStore(folders: [package.appendingPathComponent("Weights").path])
    }()

    private func test() throws -> TestCase {
        let blur = GaussianParameters(variance1: 2, variance2: 1, angle: 20).kernel(size: 15)
        return try TestCase(degrading: ImageFile.read(Fixture.smallPath("asters.png")).colour, by: blur, scale: 2)
    }

    /// The restorer is told how sure the estimator is, and which weights were chosen.
    @Test(arguments: ["spectrum+wiener", "spectrum:auto+wiener:auto"]) func pairsAreThoseOfTheTool(_ name: String) throws {
        let test = try test()
        let outcome = try Method(MethodName(parsing: name), scale: 2, store: Self.store, device: .cpu)(test)
        let system = try BlindSystem(scale: 2, names: name.contains("auto") ? [] : ["clean"], store: Self.store)
        let expected = try system.upscale(test.lr, options: .init(restoration: .init(border: .circular)))
        let estimate = try #require(expected.findings.estimate)
        try #require(expected.findings.doubt == nil && estimate.confidence != nil)
        #expect(outcome.estimate?.kernel == estimate.kernel)
        #expect(outcome.result == expected.image)
        let certain = try system.upscale(
            test.lr,
            options: .init(
                estimate: KernelEstimate(kernel: estimate.kernel, noise: estimate.noise), restoration: .init(border: .circular)))
        #expect(certain.image != expected.image)
    }
}
