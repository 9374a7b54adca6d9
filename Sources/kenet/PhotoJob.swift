import Foundation
import Imaging

/// One photo of a batch and where its result goes.
struct PhotoJob {
    let input: String
    let output: String

    /// One job per input.
    ///
    /// - Parameters:
    ///   - output: A file for one input, or a folder; nil for the input's own folder.
    ///   - suffix: Put behind the input's name, before the extension.
    /// - Throws: ``Failure`` with 64 for a file as output of several inputs, and for two results under one name.
    static func plan(_ inputs: [String], output: String?, suffix: String) throws(Failure) -> [PhotoJob] {
        let isFolder = output.map { FileIdentity.isFolder($0) } ?? false
        if let output, inputs.count > 1, !isFolder {
            throw Failure(.usage, "\(output): the output of several inputs must be a folder that exists")
        }
        if let output, !isFolder { return [PhotoJob(input: inputs[0], output: output)] }
        let jobs = inputs.map { input in
            let folder = output ?? (input as NSString).deletingLastPathComponent
            return PhotoJob(input: input, output: (folder as NSString).appendingPathComponent(name(of: input, suffix: suffix)))
        }
        try checkDifferent(jobs)
        return jobs
    }

    /// Throws ``Failure`` with 64 for two results under one name.
    static func checkDifferent(_ jobs: [PhotoJob]) throws(Failure) {
        var inputOf: [String: String] = [:]
        for job in jobs {
            if let other = inputOf.updateValue(job.input, forKey: (job.output as NSString).standardizingPath) {
                throw Failure(.usage, "\(other) and \(job.input) would both be written to \(job.output)")
            }
        }
    }

    /// `NAME_x2.EXT`; a file without a known extension gets `.png`.
    private static func name(of input: String, suffix: String) -> String {
        let name = (input as NSString).lastPathComponent
        let known = ImageFormat(pathExtension: name) != nil
        let stem = known ? (name as NSString).deletingPathExtension : name
        return stem + suffix + "." + (known ? (name as NSString).pathExtension : "png")
    }

    /// Checks what can be known before the photo is read: that the input is a file, and that each output can be written and is no input.
    ///
    /// - Parameters:
    ///   - outputs: All image files that this job writes.
    ///   - inputs: Of the whole batch; none of them may be written over.
    func check(outputs: [String], inputs: [String], overwrite: Bool) throws(Failure) {
        guard FileManager.default.fileExists(atPath: input) else { throw Failure(ImagingError.notFound(path: input)) }
        guard !FileIdentity.isFolder(input) else {
            throw Failure(.usage, "\(input): this is a folder; name the photos in it")
        }
        for output in outputs {
            if let written = FileIdentity(output), let same = inputs.first(where: { FileIdentity($0) == written }) {
                throw Failure(.cannotWrite, "\(output): this is the input \(same == output ? "itself" : same); it would be lost")
            }
            do throws(ImagingError) {
                try ImageFile.checkDestination(output, overwrite: overwrite)
            } catch {
                switch error {
                case .unsupported: throw Failure(.usage, "\(error)")
                case .exists: throw Failure(.cannotWrite, "\(error); --force replaces it")
                default: throw Failure.writing(error)
                }
            }
        }
    }
}

/// Which file a path leads to, whatever links are on the way.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64

    /// Nil where there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
