import Files
import Foundation

/// A regular file that is opened once and read from its start to its end.
package final class ByteSource {
    let path: String
    /// Size in bytes when the file was opened.
    let count: Int
    private let descriptor: Int32
    private var position = 0

    /// Opens `path`; folders, pipes and devices are refused.
    init(path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotRead(file: path, reason: systemMessage()) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .cannotRead(file: path, reason: "it is not a regular file")
        }
        self.path = path
        self.count = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The first bytes of a file, at most `limit` of them.
    package static func contents(of path: String, limit: Int) throws(SafetensorsError) -> [UInt8] {
        let source = try ByteSource(path: path)
        var bytes = [UInt8](repeating: 0, count: min(source.count, limit))
        try bytes.withUnsafeMutableBufferPointer { buffer throws(SafetensorsError) in
            try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes
    }

    /// Fills all of `buffer` with the next bytes; a file that has become shorter is an error.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SafetensorsError) {
        var remaining = buffer
        while !remaining.isEmpty {
            // One call reads at most 2 GiB on Linux and fails above that on macOS.
            let piece = min(remaining.count, 1 << 30)
            let received = Foundation.read(descriptor, remaining.baseAddress, piece)
            if received > 0 {
                position += received
                remaining = UnsafeMutableRawBufferPointer(rebasing: remaining[received...])
            } else if received == 0 {
                throw .truncated(file: path, expected: count, found: position)
            } else if errno != EINTR {
                throw .cannotRead(file: path, reason: systemMessage())
            }
        }
    }
}

/// Immutable bytes of its own, aligned for every element type and for vector instructions.
final class OwnedBytes: @unchecked Sendable {
    let buffer: UnsafeRawBufferPointer

    /// Allocates `count` bytes and lets `fill` write them; nil where the memory is not to be had.
    init?(count: Int, fill: (UnsafeMutableRawBufferPointer) throws(SafetensorsError) -> Void) throws(SafetensorsError) {
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, max(count, 1)) == 0, let pointer else { return nil }
        buffer = UnsafeRawBufferPointer(start: pointer, count: count)
        try fill(UnsafeMutableRawBufferPointer(start: pointer, count: count))
    }

    deinit { free(UnsafeMutableRawPointer(mutating: buffer.baseAddress)) }
}
