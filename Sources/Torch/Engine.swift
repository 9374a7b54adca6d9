import CTorch
import Foundation

/// LibTorch itself.
public enum Engine {
    /// The LibTorch version that this build was compiled against, "2.13.0".
    public static var version: String { String(cString: ct_compiled_version()) }

    /// The LibTorch version that runs; the same text as ``version`` where LibTorch does not tell.
    public static var loadedVersion: String {
        guard let configuration = ct_loaded_configuration() else { return version }
        defer { ct_free_message(configuration) }
        let parts = String(cString: configuration).components(separatedBy: "TORCH_VERSION=")
        return parts.count == 2 ? String(parts[1].prefix { $0 == "." || $0.isNumber }) : version
    }

    /// Whether major and minor version of what runs are those of the build.
    public static var isCompatible: Bool { loadedVersion.split(separator: ".").prefix(2) == version.split(separator: ".").prefix(2) }

    /// CPU threads that one operation may use.
    public static var threads: Int { Int(ct_threads()) }

    /// Sets the CPU threads that one operation may use, at least 1.
    public static func setThreads(_ count: Int) throws(TorchError) { try check(ct_set_threads(Int32(clamping: max(1, count)))) }

    /// Lets the process keep the memory that tensors give back, for the next ones.
    ///
    /// glibc otherwise maps every block above 32 MB anew, and the system clears its pages each time: a third of the time of a large
    /// restoration. For programs, at their start; a library leaves the choice to its user.
    public static func keepFreedMemory() { ct_keep_freed_memory() }

    /// Whether the CPU has instructions for products of bfloat16: ``withReducedPrecision(_:on:_:)`` then takes about half the time.
    public static var hasFastBFloat16: Bool { ct_has_fast_bfloat16() }
}

/// Runs `body` with convolutions and matrix products in bfloat16 (8 bits of mantissa, sums in float32); everything else keeps its precision,
/// and so do the parameters and their gradients. On a CPU that ``Engine/hasFastBFloat16`` is false of, or where not `wanted`, nothing changes.
public func withReducedPrecision<Result, Failure: Error>(
    _ wanted: Bool = true, on device: Device, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    guard wanted, device != .cpu || Engine.hasFastBFloat16 else { return try body() }
    let token = ct_reduced_precision_begin(device.index)
    defer { ct_reduced_precision_end(token) }
    return try body()
}
