import Foundation
import NeuralNetworks
import Testing

struct AtomicFileTests {
    /// Runs `body` with a fresh folder.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "/atomic-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func content(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func replacesFilesAndLeavesNothingElse() throws {
        try withFolder { folder in
            let path = folder + "/größe 1.bin"
            try AtomicFile.write([1, 2, 3], to: path)
            chmod(path, 0o640)
            try AtomicFile.write([4], to: path)
            #expect(try content(path) == [4])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
            let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(permissions == 0o640)
        }
    }

    @Test func aFailureKeepsTheOldFile() throws {
        try withFolder { folder in
            let path = folder + "/file"
            try AtomicFile.write([1], to: path)
            #expect(throws: AtomicFileError.self) {
                try AtomicFile.write(to: path) { sink throws(AtomicFileError) in
                    try sink.append([2, 3])
                    throw AtomicFileError(path: path, reason: "stopped")
                }
            }
            #expect(try content(path) == [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
        }
    }

    @Test func refusesFoldersAndMissingFolders() throws {
        try withFolder { folder in
            #expect(throws: AtomicFileError(path: folder, reason: "it is a folder")) { try AtomicFile.write([1], to: folder) }
            let missing = folder + "/a/b"
            #expect(throws: AtomicFileError(path: missing, reason: "No such file or directory")) { try AtomicFile.write([1], to: missing) }
        }
    }

    @Test func replacesALinkAndNotItsTarget() throws {
        try withFolder { folder in
            let (target, link) = (folder + "/target", folder + "/link")
            try AtomicFile.write([1], to: target)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            try AtomicFile.write([2], to: link)
            #expect(try content(target) == [1])
            #expect(try content(link) == [2])
        }
    }
}
