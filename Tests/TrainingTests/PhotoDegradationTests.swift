import BlindSR
import Fixtures
import Foundation
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct PhotoDegradationTests {
    /// N×3×side×side: a ramp from 0.1 to 0.9, a little different in each channel, whose values do not lie on the 8-bit levels.
    private static func ramps(_ count: Int, side: Int = 32) throws -> Tensor {
        let values = (0..<count * 3 * side * side).map { i in
            let (x, y, channel) = (Double(i % side), Double(i / side % side), Double(i / (side * side) % 3))
            return Float(0.1 + 0.77 * (x + 0.11 * y + 0.7 * channel) / Double(side) * 0.85)
        }
        return try Tensor(values, shape: [count, 3, side, side])
    }

    private static func generators(_ range: Range<Int>, seed: UInt64 = 3) -> [CounterRandom] {
        range.map { CounterRandom(seed: seed, index: UInt64($0), stream: 1) }
    }

    @Test func aPhotoDependsOnItsGeneratorAlone() throws {
        let clean = try Self.ramps(12)
        var (all, some) = (Self.generators(0..<12), Self.generators(4..<9))
        let whole = try PhotoDegradation.photo(clean, &all)
        let part = try PhotoDegradation.photo(clean.slice(0, 4..<9), &some)
        #expect(try whole.lr.slice(0, 4..<9).floats() == part.lr.floats())
        #expect(try Array(whole.sigma.floats()[4..<9]) == part.sigma.floats())
        #expect(try whole.lr.slice(0, 0..<1).floats() != whole.lr.slice(0, 1..<2).floats())
        #expect(try whole.lr.floats().allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 && (0...1).contains($0) })
    }

    @Test func nothingIsRoundingAlone() throws {
        let clean = try Self.ramps(3)
        var random = Self.generators(0..<3)
        let result = try PhotoDegradation(noisy: 0, compressed: 0)(clean, &random)
        #expect(try result.lr.floats() == clean.roundedTo8Bit().floats())
        #expect(try result.sigma.floats() == [0, 0, 0])
    }

    /// σ is what was added; a share of the photos has none; there are more with little than with much.
    @Test func noiseHasItsDistribution() throws {
        let degradation = PhotoDegradation(compressed: 0)
        let clean = try Self.ramps(400)
        var random = Self.generators(0..<400)
        let result = try degradation(clean, &random)
        let sigmas = try result.sigma.floats().map { $0 * 255 }
        #expect(abs(Double(sigmas.count { $0 == 0 }) / 400 - 0.3) < 0.06)
        #expect(sigmas.allSatisfy { $0 < 17 } && sigmas.contains { $0 > 12 })
        let noisy = sigmas.filter { $0 > 0 }.sorted()
        // The median of 15·u² is 3.75.
        #expect(abs(noisy[noisy.count / 2] - 3.75) < 0.8)
        let errors = try (result.lr - clean).squared().mean([1, 2, 3]).floats().map { ($0 * 255 * 255).squareRoot() }
        for (sigma, error) in zip(sigmas, errors) { #expect(abs((sigma * sigma + 1 / 12).squareRoot() - error) < 0.05) }
    }

    /// Shot noise grows with the value, and grey noise is the same in all channels.
    @Test func noiseFollowsTheLight() throws {
        let clean = try Tensor.concatenate(
            [.full(0.2, shape: [200, 3, 16, 16]), .full(0.8, shape: [200, 3, 16, 16])], dim: 2)
        var random = Self.generators(0..<200)
        let lr = try PhotoDegradation(noisy: 1, compressed: 0)(clean, &random).lr
        let difference = try lr - clean
        let dark = try difference.slice(2, 0..<16).squared().mean().item()
        let bright = try difference.slice(2, 16..<32).squared().mean().item()
        // The mean of 1 − a + 2ax over a is 0.7 at 0.2 and 1.3 at 0.8.
        #expect(abs(bright / dark - 1.3 / 0.7) < 0.25)
        let channels = try (difference.slice(1, 0..<1) - difference.slice(1, 1..<2)).abs().mean([1, 2, 3]).floats()
        #expect(abs(Double(channels.count { $0 < 1e-6 }) / 200 - 0.4) < 0.1)
    }

    @Test func compressedPhotosLoseMoreAtLowerQuality() throws {
        let clean = try Self.ramps(64)
        func mean(_ qualities: ClosedRange<Int>) throws -> Double {
            var random = Self.generators(0..<64)
            let degradation = PhotoDegradation(noisy: 0, compressed: 1, qualities: qualities)
            return try degradation(clean, &random).sigma.mean().item() * 255
        }
        let means = try [95...100, 70...80, 40...45].map(mean)
        #expect(means == means.sorted() && means[0] > 0 && means[2] > 2 * means[0])
    }

    @Test func tabulatedNumbersAreNormal() {
        var random = CounterRandom(seed: 1, index: 0)
        var values = [Float](repeating: 0, count: 400_001)
        values.withUnsafeMutableBufferPointer { NormalTable().fill($0, &random) }
        func moment(_ order: Int) -> Double { values.reduce(0) { $0 + pow(Double($1), Double(order)) } / Double(values.count) }
        #expect(abs(moment(1)) < 0.01 && abs(moment(2) - 1) < 0.01 && abs(moment(4) - 3) < 0.05)
        #expect(abs(Double(values.count { abs($0) > 1.959964 }) / Double(values.count) - 0.05) < 0.002)
    }

    @Test func recipesKeepItAsJSON() throws {
        let text = try canonicalJSON(PhotoDegradation.photo)
        #expect(try JSONDecoder().decode(PhotoDegradation.self, from: Data(text.utf8)) == .photo)
    }
}
