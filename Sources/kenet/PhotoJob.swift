import Files
import Foundation
import Imaging
import Pixels

/// One photo of a batch and where its result goes.
struct PhotoJob {
    let input: String
    let output: String

    /// One job per photo.
    ///
    /// - Parameters:
    ///   - output: A file for one photo that was named itself, else a folder; nil for the photo's own folder. Of a folder, the photos' places
    ///     below it are kept, in a new folder beside it where no output is named.
    ///   - suffix: Put behind the name of a photo or folder.
    ///   - format: That of the results; nil for what the photo's extension says, PNG without one.
    /// - Throws: ``Failure`` with 64 for two results under one name, and for an output whose extension says another format; with 66 where
    ///   all that was found are results.
    static func plan(_ photos: PhotoList, output: String?, suffix: String, format: ImageFormat? = nil) throws(Failure) -> [PhotoJob] {
        let entries = photos.entries
        if let output, !photos.isBatch, !FileIdentity.isFolder(output), !output.hasSuffix("/") {
            if let format, let own = ImageFormat(pathExtension: output), own != format {
                throw Failure(.usage, "\(output): the extension says \(own.name) and --format \(format.name)")
            }
            return [PhotoJob(input: entries[0].path, output: output)]
        }
        if let output, FileIdentity.isFolder(output) == false,
            FileIdentity(output) != nil || (ImageFormat(pathExtension: output) != nil && !output.hasSuffix("/"))
        {
            throw Failure(.usage, "\(output): the output of several photos is a folder, and this is the name of a file")
        }
        // Results of an earlier run, in an output folder inside a folder that is walked, are no photos.
        let outside = entries.filter { entry in
            guard let output, let walked = entry.folder, FileIdentity.isInside(output, walked) else { return true }
            return !FileIdentity.isInside(entry.path, output)
        }
        guard !outside.isEmpty else {
            throw Failure(.noInput, "\(entries[0].folder ?? entries[0].path): this folder holds no photos but results of earlier runs")
        }
        func folder(of entry: PhotoList.Entry) -> String {
            guard let root = output ?? entry.folder.map({ resultFolder(of: $0, suffix: suffix) }) else { return entry.path.folderPath }
            return (root as NSString).appendingPathComponent(entry.place.folderPath)
        }
        let wanted = withoutResults(outside, resultFolder: folder(of:))
        func jobs(keepsExtensions: Set<String>) -> [PhotoJob] {
            wanted.map { entry in
                let name = name(of: entry.path, suffix: suffix, format: format, keepsExtension: keepsExtensions.contains(entry.path))
                return PhotoJob(input: entry.path, output: (folder(of: entry) as NSString).appendingPathComponent(name))
            }
        }
        // Photos that differ in their extension alone keep it in their result's name.
        let byOutput = Dictionary(grouping: jobs(keepsExtensions: []), by: { ($0.output as NSString).standardizingPath })
        let jobs = jobs(keepsExtensions: Set(byOutput.values.filter { $0.count > 1 }.flatMap { $0 }.map(\.input)))
        try checkDifferent(jobs)
        return jobs
    }

    /// Makes the folders of all outputs. Throws ``Failure``.
    static func makeFolders(of jobs: [PhotoJob]) throws(Failure) {
        for folder in Set(jobs.map { $0.output.folderPath }) where !folder.isEmpty {
            do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
                throw Failure(.cannotWrite, "\(folder): the folder cannot be made (\(error.localizedDescription))")
            }
        }
    }

    /// Throws ``Failure`` with 64 for two results under one name.
    static func checkDifferent(_ jobs: [PhotoJob]) throws(Failure) {
        var inputOf: [String: String] = [:]
        for job in jobs {
            if let other = inputOf.updateValue(job.input, forKey: FileIdentity.standardized(job.output)) {
                throw Failure(.usage, "\(other) and \(job.input) would both be written to \(job.output)")
            }
        }
    }

    /// Throws ``Failure`` with 64 for a result in a folder that photos come from: a shard that starts later could take it for a photo, count
    /// differently than the others and leave photos out.
    static func checkApart(_ jobs: [PhotoJob]) throws(Failure) {
        func folder(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path }
        let sources = Set(jobs.map { folder($0.input) })
        if let job = jobs.first(where: { sources.contains(folder($0.output)) }) {
            throw Failure(.usage, "\(job.output): with --shard the results need a folder without photos; name it with -o")
        }
    }

    /// The photos without the results of earlier runs among them. Such a result stands in its folder's record, and its name begins with that of
    /// a photo whose new result goes into the same folder. What merely looks like a result is a photo: it must not be lost.
    private static func withoutResults(
        _ entries: [PhotoList.Entry], resultFolder: (PhotoList.Entry) -> String
    ) -> [PhotoList.Entry] {
        var photos: [FileIdentity: Set<String>] = [:]
        var recorded: [FileIdentity: Set<String>] = [:]
        for entry in entries {
            let folder = resultFolder(entry)
            guard let place = FileIdentity(folder.isEmpty ? "." : folder) else { continue }
            let name = (entry.path as NSString).lastPathComponent
            photos[place, default: []].formUnion([name, (name as NSString).deletingPathExtension])
            if recorded[place] == nil { recorded[place] = BatchRecord(folder: folder).results }
        }
        return entries.filter { entry in
            let folder = entry.path.folderPath
            let name = (entry.path as NSString).lastPathComponent
            guard let place = FileIdentity(folder.isEmpty ? "." : folder), let names = photos[place], let results = recorded[place],
                results.contains(name)
            else { return true }
            return !name.indices.contains { name[$0] == "_" && names.contains(String(name[..<$0])) }
        }
    }

    /// `FOLDER_x2`, beside the folder also where it is named by dots.
    private static func resultFolder(of folder: String, suffix: String) -> String {
        let path = (folder as NSString).standardizingPath
        guard [".", ".."].contains((path as NSString).lastPathComponent) else { return path + suffix }
        let name = (FileIdentity.standardized(folder) as NSString).lastPathComponent
        return (path == "." ? ".." : path + "/..") + "/" + name + suffix
    }

    /// `NAME_x2.EXT`; a file without a known extension gets `.png`.
    private static func name(of input: String, suffix: String, format: ImageFormat?, keepsExtension: Bool) -> String {
        let name = (input as NSString).lastPathComponent
        let own = ImageFormat(pathExtension: name)
        let stem = own == nil || keepsExtension ? name : (name as NSString).deletingPathExtension
        // The extension as it is spelt, unless the format is another.
        let isKept = own != nil && (format == nil || format == own)
        return stem + suffix + "." + (isKept ? (name as NSString).pathExtension : (format ?? .png).pathExtension)
    }

    /// Checks what can be known before the photo is read: that the input is a file, and that each output can be written and is no input.
    ///
    /// - Parameters:
    ///   - outputs: All image files that this job writes.
    ///   - inputs: The paths of the whole batch's photos; none of them may be written over.
    func check(outputs: [String], inputs: [FileIdentity: String], overwrite: Bool) throws(Failure) {
        guard FileManager.default.fileExists(atPath: input) else { throw Failure(ImagingError.notFound(path: input)) }
        guard !FileIdentity.isFolder(input) else {
            let advice = PhotoList.photos(in: input, recursive: true).isEmpty ? "" : "; --recursive looks into its folders"
            throw Failure(.noInput, "\(input): this folder holds no photos\(advice)")
        }
        for output in outputs {
            if let written = FileIdentity(output), let same = inputs[written] {
                throw Failure(.cannotWrite, "\(output): this is the input \(same == output ? "itself" : same); it would be lost")
            }
            do throws(ImagingError) {
                try ImageFile.checkDestination(output, overwrite: overwrite)
            } catch {
                switch error {
                case .unsupported where (output as NSString).pathExtension.isEmpty:
                    throw Failure(.usage, "\(error); the name of a folder ends in /")
                case .unsupported: throw Failure(.usage, "\(error)")
                case .exists: throw Failure(.cannotWrite, "\(error); --force replaces it")
                default: throw Failure.writing(error)
                }
            }
        }
    }
}

/// Which file a path leads to, whatever links are on the way.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let number: UInt64

    /// Nil where there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// The first of the paths to each file.
    static func paths(_ paths: [String]) -> [FileIdentity: String] {
        Dictionary(paths.compactMap { path in FileIdentity(path).map { ($0, path) } }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether two paths are spellings of one, whether or not there is a file.
    static func isSame(_ path: String, _ other: String) -> Bool { standardized(path) == standardized(other) }

    /// The whole path from the root, without `.` and `..`.
    static func standardized(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// Whether a path lies below a folder, by their spellings.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        let start = standardized(folder)
        return standardized(path).hasPrefix(start.hasSuffix("/") ? start : start + "/")
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
