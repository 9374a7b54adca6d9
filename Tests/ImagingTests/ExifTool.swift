import Foundation
import Testing

/// `exiftool`, where it is installed: an independent judge of what files carry.
enum ExifTool {
    private static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { $0 + "/exiftool" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// For `.enabled(if:)`.
    static var isThere: Bool { path != nil }
    static let absence: Comment = "exiftool is not installed"

    /// Writes tags into a file.
    static func write(_ tags: [String], to file: String) throws { _ = try run(["-q", "-m", "-overwrite_original"] + tags + [file]) }

    /// All tags of a file as `Group:Name`, numbers as numbers.
    static func tags(_ file: String) throws -> [String: Any] {
        let objects = try JSONSerialization.jsonObject(with: run(["-json", "-G1", "-n", file])) as? [[String: Any]]
        return try #require(objects?.first)
    }

    /// The content of one tag as it is stored.
    static func bytes(_ tag: String, of file: String) throws -> [UInt8] { [UInt8](try run(["-b", tag, file])) }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path ?? "exiftool")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}
