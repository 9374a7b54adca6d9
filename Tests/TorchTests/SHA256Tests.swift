import Files
import Foundation
import NeuralNetworks
import Testing

/// Known answers from FIPS 180-4's examples and the NIST test vectors.
struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 100_000), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
        ),
    ])
    func knownAnswers(message: String, digest: String) {
        #expect(SHA256.hexadecimal(of: Array(message.utf8)) == digest)
    }

    @Test func piecesOfAnySizeGiveTheSameDigest() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        for step in [1, 3, 55, 63, 64, 65, 127, 128, 129, 999] {
            var hash = SHA256()
            for start in stride(from: 0, to: message.count, by: step) {
                Array(message[start..<min(start + step, message.count)]).withUnsafeBytes { hash.update($0) }
            }
            let whole = SHA256.hexadecimal(of: message)
            #expect(hash.digest().map { String(format: "%02x", $0) }.joined() == whole, "pieces of \(step) bytes")
        }
    }

    @Test func hashesFiles() throws {
        let path = NSTemporaryDirectory() + "/sha256-\(UUID().uuidString)"
        defer { unlink(path) }
        let content = [UInt8](repeating: 7, count: 3_000_001)
        try AtomicFile.write(content, to: path)
        #expect(try SHA256.hexadecimal(ofFile: path) == SHA256.hexadecimal(of: content))
        #expect(throws: SafetensorsError.self) { try SHA256.hexadecimal(ofFile: path + ".missing") }
    }
}
