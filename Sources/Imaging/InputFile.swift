import Files
import Foundation

/// A regular file that is open for reading.
final class InputFile {
    private let path: String
    private let descriptor: Int32
    /// Its size in bytes when it was opened, at least 1.
    let size: Int

    /// - Throws: `notFound`, `isDirectory`, `unreadable`, `empty`.
    init(_ path: String) throws(ImagingError) {
        // Without O_NONBLOCK, a named pipe that nobody writes to would block.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .notFound(path: path) : .unreadable(path: path, reason: systemMessage())
        }
        var status = stat()
        var refusal: ImagingError?
        if fstat(descriptor, &status) != 0 {
            refusal = .unreadable(path: path, reason: systemMessage())
        } else if status.st_mode & S_IFMT == S_IFDIR {
            refusal = .isDirectory(path: path)
        } else if status.st_mode & S_IFMT != S_IFREG {
            refusal = .unreadable(path: path, reason: "it is not a regular file")
        } else if status.st_size == 0 {
            refusal = .empty(path: path)
        }
        if let refusal {
            close(descriptor)
            throw refusal
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The file's first `count` bytes, or all of them where it has fewer.
    ///
    /// - Throws: `unreadable`.
    func read(atMost count: Int) throws(ImagingError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: min(count, size)) { buffer, filled in
            while filled < buffer.count {
                let step = pread(descriptor, buffer.baseAddress! + filled, buffer.count - filled, off_t(filled))
                if step < 0, errno == EINTR { continue }
                if step < 0 { failure = errno }
                guard step > 0 else { return }
                filled += step
            }
        }
        guard failure == 0 else { throw .unreadable(path: path, reason: systemMessage(failure)) }
        return bytes
    }
}
