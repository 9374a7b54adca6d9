import Foundation
import Imaging

/// The photos that a command is given: files, folders, patterns, and a list on standard input.
struct PhotoList {
    struct Entry: Equatable {
        let path: String
        /// The folder that was named; nil for a photo that was named itself.
        let folder: String?
        /// Its place in an output folder.
        let place: String

        init(_ path: String) {
            self.path = path
            folder = nil
            place = (path as NSString).lastPathComponent
        }

        init(folder: String, place: String, isOnly: Bool) {
            path = (folder as NSString).appendingPathComponent(place)
            self.folder = folder
            let name = (FileIdentity.standardized(folder) as NSString).lastPathComponent
            self.place = isOnly ? place : (name as NSString).appendingPathComponent(place)
        }
    }

    let entries: [Entry]
    /// Whether several photos, a folder, a pattern or a list were named.
    let isBatch: Bool

    /// - Parameters:
    ///   - inputs: `-` stands for a list of paths on standard input, one a line. A pattern with `*`, `?` or `[…]` is expanded where no file
    ///     has its name.
    ///   - recursive: Whether the photos in the folders of a folder are taken, too. What is hidden is left out.
    /// - Throws: ``Failure`` with 66 for an empty list.
    init(_ inputs: [String], recursive: Bool) throws(Failure) {
        var entries: [Entry] = []
        var namesMany = inputs.count > 1
        for input in inputs {
            if input == "-" {
                namesMany = true
                entries += try Self.paths(onStandardInput: FileHandle.standardInput).map { Entry($0) }
            } else if FileIdentity.isFolder(input) {
                let photos = Self.photos(in: input, recursive: recursive)
                // A folder without photos stays as it is, and fails as a photo would.
                if photos.isEmpty { entries.append(Entry(input)) }
                entries += photos.map { Entry(folder: input, place: $0, isOnly: inputs.count == 1) }
            } else if input.contains(where: "*?[".contains), FileIdentity(input) == nil {
                let matches = Self.matches(input).filter { !FileIdentity.isFolder($0) }
                if matches.isEmpty { entries.append(Entry(input)) } else { namesMany = true }
                entries += matches.map { Entry($0) }
            } else {
                entries.append(Entry(input))
            }
        }
        var seen = Set<String>()
        self.entries = entries.filter { seen.insert(FileIdentity.standardized($0.path)).inserted }
        isBatch = namesMany || self.entries[0].folder != nil || self.entries.count > 1
    }

    /// Paths inside a folder, sorted.
    static func photos(in folder: String, recursive: Bool) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        var paths: [String] = []
        for case let path as String in walk {
            let isHidden = (path as NSString).lastPathComponent.hasPrefix(".")
            if FileIdentity.isFolder((folder as NSString).appendingPathComponent(path)) {
                if isHidden || !recursive { walk.skipDescendants() }
            } else if !isHidden, ImageFormat(pathExtension: path) != nil {
                paths.append(path)
            }
        }
        return paths.sorted()
    }

    private static func paths(onStandardInput input: FileHandle) throws(Failure) -> [String] {
        guard let data = try? input.readToEnd(), let text = String(data: data, encoding: .utf8) else {
            throw Failure(.noInput, "Standard input holds no list of paths")
        }
        let paths = text.split(separator: text.contains("\0") ? "\0" : "\n").map { $0.hasSuffix("\r") ? String($0.dropLast()) : String($0) }
        guard !paths.isEmpty else { throw Failure(.noInput, "The list of paths on standard input is empty") }
        return paths
    }

    private static func matches(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }
}
