import FlyingFox
import Foundation
import Imaging

/// A photo on its way into a file: bounded by what its header says, by the bytes that come, and in time.
struct Upload: Sendable {
    /// What multipart adds to the photo at most.
    private static let envelope = 16 << 10

    let request: HTTPRequest
    let limits: ServingLimits

    private var contentType: String { request.headers[.contentType] ?? "" }
    private var isMultipart: Bool { contentType.lowercased().hasPrefix("multipart/") }
    private var limit: Int { limits.upload + (isMultipart ? Self.envelope : 0) }

    /// Refuses what can be refused before a byte of it is read. Throws ``Refusal``.
    func check() throws(Refusal) {
        if let count = request.bodySequence.count {
            guard count <= limit else { throw .tooLarge(limits.upload) }
            guard count > 0 else { throw Refusal(.badRequest, "There is no photo in this request.") }
        }
    }

    /// Writes the photo to a file.
    ///
    /// - Throws: ``Refusal``: too large, too slow, cut short, no image by its first bytes.
    func receive(into path: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await write(to: path) }
            group.addTask {
                try await Task.sleep(for: limits.receiving)
                throw Refusal(.requestTimeout, "The photo took too long to arrive.")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        if isMultipart { try unwrap(path) }
    }

    private func write(to path: String) async throws {
        let url = URL(fileURLWithPath: path)
        try Data().write(to: url)
        let file = try FileHandle(forWritingTo: url)
        defer { try? file.close() }
        var count = 0
        var beginning = Data()
        do {
            for try await bytes in request.bodySequence {
                count += bytes.count
                guard count <= limit else { throw Refusal.tooLarge(limits.upload) }
                if beginning.count < PhotoFile.signatureLength {
                    beginning += bytes.prefix(PhotoFile.signatureLength)
                    if beginning.count >= PhotoFile.signatureLength, !isMultipart { try Self.checkBeginning(beginning) }
                }
                try file.write(contentsOf: bytes)
            }
        } catch let refusal as Refusal { throw refusal } catch { throw Refusal.incomplete }
        guard count > 0, request.bodySequence.count ?? count == count else { throw Refusal.incomplete }
        if !isMultipart { try Self.checkBeginning(beginning) }
    }

    private func unwrap(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        let form = try Data(contentsOf: url, options: .mappedIfSafe)
        guard let photo = Multipart.firstFile(in: form, contentType: contentType) else {
            throw Refusal(.badRequest, "There is no file in this form.")
        }
        guard photo.count <= limits.upload else { throw Refusal.tooLarge(limits.upload) }
        try Self.checkBeginning(photo)
        // A new file takes the place, while the form stays mapped.
        try photo.write(to: url, options: .atomic)
    }

    private static func checkBeginning(_ bytes: Data) throws {
        guard ImageFormat(detecting: bytes.prefix(PhotoFile.signatureLength)) != nil else { throw Refusal.notAnImage }
    }
}
