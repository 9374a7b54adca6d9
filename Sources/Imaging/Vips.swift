import CVips
import Synchronization

/// The library that images are read and written with.
public enum ImageLibrary {
    /// The version of libvips that runs, such as 8.14.1.
    public static var version: String { String(cString: cvips_version()) }
}

/// Serial access to libvips, whose error buffer belongs to the whole process.
enum Vips {
    private static let lock = Mutex(())
    private static let isStarted = cvips_start() == 0

    /// Runs `body` while no other thread uses libvips.
    static func withLibrary<Value: Sendable>(
        path: String, _ body: () throws(ImagingError) -> Value
    ) throws(ImagingError) -> Value {
        try lock.withLock { (_: inout sending Void) throws(ImagingError) -> Value in
            guard isStarted else { throw .unsupported(path: path, reason: "libvips does not start: \(takeError())") }
            // What an earlier image only warned about must not become the reason of this one.
            cvips_free(cvips_take_error())
            defer { cvips_release_thread() }
            return try body()
        }
    }

    /// The reason of the last failure in libvips's own words, on one line. Only inside `withLibrary`.
    static func takeError() -> String {
        let text = cvips_take_error()
        defer { cvips_free(text) }
        let lines = String(cString: text).split(whereSeparator: \.isNewline)
        return lines.first.map(String.init) ?? "no reason given"
    }
}
