import Foundation

/// Why a file could not be written, as one sentence.
public enum AtomicFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is there already and was not to be replaced.
    case exists(path: String)
    /// What was there before is unchanged. The reason is a part of a sentence, without its full stop.
    case cannotWrite(path: String, reason: String)

    /// The reason alone, for a sentence of somebody else.
    public var reason: String {
        switch self {
        case .exists: "it exists already"
        case .cannotWrite(_, let reason): reason
        }
    }

    public var description: String {
        switch self {
        case .exists(let path): "\(path): the file exists already"
        case .cannotWrite(let path, let reason): "\(path): the file cannot be written (\(reason))"
        }
    }
}

/// A file that appears whole or not at all. It is filled under another name in the same folder, flushed to the disk, and then takes its
/// place, so that a reader sees either the old content or the new. Where it is given up before ``finish()``, nothing of it stays, and what
/// stood there is unchanged.
///
/// A process that may run under a file size limit should ignore `SIGXFSZ`; the limit then arrives here as an error.
public struct AtomicFile: ~Copyable {
    /// Where the content goes; also for reading what is there already.
    public let descriptor: Int32
    private let path: String
    private let target: String
    private let temporary: String
    private let replaces: Bool

    /// - Parameters:
    ///   - path: The place. A symbolic link that is replaced is followed.
    ///   - replacing: Whether a file may stand there, which is then replaced and whose permissions are kept.
    /// - Throws: as ``check(_:replacing:)``.
    public init(_ path: String, replacing: Bool = true) throws(AtomicFileError) {
        try Self.check(path, replacing: replacing)
        let target = replacing ? resolved(path) : path
        let temporary = temporaryPath(beside: target)
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        self.path = path
        self.target = target
        self.temporary = temporary
        self.descriptor = descriptor
        replaces = replacing
    }

    deinit {
        close(descriptor)
        unlink(temporary)
    }

    /// Appends all of `bytes`.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(AtomicFileError) {
        try writeAll(bytes, to: descriptor, path: path)
    }

    /// Appends all of `bytes`.
    public func append(_ bytes: [UInt8]) throws(AtomicFileError) {
        try bytes.withUnsafeBufferPointer { buffer throws(AtomicFileError) in try append(UnsafeRawBufferPointer(buffer)) }
    }

    /// Puts the file into its place.
    ///
    /// - Throws: ``AtomicFileError/exists(path:)`` where another program was faster, `cannotWrite`.
    public consuming func finish() throws(AtomicFileError) {
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        try replaces ? moveOver() : moveIfAbsent()
        flushFolder()
    }

    /// Refuses beforehand what cannot be written: a file that is there (unless `replacing`), a folder, a device, and a missing or read-only
    /// folder around it.
    public static func check(_ path: String, replacing: Bool) throws(AtomicFileError) {
        var status = stat()
        if lstat(path, &status) == 0 {
            let isDangling = status.st_mode & S_IFMT == S_IFLNK && stat(path, &status) != 0
            let kind = isDangling ? S_IFREG : status.st_mode & S_IFMT
            guard kind != S_IFDIR else { throw .cannotWrite(path: path, reason: "it is a folder") }
            guard replacing else { throw .exists(path: path) }
            guard kind == S_IFREG else { throw .cannotWrite(path: path, reason: "it is not a regular file") }
        }
        let place = folder(of: path)
        guard stat(place, &status) == 0 else { throw .cannotWrite(path: path, reason: "there is no folder \(place)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .cannotWrite(path: path, reason: "\(place) is not a folder") }
        guard access(place, W_OK | X_OK) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
    }

    /// A file of these bytes.
    ///
    /// - Throws: as ``check(_:replacing:)``, and where the disk is full.
    public static func write(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws(AtomicFileError) {
        let file = try AtomicFile(path, replacing: replacing)
        try file.append(bytes)
        try file.finish()
    }

    private func moveOver() throws(AtomicFileError) {
        var status = stat()
        if stat(target, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
        guard rename(temporary, target) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
    }

    /// Takes the place only where nothing stands there, also when another program writes the same file at this moment.
    private func moveIfAbsent() throws(AtomicFileError) {
        if link(temporary, target) == 0 { return }
        guard errno != EEXIST else { throw .exists(path: path) }
        // File systems without hard links: the place is reserved first.
        let reservation = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard reservation >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .cannotWrite(path: path, reason: systemMessage())
        }
        close(reservation)
        guard rename(temporary, target) == 0 else {
            let reason = systemMessage()
            unlink(target)
            throw .cannotWrite(path: path, reason: reason)
        }
    }

    /// Makes the new name itself durable, where the file system offers it.
    private func flushFolder() {
        let folder = open(folder(of: target), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
