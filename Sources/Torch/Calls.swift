import CTorch

/// How operations call the C interface: handles go in while their tensors are kept alive, one owned tensor comes out.

typealias Out = UnsafeMutablePointer<OpaquePointer?>

@inline(__always)
func make(_ call: (Out) -> ct_status) throws(TorchError) -> Tensor {
    var out: OpaquePointer?
    try check(call(&out))
    return Tensor(owning: out!)
}

@inline(__always)
func make(_ a: Tensor, _ call: (OpaquePointer, Out) -> ct_status) throws(TorchError) -> Tensor {
    try make { out in a.withHandle { call($0, out) } }
}

@inline(__always)
func make(_ a: Tensor, _ b: Tensor, _ call: (OpaquePointer, OpaquePointer, Out) -> ct_status) throws(TorchError) -> Tensor {
    try make { out in a.withHandle { first in b.withHandle { call(first, $0, out) } } }
}

/// Calls with a tensor that may be missing.
@inline(__always)
func withOptionalHandle<Result>(_ tensor: Tensor?, _ body: (OpaquePointer?) -> Result) -> Result {
    guard let tensor else { return body(nil) }
    return tensor.withHandle { body($0) }
}

/// Calls with the handles of a list.
func withHandles<Result>(_ tensors: [Tensor], _ body: (UnsafePointer<OpaquePointer?>, Int32) -> Result) -> Result {
    withExtendedLifetime(tensors) {
        let handles: [OpaquePointer?] = tensors.map { $0.withHandle { $0 } }
        return handles.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                var none: OpaquePointer?
                return body(&none, 0)
            }
            return body(base, Int32(buffer.count))
        }
    }
}
