import Files
import Foundation
import NeuralNetworks

/// What batches have begun to write into a folder, in its file `.kenet.jsonl`: which result was made from which photo with which settings.
///
/// A line is written before its result takes its place, and results appear whole or not at all. So a result is done if it is there, is no
/// older than its last line, and that line has the same key: also where the process was killed at any moment.
struct BatchRecord {
    static let fileName = ".kenet.jsonl"

    private struct Line: Codable {
        let output: String
        let key: String
        /// Seconds since 1970.
        let begun: Double
    }

    /// File times come from a clock that may be this many seconds behind.
    private static let clockStep = 0.1

    private let folder: String
    private var lines: [String: Line] = [:]

    /// Reads what is there; lines that are cut short or strange are passed over.
    init(folder: String) {
        self.folder = folder.isEmpty ? "." : folder
        guard let data = FileManager.default.contents(atPath: path) else { return }
        for text in data.split(separator: UInt8(ascii: "\n")) {
            if let line = try? JSONDecoder().decode(Line.self, from: text) { lines[line.output] = line }
        }
    }

    /// The names of all results that were begun.
    var results: Set<String> { Set(lines.keys) }

    private var path: String { folder + "/" + Self.fileName }

    /// Whether the result of this name is there and was made with this key.
    func isDone(_ name: String, key: String) -> Bool {
        guard let line = lines[name], line.key == key else { return false }
        var status = stat()
        guard stat(folder + "/" + name, &status) == 0 else { return false }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9 >= line.begun - Self.clockStep
    }

    /// Notes that a result is going to be written. Throws ``Failure`` with 73.
    mutating func begin(_ name: String, key: String) throws(Failure) {
        let line = Line(output: name, key: key, begun: Date().timeIntervalSince1970)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        defer { if descriptor >= 0 { close(descriptor) } }
        // Other shards append at the same time. Over a network that takes a lock; where there are no locks, one write has to do.
        if descriptor >= 0 { flock(descriptor, LOCK_EX) }
        // In front, too: the last line may have been cut short.
        let bytes = (lseek(descriptor, 0, SEEK_END) > 0 ? [UInt8(ascii: "\n")] : []) + data + [UInt8(ascii: "\n")]
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure(.cannotWrite, "\(path): the record of the batch cannot be written (\(systemMessage()))")
        }
        lines[name] = line
    }

    /// A photo with its settings: what decides a result.
    ///
    /// - Parameter settings: As text, the same for equal settings.
    /// - Returns: SHA-256, 64 hexadecimal digits; nil where there is no such photo.
    static func key(photo: String, settings: String) -> String? {
        var status = stat()
        guard stat(photo, &status) == 0 else { return nil }
        let text = "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(settings)"
        return SHA256.hexadecimal(of: Array(text.utf8))
    }
}
