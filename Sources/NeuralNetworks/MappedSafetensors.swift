import Files
import Foundation

/// A large safetensors file of our own making, mapped into memory instead of read: a training pack.
///
/// The header is checked like that of any file; its size is checked again on the open descriptor, and the file must not be
/// shortened while it is in use.
public final class MappedSafetensors: @unchecked Sendable {
    public let entries: [String: SafetensorsFile.Entry]
    /// Tensor names in the order of their data.
    public let names: [String]
    public let metadata: [String: String]
    private let mapping: UnsafeMutableRawPointer
    private let size: Int
    private let data: UnsafeRawPointer

    /// - Throws: ``SafetensorsError`` for a file that cannot be mapped or whose header is wrong.
    public init(contentsOf path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotRead(file: path, reason: systemMessage()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 8 else {
            throw .cannotRead(file: path, reason: "it is no file of this kind")
        }
        size = Int(status.st_size)
        guard let mapped = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
            throw .cannotRead(file: path, reason: systemMessage())
        }
        mapping = mapped
        do throws(SafetensorsError) {
            let length = UInt64(littleEndian: mapped.loadUnaligned(as: UInt64.self))
            guard length <= UInt64(min(SafetensorsHeader.maximumByteCount, size - 8)) else {
                throw SafetensorsError.malformed(file: path, reason: "it does not begin with the length of a header")
            }
            let text = [UInt8](UnsafeRawBufferPointer(start: mapped + 8, count: Int(length)))
            let header = try SafetensorsHeader(text, file: path)
            guard header.dataByteCount == size - 8 - Int(length) else {
                throw SafetensorsError.malformed(file: path, reason: "it does not have the size that its header says")
            }
            (entries, names, metadata) = (header.entries, header.names, header.metadata)
            data = UnsafeRawPointer(mapped + 8 + Int(length))
        } catch {
            munmap(mapped, size)
            throw error
        }
    }

    deinit { munmap(mapping, size) }

    /// The bytes of one tensor, valid as long as this object.
    public func bytes(of entry: SafetensorsFile.Entry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: data + entry.offset, count: entry.byteCount)
    }

    /// Writes a file too large for memory: `bytes(i)` is asked for the i-th tensor when its turn comes.
    ///
    /// - Throws: ``SafetensorsError`` or what `bytes` throws; the file is complete or it is not there.
    public static func write(
        _ tensors: [(name: String, dataType: ElementType, shape: [Int])], metadata: [String: String], to path: String,
        bytes: (Int) throws -> [UInt8]
    ) throws {
        let header = try SafetensorsFile.header(tensors, metadata: metadata, file: path)
        do {
            let file = try AtomicFile(path)
            try file.append(header)
            for (index, tensor) in tensors.enumerated() {
                let content = try bytes(index)
                guard content.count == tensor.dataType.byteCount(shape: tensor.shape) else {
                    throw SafetensorsError.cannotWrite(file: path, reason: "the size of \(tensor.name) has changed")
                }
                try file.append(content)
            }
            try file.finish()
        } catch let error as AtomicFileError { throw SafetensorsError.cannotWrite(file: path, reason: error.reason) }
    }
}
