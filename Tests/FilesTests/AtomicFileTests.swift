import Foundation
import Testing

@testable import Files

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
                let file = try AtomicFile(path)
                try file.append([2, 3])
                throw AtomicFileError.cannotWrite(path: path, reason: "stopped")
            }
            #expect(try content(path) == [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
        }
    }

    @Test func refusesFoldersDevicesAndMissingFolders() throws {
        try withFolder { folder in
            #expect(throws: AtomicFileError.cannotWrite(path: folder, reason: "it is a folder")) { try AtomicFile.write([1], to: folder) }
            #expect(throws: AtomicFileError.cannotWrite(path: "/dev/null", reason: "it is not a regular file")) {
                try AtomicFile.write([1], to: "/dev/null")
            }
            let missing = folder + "/a/b"
            #expect(throws: AtomicFileError.cannotWrite(path: missing, reason: "there is no folder \(folder)/a")) {
                try AtomicFile.write([1], to: missing)
            }
        }
    }

    @Test func aLinkIsFollowed() throws {
        try withFolder { folder in
            let (target, link) = (folder + "/target", folder + "/link")
            try AtomicFile.write([1], to: target)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            try AtomicFile.write([2], to: link)
            #expect(try content(target) == [2])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        }
    }

    /// Of two that write the same file the first one stays where neither may replace it.
    @Test func whoComesLaterIsRefused() throws {
        try withFolder { folder in
            let path = folder + "/file"
            let slow = try AtomicFile(path, replacing: false)
            try slow.append([1])
            try AtomicFile.write([2], to: path)
            var refusal: AtomicFileError?
            do throws(AtomicFileError) { try slow.finish() } catch { refusal = error }
            #expect(refusal == .exists(path: path))
            #expect(try content(path) == [2])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
        }
    }

    @Test(.enabled(if: access("/dev/full", W_OK) == 0, "/dev/full is there on Linux only")) func aFullDiskIsSaidPlainly() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: AtomicFileError.cannotWrite(path: "a", reason: "no space left on device")) {
            try [UInt8](repeating: 1, count: 2).withUnsafeBytes { try writeAll($0, to: full, path: "a") }
        }
    }

    /// What was appended is read back, and no file is seen.
    @Test func scratchFilesHaveNoName() throws {
        try withFolder { folder in
            let scratch = try ScratchFile(beside: folder + "/file")
            try scratch.append([1, 2, 3])
            try scratch.append([4])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            var bytes: [UInt8] = [0, 0]
            #expect(bytes.withUnsafeMutableBytes { scratch.read(from: 2, into: $0) } && bytes == [3, 4])
            #expect(!bytes.withUnsafeMutableBytes { scratch.read(from: 3, into: $0) })
        }
    }
}
