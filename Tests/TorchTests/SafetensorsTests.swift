import Fixtures
import Foundation
import NeuralNetworks
import Testing

struct SafetensorsTests {
    /// A file by hand: the header's text, then data.
    private func file(_ header: String, data: Int = 0) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
            + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
    }

    private func temporaryPath() -> String {
        NSTemporaryDirectory() + "/safetensors-\(UUID().uuidString).safetensors"
    }

    @Test func readsWhatItWrites() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let floats: [Float] = [0, -0.0, 1, -2.5, .infinity, .leastNonzeroMagnitude, 3.4e38]
        let metadata = ["kenet": "a \"quoted\" \\ line\nfeed, ü and 🙂", "zero": "\u{0}"]
        try SafetensorsFile.write(
            [
                .init(name: "flags", dataType: .bool, shape: [3], bytes: [0, 1, 1]),
                .init(name: "ü/weight \"1\"", shape: [7, 1], floats: floats),
                .init(name: "half", shape: [2], floats: [0.1, 65504], as: .float16),
                .init(name: "empty", shape: [0, 4], floats: []),
                .init(name: "brain", shape: [], floats: [0.1], as: .bfloat16),
                .init(name: "count", dataType: .int64, shape: [1], bytes: [0xfe] + [UInt8](repeating: 0xff, count: 7)),
            ], metadata: metadata, to: path)

        let file = try SafetensorsFile(contentsOf: path)
        #expect(file.metadata == metadata)
        #expect(file.names.first == "count" && file.names.last == "flags")
        #expect(Set(file.names).count == 6)
        #expect(try file.floats("ü/weight \"1\"") == floats)
        #expect(try file.shape("ü/weight \"1\"") == [7, 1])
        #expect(try file.floats("half") == [0.099975586, 65504])
        #expect(try file.floats("brain") == [0.100097656])
        #expect(try file.shape("brain") == [])
        #expect(try file.floats("empty") == [])
        #expect(try file.doubles("count") == [-2])
        #expect(try file.floats("flags") == [0, 1, 1])
        #expect(try file.withBytes(of: "half") { $0.count } == 4)
        for entry in file.entries.values { #expect(entry.offset % entry.dataType.byteCount == 0) }
    }

    @Test func writingIsDeterministicAndAligned() throws {
        let (first, second) = (temporaryPath(), temporaryPath())
        defer {
            unlink(first)
            unlink(second)
        }
        let records: [SafetensorsFile.Record] = [.init(name: "b", shape: [2], floats: [1, 2]), .init(name: "a", shape: [1], floats: [3])]
        let metadata = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", "value") })
        try SafetensorsFile.write(records, metadata: metadata, to: first)
        try SafetensorsFile.write(records, metadata: Dictionary(uniqueKeysWithValues: metadata.reversed()), to: second)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: first))
        #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: second)))
        #expect((bytes.count - 12) % 8 == 0)
        #expect(try SafetensorsFile(contentsOf: first).names == ["b", "a"])
    }

    @Test func readsEscapesAndWhiteSpace() throws {
        let header = #"{ "__metadata__" : {"\u006b":"\ud83d\ude42\n"}, "a\/b" : {"shape":[ 1 , 2 ],"dtype":"U8","data_offsets":[0,2]}}  "#
        let file = try SafetensorsFile(bytes: file(header, data: 2), name: "test")
        #expect(file.metadata == ["k": "🙂\n"])
        #expect(try file.floats("a/b") == [0, 1])
    }

    @Test(arguments: [
        "", "[]", " {}", "{", "{}x", "{\"a\"}", "{\"a\":1}", "{\"a\":{}}", "{,}", "{\"a\":{\"dtype\":\"U8\"}}",
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"extra":[1]}}"#,
        #"{"a":{"dtype":"U8","shape":[2],"shape":[2],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[02],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}"#,
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        #"{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
        #"{"__metadata__":{"a":"1","a":"1"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
        #"{"__metadata__":{},"__metadata__":{},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
        #"{"\ud83d":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
    ])
    func refusesMalformedHeaders(header: String) {
        #expect {
            try SafetensorsFile(bytes: file(header, data: 2), name: "test")
        } throws: { error in
            if case .malformed(file: "test", _) = error as? SafetensorsError { true } else { false }
        }
    }

    @Test func namesWhatIsWrong() throws {
        func message(_ bytes: [UInt8]) -> String {
            do throws(SafetensorsError) {
                _ = try SafetensorsFile(bytes: bytes, name: "w.safetensors")
                return ""
            } catch {
                return "\(error)"
            }
        }
        let header = #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#
        #expect(message([]) == "w.safetensors: this is not a valid safetensors file (it is empty).")
        #expect(
            message(file(header, data: 4)) == "w.safetensors: the file is truncated, \(8 + header.utf8.count + 9) bytes were expected and "
                + "\(8 + header.utf8.count + 4) are there.")
        #expect(message(Array(file(header).prefix(20))).contains("truncated"))
        #expect(message(Array("PK\u{3}\u{4} something else".utf8)).contains("does not begin with the length"))
        #expect(message(file(header.replacing("U8", with: "F8"))).contains("element type F8"))
        #expect(message(file(header, data: 10)).contains("1 bytes at its end"))
        let large = #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#
        #expect(message(file(large)).contains("truncated"))
        let small = try SafetensorsFile(bytes: file(header, data: 9), name: "w.safetensors")
        #expect(throws: SafetensorsError.missingTensor(file: "w.safetensors", tensor: "b")) { try small.floats("b") }
        #expect {
            try SafetensorsFile(contentsOf: "/nowhere/w.safetensors")
        } throws: {
            "\($0)" == "/nowhere/w.safetensors: the file could not be read (no such file or directory)."
        }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: NSTemporaryDirectory()) }
    }

    /// Damaged files are refused or read; they never crash.
    @Test func survivesMutations() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        try SafetensorsFile.write(
            [
                .init(name: "one", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
                .init(name: "two", shape: [3], floats: [7, 8, 9], as: .float16),
                .init(name: "three", dataType: .bool, shape: [1], bytes: [2]),
            ], metadata: ["a": "b\n"], to: path)
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SplitMix64(state: 20)
        var refused = 0
        for round in 0..<4000 {
            var bytes = original
            switch round % 3 {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1:
                for _ in 0...Int.random(in: 0..<4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
                }
            default:
                let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
                bytes[digits.randomElement(using: &random) ?? 0] = UInt8.random(in: 48...57, using: &random)
            }
            do throws(SafetensorsError) {
                let file = try SafetensorsFile(bytes: bytes, name: "mutated")
                for name in file.names { _ = try file.doubles(name) }
            } catch {
                refused += 1
                #expect("\(error)".hasSuffix("."))
            }
        }
        #expect(refused > 2000)
    }

    @Test func refusesToWriteNonsense() {
        let path = temporaryPath()
        let record = SafetensorsFile.Record(name: "a", shape: [1], floats: [1])
        #expect(throws: SafetensorsError.self) { try SafetensorsFile.write([record, record], to: path) }
        #expect(throws: SafetensorsError.self) {
            try SafetensorsFile.write([.init(name: "a", shape: [.max, 8], floats: [1])], to: path)
        }
        #expect(throws: SafetensorsError.self) {
            try SafetensorsFile.write([.init(name: "__metadata__", shape: [1], floats: [1])], to: path)
        }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile.write([record], to: "/nowhere/a.safetensors") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func readsReferenceFiles() throws {
        let file = try Fixture.conformance("degradation")
        #expect(file.metadata["fixture"] == "degradation")
        #expect(try file.shape("input.hr_odd") == [1, 3, 45, 51])
        #expect(try file.doubles("input.s2.variance1_variance2_theta").prefix(3) == [0.35, 5, 0.3])
        #expect(try Fixture.tolerance(of: "mid.s2.k0.kernel", in: file).absolute == 5e-8)
        #expect(try Fixture.referenceWeights("usrnet_tiny").names.count > 20)
    }
}

/// SplitMix64, for tests that need the same numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
