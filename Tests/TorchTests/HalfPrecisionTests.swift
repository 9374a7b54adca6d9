import NeuralNetworks
import Testing

struct HalfPrecisionTests {
    @Test func everyPatternSurvivesTheRoundTrip() {
        for bits in UInt16.min...UInt16.max {
            let half = HalfPrecision.float(float16Bits: bits)
            let brain = HalfPrecision.float(bfloat16Bits: bits)
            if half.isNaN {
                #expect(HalfPrecision.float(float16Bits: HalfPrecision.float16Bits(half)).isNaN)
            } else if HalfPrecision.float16Bits(half) != bits {
                Issue.record("float16 \(bits)")
            }
            if brain.isNaN {
                #expect(HalfPrecision.float(bfloat16Bits: HalfPrecision.bfloat16Bits(brain)).isNaN)
            } else if HalfPrecision.bfloat16Bits(brain) != bits {
                Issue.record("bfloat16 \(bits)")
            }
        }
    }

    /// Halfway between two neighbours the even one wins; just beside, the nearer one.
    @Test func roundsToNearestTiesToEven() {
        for bits in UInt16(0)..<0x7bff {
            let (low, high) = (HalfPrecision.float(float16Bits: bits), HalfPrecision.float(float16Bits: bits + 1))
            let middle = (low + high) / 2
            let even = bits % 2 == 0 ? bits : bits + 1
            guard HalfPrecision.float16Bits(middle) == even, HalfPrecision.float16Bits(middle.nextDown) == bits,
                HalfPrecision.float16Bits(middle.nextUp) == bits + 1, HalfPrecision.float16Bits(-middle) == even | 0x8000
            else {
                Issue.record("between float16 patterns \(bits) and \(bits + 1)")
                continue
            }
        }
        #expect(HalfPrecision.float16Bits(65519.996) == 0x7bff)
        #expect(HalfPrecision.float16Bits(65520) == 0x7c00)
        #expect(HalfPrecision.float16Bits(1e-30) == 0)
        #expect(HalfPrecision.float16Bits(.infinity) == 0x7c00)
        #expect(HalfPrecision.bfloat16Bits(1.00390625) == 0x3f80)
        #expect(HalfPrecision.bfloat16Bits(1.01171875) == 0x3f82)
        #expect(HalfPrecision.bfloat16Bits(Float.greatestFiniteMagnitude) == 0x7f80)
    }
}
