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
    public static func setThreads(_ count: Int) throws(TorchError) { try check(ct_set_threads(Int32(max(1, count)))) }

    /// Lets the process keep the memory that tensors give back, for the next ones.
    ///
    /// glibc otherwise maps every block above 32 MB anew, and the system clears its pages each time: a third of the time of a large
    /// restoration. The price is a peak that is higher by about a third. For programs, at their start; a library leaves the choice to its user.
    public static func keepFreedMemory() { ct_keep_freed_memory() }
}
