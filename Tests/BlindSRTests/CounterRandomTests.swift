import Foundation
import Testing

@testable import BlindSR

struct CounterRandomTests {
    /// The known answers that come with the Random123 library.
    @Test func knownAnswers() {
        let zero = CounterRandom.philox((0, 0, 0, 0), key: (0, 0))
        #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = CounterRandom.philox((.max, .max, .max, .max), key: (.max, .max))
        #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        let pi = CounterRandom.philox((0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
        #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    private func draws(seed: UInt64, index: UInt64, stream: UInt32 = 0, count: Int = 8) -> [UInt64] {
        var random = CounterRandom(seed: seed, index: index, stream: stream)
        return (0..<count).map { _ in random.next() }
    }

    @Test func dependsOnSeedIndexAndStreamOnly() {
        #expect(draws(seed: 7, index: 9) == draws(seed: 7, index: 9))
        let others = [
            draws(seed: 8, index: 9), draws(seed: 7 | 1 << 40, index: 9), draws(seed: 7, index: 10),
            draws(seed: 7, index: 9 | 1 << 40), draws(seed: 7, index: 9, stream: 1),
        ]
        let all = others.reduce(Set(draws(seed: 7, index: 9))) { $0.union($1) }
        #expect(all.count == 48)
    }

    @Test func uniformNumbersHaveTheirMoments() {
        var random = CounterRandom(seed: 1, index: 2)
        let values = (0..<20000).map { _ in random.uniform(in: -1...3) }
        #expect(values.allSatisfy { (-1...3).contains($0) })
        let mean = values.reduce(0, +) / 20000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20000
        #expect(abs(mean - 1) < 0.03)
        #expect(abs(variance - 16.0 / 12) < 0.03)
        #expect(random.uniform(in: 2...2) == 2)
    }

    @Test func normalNumbersHaveTheirMoments() {
        var random = CounterRandom(seed: 3, index: 4)
        let values = (0..<20000).map { _ in random.normal() }
        #expect(values.allSatisfy { $0.isFinite })
        func moment(_ power: Double) -> Double { values.reduce(0) { $0 + pow($1, power) } / 20000 }
        #expect(abs(moment(1)) < 0.03)
        #expect(abs(moment(2) - 1) < 0.04)
        #expect(abs(moment(3)) < 0.1)
        #expect(abs(moment(4) - 3) < 0.25)
    }

    @Test func integersAreEvenlySpread() {
        var random = CounterRandom(seed: 5, index: 6)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<14000 { counts[random.integer(below: 7)] += 1 }
        #expect(counts.allSatisfy { (1800...2200).contains($0) })
        #expect(random.integer(below: 1) == 0)
        #expect((0..<Int.max).contains(random.integer(below: .max)))
    }
}
