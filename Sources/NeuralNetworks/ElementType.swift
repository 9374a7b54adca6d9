/// The element types that a safetensors file may hold here.
public enum ElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes per element.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }

    /// Bytes of a tensor; nil where a dimension is negative or the product does not fit an `Int`.
    func byteCount(shape: [Int]) -> Int? {
        shape.reduce(byteCount) { product, dimension in
            guard let product, dimension >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            return overflow ? nil : next
        }
    }
}

/// Conversions between `Float` and the two 16-bit formats, by their bit patterns, so that they work on every platform.
public enum HalfPrecision {
    /// The IEEE 754 binary16 pattern nearest to `value`, ties to even; too large values become infinite.
    public static func float16Bits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7fff_ffff
        if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
        if magnitude >= 0x4780_0000 { return sign | 0x7c00 }
        if magnitude < 0x3300_0000 { return sign }
        if magnitude < 0x3880_0000 {
            // Subnormal: the 24-bit significand is shifted until its unit is 2⁻²⁴.
            let significand = (magnitude & 0x007f_ffff) | 0x0080_0000
            return sign | UInt16(truncatingIfNeeded: roundedShift(significand, by: 126 - (magnitude >> 23)))
        }
        // The exponent's bias falls from 127 to 15; a carry out of the significand runs into the exponent, as it should.
        return sign | UInt16(truncatingIfNeeded: roundedShift(magnitude - 0x3800_0000, by: 13))
    }

    /// The value of an IEEE 754 binary16 pattern; every pattern has one.
    public static func float(float16Bits bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1f
        let significand = UInt32(bits & 0x3ff)
        switch exponent {
        case 0:
            let magnitude = Float(significand) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 31:
            return Float(bitPattern: sign | 0x7f80_0000 | (significand << 13))
        default:
            return Float(bitPattern: sign | ((exponent + 112) << 23) | (significand << 13))
        }
    }

    /// The bfloat16 pattern nearest to `value`, ties to even.
    public static func bfloat16Bits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
        return UInt16(truncatingIfNeeded: roundedShift(bits, by: 16))
    }

    /// The value of a bfloat16 pattern.
    public static func float(bfloat16Bits bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// `value` divided by 2^`count`, rounded to the nearest integer, ties to even.
    private static func roundedShift(_ value: UInt32, by count: UInt32) -> UInt32 {
        let half = UInt64(1) << UInt64(count - 1)
        let odd = (UInt64(value) >> UInt64(count)) & 1
        return UInt32(truncatingIfNeeded: (UInt64(value) + half - 1 + odd) >> UInt64(count))
    }
}
