import Foundation

/// Why a file could not be written, as one sentence.
public struct AtomicFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    /// `reason` is a part of a sentence, without its full stop.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path): the file could not be written (\(reason))." }
}

/// Writes whole files or nothing: a temporary file in the same folder is filled, flushed to the disk and then renamed over the
/// destination, so that a reader sees either the old content or the new, and a full disk leaves the old file as it was.
///
/// A process that may run under a file size limit should ignore `SIGXFSZ`; the limit then arrives here as an error.
public enum AtomicFile {
    /// Where the new content goes, piece by piece.
    public struct Sink {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends all of `bytes`.
        public func append(_ bytes: UnsafeRawBufferPointer) throws(AtomicFileError) {
            var remaining = bytes
            while !remaining.isEmpty {
                let count = Foundation.write(descriptor, remaining.baseAddress, remaining.count)
                if count > 0 {
                    remaining = UnsafeRawBufferPointer(rebasing: remaining[count...])
                } else if count == 0 || errno != EINTR {
                    throw AtomicFileError(path: path, reason: count == 0 ? "nothing more could be written" : systemMessage())
                }
            }
        }

        /// Appends all of `bytes`.
        public func append(_ bytes: [UInt8]) throws(AtomicFileError) {
            try bytes.withUnsafeBufferPointer { buffer throws(AtomicFileError) in try append(UnsafeRawBufferPointer(buffer)) }
        }
    }

    /// Replaces the file at `path` by `bytes`.
    public static func write(_ bytes: [UInt8], to path: String) throws(AtomicFileError) {
        try write(to: path) { sink throws(AtomicFileError) in try sink.append(bytes) }
    }

    /// Replaces the file at `path` by what `body` appends; where `body` throws, the old file stays.
    ///
    /// The permissions of a replaced file are kept. A symbolic link is replaced by the file, its target is left alone.
    public static func write(to path: String, _ body: (Sink) throws(AtomicFileError) -> Void) throws(AtomicFileError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT == S_IFDIR {
            throw AtomicFileError(path: path, reason: "it is a folder")
        }

        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let temporary = folder + ".kenet-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw AtomicFileError(path: path, reason: systemMessage()) }

        var isOpen = true
        do throws(AtomicFileError) {
            if exists { _ = fchmod(descriptor, status.st_mode & 0o777) }
            try body(Sink(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw AtomicFileError(path: path, reason: systemMessage()) }
            isOpen = false
            guard close(descriptor) == 0, rename(temporary, path) == 0 else {
                throw AtomicFileError(path: path, reason: systemMessage())
            }
        } catch {
            if isOpen { close(descriptor) }
            unlink(temporary)
            throw error
        }
        flushFolder(folder.isEmpty ? "." : folder)
    }

    /// Makes the rename itself durable, where the file system offers it.
    private static func flushFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// What the operating system says about the last failed call, for example "No space left on device".
func systemMessage() -> String {
    String(cString: strerror(errno))
}
