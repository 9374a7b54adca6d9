import CTorch

/// LibTorch itself.
public enum Engine {
    /// The LibTorch version that this build was compiled against, "2.13.0".
    public static var version: String { String(cString: ct_compiled_version()) }

    /// CPU threads that one operation may use.
    public static var threads: Int { Int(ct_threads()) }

    /// Sets the CPU threads that one operation may use, at least 1.
    public static func setThreads(_ count: Int) throws(TorchError) { try check(ct_set_threads(Int32(max(1, count)))) }
}
