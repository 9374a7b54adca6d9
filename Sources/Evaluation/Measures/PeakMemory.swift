import Foundation

/// The largest resident memory of this process since it was last forgotten; known on Linux only.
enum PeakMemory {
    /// Starts anew from the present size. Where the system refuses, the peak of the whole process goes on counting.
    static func forget() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// In bytes.
    static var bytes: UInt64? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ UInt64($0) })
        else { return nil }
        return kilobytes * 1024
    }
}
