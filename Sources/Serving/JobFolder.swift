import Files
import Foundation

/// The files of all jobs: a folder of this process alone among the system's temporary files, and one in it for each job. All names are the
/// server's own.
struct JobFolder: Sendable {
    enum File: String {
        case photo
        case result
        case before = "before.jpg"
        case map = "map.png"
    }

    let path: String
    private static let prefix = "kenet-serve-"

    /// Makes the folder, which only this user may enter, and removes those of servers that were killed.
    ///
    /// - Throws: ``ServingError/noFolder(path:reason:)``.
    init(in parent: String = NSTemporaryDirectory()) throws(ServingError) {
        Self.sweep(parent)
        var template = Array((parent as NSString).appendingPathComponent("\(Self.prefix)\(getpid())-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .noFolder(path: parent, reason: systemMessage())
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func path(_ id: JobID, _ file: File) -> String { "\(path)/\(id)/\(file.rawValue)" }

    func has(_ id: JobID, _ file: File) -> Bool { access(path(id, file), R_OK) == 0 }

    func make(_ id: JobID) throws { try FileManager.default.createDirectory(atPath: "\(path)/\(id)", withIntermediateDirectories: false) }

    func remove(_ id: JobID) { try? FileManager.default.removeItem(atPath: "\(path)/\(id)") }

    func removeAll() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the folders of this user's servers that run no more.
    private static func sweep(_ parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let folder = (parent as NSString).appendingPathComponent(name)
            var status = stat()
            guard let process = Int32(name.dropFirst(prefix.count).prefix { $0.isNumber }), lstat(folder, &status) == 0,
                status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
