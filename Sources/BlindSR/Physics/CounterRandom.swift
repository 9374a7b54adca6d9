import Foundation

/// Random numbers as a pure function of (seed, index, stream): the Philox4x32-10 generator of Salmon, Moraes, Dror and Shaw, "Parallel
/// random numbers: as easy as 1, 2, 3" (SC11).
///
/// Training sample i draws from its own generator, so it depends on nothing that was drawn before; streams keep independent
/// uses of one sample apart.
public struct CounterRandom: RandomNumberGenerator, Sendable {
    private let key: (UInt32, UInt32)
    private let index: UInt64
    private let stream: UInt32
    private var block: UInt32 = 0
    private var second: UInt64?

    /// The generator of the sample `index` under `seed`.
    public init(seed: UInt64, index: UInt64, stream: UInt32 = 0) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.index = index
        self.stream = stream
    }

    /// The next 64 random bits; the numbers repeat after 2³³ of them.
    public mutating func next() -> UInt64 {
        if let result = second {
            second = nil
            return result
        }
        let words = Self.philox(
            (UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), stream, block), key: key)
        block &+= 1
        second = UInt64(words.3) << 32 | UInt64(words.2)
        return UInt64(words.1) << 32 | UInt64(words.0)
    }

    /// Ten rounds of Philox4x32.
    static func philox(_ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)) -> (UInt32, UInt32, UInt32, UInt32) {
        var (counter, key) = (counter, key)
        for _ in 0..<10 {
            let first = UInt32(0xD251_1F53).multipliedFullWidth(by: counter.0)
            let second = UInt32(0xCD9E_8D57).multipliedFullWidth(by: counter.2)
            counter = (second.high ^ counter.1 ^ key.0, second.low, first.high ^ counter.3 ^ key.1, first.low)
            key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
        }
        return counter
    }
}

extension RandomNumberGenerator {
    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform between the bounds of `range`.
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        min(range.lowerBound + (range.upperBound - range.lowerBound) * uniform(), range.upperBound)
    }

    /// A standard normal number (Box–Muller; two draws each).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// A whole number from 0 up to, not including, `bound`, every one equally likely; `bound` is at least 1.
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "a bound is positive")
        let bound = UInt64(bound)
        // Lemire's method: the high word of a product, draws in the uneven rest rejected.
        let uneven = (0 &- bound) % bound
        while true {
            let product = next().multipliedFullWidth(by: bound)
            if product.low >= uneven { return Int(product.high) }
        }
    }
}
