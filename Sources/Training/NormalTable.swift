import BlindSR
import Foundation

/// Standard normal numbers by looking up quantiles: four from 64 random bits, ten times as fast as a logarithm and a cosine for each.
///
/// There are 65,536 values up to ±4.33, equally likely, with mean 0 and variance 1.
struct NormalTable {
    private let quantiles: [Float]

    init() {
        let half = 32_768
        var upper: [Double] = []
        upper.reserveCapacity(half)
        var z = 0.0
        for i in 0..<half {
            // The upper tail of the normal distribution at z is (1 − (i + ½)/half)/2; Newton's method from the quantile before.
            let tail = 1 - (Double(i) + 0.5) / Double(half)
            for _ in 0..<4 { z += (erfc(z / 2.0.squareRoot()) - tail) / ((2 / .pi).squareRoot() * exp(-z * z / 2)) }
            upper.append(z)
        }
        let deviation = (upper.reduce(0) { $0 + $1 * $1 } / Double(half)).squareRoot()
        quantiles = upper.reversed().map { Float(-$0 / deviation) } + upper.map { Float($0 / deviation) }
    }

    /// Fills `values`, using up a random number of 64 bits for every four of them.
    func fill(_ values: UnsafeMutableBufferPointer<Float>, _ random: inout CounterRandom) {
        quantiles.withUnsafeBufferPointer { quantiles in
            var bits: UInt64 = 0
            for i in values.indices {
                bits = i % 4 == 0 ? random.next() : bits >> 16
                values[i] = quantiles[Int(bits & 0xffff)]
            }
        }
    }
}
