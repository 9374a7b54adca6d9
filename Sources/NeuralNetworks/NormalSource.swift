import Foundation

/// Uniform and normal numbers from SplitMix64: the same on every machine and device for the same seed.
struct NormalSource {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// In [0, 1).
    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }

    /// Mean 0, variance 1 (Box and Muller).
    mutating func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
}
