/// The type of a tensor's elements. The raw values are those of the C interface.
public enum DataType: Int32, Sendable {
    case float32, float64, float16, bfloat16, uint8, int64, bool, complex64, complex128

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .uint8, .bool: 1
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64, .int64, .complex64: 8
        case .complex128: 16
        }
    }
}

/// A Swift type whose values a tensor holds or hands out without conversion.
public protocol TensorElement: BitwiseCopyable, Sendable {
    static var dataType: DataType { get }
}

extension Float: TensorElement { public static var dataType: DataType { .float32 } }
extension Double: TensorElement { public static var dataType: DataType { .float64 } }
extension UInt8: TensorElement { public static var dataType: DataType { .uint8 } }
extension Int64: TensorElement { public static var dataType: DataType { .int64 } }
