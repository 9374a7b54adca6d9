import Foundation

/// Bytes on the disk that nobody else can open and that are gone when nobody needs them: a file without a name, in the folder of another,
/// where there is room for that one, and not in memory, as a folder for temporary files may be.
public final class ScratchFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// - Parameter path: The file in whose folder it is.
    public init(beside path: String) throws(AtomicFileError) {
        let temporary = temporaryPath(beside: path)
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        unlink(temporary)
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Appends all of `bytes`.
    public func append(_ bytes: [UInt8]) throws(AtomicFileError) {
        try bytes.withUnsafeBufferPointer { buffer throws(AtomicFileError) in
            try writeAll(UnsafeRawBufferPointer(buffer), to: descriptor, path: path)
        }
    }

    /// Fills all of `buffer` with the bytes from `start` on.
    ///
    /// - Returns: Whether there were so many, and the disk gave them.
    public func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var filled = 0
        while filled < buffer.count {
            let step = pread(descriptor, buffer.baseAddress! + filled, buffer.count - filled, off_t(start + filled))
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { return false }
            filled += step
        }
        return true
    }
}
