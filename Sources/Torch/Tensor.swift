import CTorch

/// An n-dimensional array on a device, with value shapes and reference storage as in PyTorch: views share memory.
///
/// Operations throw ``TorchError`` where the shapes do not fit or memory runs out. Images are N×C×H×W. Not `Sendable`:
/// tensors stay on the thread that made them.
public final class Tensor {
    private let handle: OpaquePointer

    /// Takes over an owned reference of the C interface.
    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { ct_release(handle) }

    /// The C handle, valid while `body` runs.
    @inline(__always)
    func withHandle<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        withExtendedLifetime(self) { body(handle) }
    }

    // MARK: Making

    /// Copies row-major `elements`, whose count must be the product of `shape`.
    public convenience init<Element: TensorElement>(
        _ elements: [Element], shape: [Int], device: Device = .cpu
    ) throws(TorchError) {
        try self.init(owning: elements.withUnsafeBytes { bytes in Tensor.handle(bytes, shape, Element.dataType, device) }.get())
    }

    /// Copies row-major elements of any type from raw memory.
    public convenience init(
        bytes: UnsafeRawBufferPointer, shape: [Int], type: DataType, device: Device = .cpu
    ) throws(TorchError) {
        try self.init(owning: Tensor.handle(bytes, shape, type, device).get())
    }

    private static func handle(
        _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ type: DataType, _ device: Device
    ) -> Result<OpaquePointer, TorchError> {
        var out: OpaquePointer?
        let dims = shape.map(Int64.init)
        let nothing: UInt8 = 0
        let status = withUnsafePointer(to: nothing) { empty in
            ct_from_bytes(
                bytes.baseAddress ?? UnsafeRawPointer(empty), bytes.count, dims, Int32(dims.count), type.rawValue, device.index, &out)
        }
        guard status.code == 0, let out else { return .failure(TorchError(status)) }
        return .success(out)
    }

    /// A tensor filled with one value.
    public static func full(
        _ value: Double, shape: [Int], type: DataType = .float32, device: Device = .cpu
    ) throws(TorchError) -> Tensor {
        let dims = shape.map(Int64.init)
        return try make { ct_full(dims, Int32(dims.count), value, type.rawValue, device.index, $0) }
    }

    /// A tensor of zeros.
    public static func zeros(shape: [Int], type: DataType = .float32, device: Device = .cpu) throws(TorchError) -> Tensor {
        try full(0, shape: shape, type: type, device: device)
    }

    // MARK: Reading

    public var shape: [Int] {
        withHandle { handle in
            var dims = [Int64](repeating: 0, count: Int(ct_rank(handle)))
            ct_shape(handle, &dims)
            return dims.map(Int.init)
        }
    }

    public var count: Int { shape.reduce(1, *) }
    public var device: Device { withHandle { Device(index: ct_device_of($0)) } }

    /// The element type; `nil` for the few that this interface has no name for.
    public var dataType: DataType? { withHandle { DataType(rawValue: ct_type($0)) } }

    /// All elements, row-major, converted to `Element` and copied from the device.
    public func elements<Element: TensorElement>(as type: Element.Type = Element.self) throws(TorchError) -> [Element] {
        let source = try to(Element.dataType)
        let count = source.count
        var status = ct_status(code: 0, message: nil)
        let result = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            status = source.withHandle {
                ct_copy_bytes($0, UnsafeMutableRawPointer(buffer.baseAddress!), count * MemoryLayout<Element>.stride)
            }
            initialized = status.code == 0 ? count : 0
        }
        try check(status)
        return result
    }

    /// All elements as Float.
    public func floats() throws(TorchError) -> [Float] { try elements() }

    /// The one element of a tensor that has just one. Waits for the device.
    public func item() throws(TorchError) -> Double {
        var value = 0.0
        try check(withHandle { ct_item($0, &value) })
        return value
    }

    /// Whether no element is NaN or infinite.
    public func isFinite() throws(TorchError) -> Bool {
        var value = false
        try check(withHandle { ct_all_finite($0, &value) })
        return value
    }

    // MARK: Copying

    /// The same values with another element type; itself where it is the same.
    public func to(_ type: DataType) throws(TorchError) -> Tensor { try make(self) { ct_to($0, type.rawValue, $1) } }

    /// A copy with its own memory.
    public func clone() throws(TorchError) -> Tensor { try make(self, ct_clone) }

    /// The same values laid out row by row (or with channels innermost); itself where they are already.
    public func contiguous(channelsLast: Bool = false) throws(TorchError) -> Tensor {
        try make(self) { ct_contiguous($0, channelsLast, $1) }
    }

    /// Overwrites the values in place with those of a tensor of the same shape.
    public func copy(from source: Tensor) throws(TorchError) {
        try check(withHandle { target in source.withHandle { ct_copy_from(target, $0) } })
    }
}
