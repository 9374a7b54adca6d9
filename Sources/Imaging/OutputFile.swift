import Foundation
import Pixels

/// Writes files that appear whole or not at all: a temporary file in the same folder is flushed to the disk, then takes
/// the place. Where anything fails it is removed and what stood there before is unchanged.
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
        let folder = folder(of: path)
        guard stat(folder, &status) == 0 else { throw .notFound(path: folder) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotWrite(path: path, reason: "\(folder) is not a folder") }
        guard access(folder, W_OK | X_OK) == 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
    }

    /// Lets `body` fill a temporary file, which then becomes `path`. A symbolic link is followed.
    ///
    /// - Throws: as `check`, and what `body` throws.
    static func replace(_ path: String, overwrite: Bool, _ body: (Int32) throws(ImagingError) -> Void) throws(ImagingError) {
        try check(path, overwrite: overwrite)
        let target = overwrite ? resolved(path) : path
        let temporary = folder(of: target) + "/.kenet-\(UUID().uuidString)"
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
        do throws(ImagingError) {
            try fill(descriptor, path: path, body)
            try overwrite ? moveOver(temporary, to: target, path: path) : moveIfAbsent(temporary, to: target, path: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// A new file for writing and reading that has no name, in the folder of `path`: where the output has room, and not in memory as a
    /// folder for temporary files may be.
    ///
    /// - Throws: `cannotWrite`.
    static func openNameless(beside path: String) throws(ImagingError) -> Int32 {
        let temporary = folder(of: path) + "/.kenet-\(UUID().uuidString)"
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
        unlink(temporary)
        return descriptor
    }

    /// Writes all bytes, however many steps it takes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(ImagingError) {
        var written = 0
        while written < bytes.count {
            let step = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
            written += step
        }
    }

    private static func fill(
        _ descriptor: Int32, path: String, _ body: (Int32) throws(ImagingError) -> Void
    ) throws(ImagingError) {
        do throws(ImagingError) {
            try body(descriptor)
            guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
    }

    private static func moveOver(_ temporary: String, to target: String, path: String) throws(ImagingError) {
        var status = stat()
        if stat(target, &status) == 0 { chmod(temporary, status.st_mode & 0o777) }
        guard rename(temporary, target) == 0 else { throw .cannotWrite(path: path, reason: SystemError.text()) }
    }

    /// Takes the place only where nothing stands there, also when another program writes the same file at this moment.
    private static func moveIfAbsent(_ temporary: String, to target: String, path: String) throws(ImagingError) {
        if link(temporary, target) == 0 {
            unlink(temporary)
            return
        }
        guard errno != EEXIST else { throw .exists(path: path) }
        // File systems without hard links: the place is reserved first.
        let reservation = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard reservation >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .cannotWrite(path: path, reason: SystemError.text())
        }
        close(reservation)
        guard rename(temporary, target) == 0 else {
            let reason = SystemError.text()
            unlink(target)
            throw .cannotWrite(path: path, reason: reason)
        }
    }

    private static func folder(of path: String) -> String {
        let folder = path.folderPath
        return folder.isEmpty ? "." : folder
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
