import Files
import Foundation

/// Image files that appear whole or not at all.
enum OutputFile {
    /// Refuses what will not be writable: an existing file (unless `overwrite`), a folder, a missing or read-only folder around it.
    ///
    /// - Throws: `exists`, `isDirectory`, `notFound`, `cannotWrite`.
    static func check(_ path: String, overwrite: Bool) throws(ImagingError) {
        var status = stat()
        if lstat(path, &status) == 0 {
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            if isLink, stat(path, &status) != 0 { status.st_mode = S_IFREG }
            guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
            guard overwrite else { throw .exists(path: path) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotWrite(path: path, reason: "it is not a regular file") }
        }
        let folder = path.folderPath.isEmpty ? "." : path.folderPath
        guard stat(folder, &status) == 0 else { throw .notFound(path: folder) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotWrite(path: path, reason: "\(folder) is not a folder") }
        guard access(folder, W_OK | X_OK) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
    }

    /// Lets `body` fill the file.
    ///
    /// - Throws: as `check`, and what `body` throws.
    static func write(_ path: String, overwrite: Bool, _ body: (Int32) throws(ImagingError) -> Void) throws(ImagingError) {
        try check(path, overwrite: overwrite)
        let file: AtomicFile
        do { file = try AtomicFile(path, replacing: overwrite) } catch { throw ImagingError(error) }
        try body(file.descriptor)
        do { try file.finish() } catch { throw ImagingError(error) }
    }
}
