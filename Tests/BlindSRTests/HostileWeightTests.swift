import Fixtures
import Foundation
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR

/// Checkpoints and weights that were made to do harm: each is refused with a sentence.
@Suite(.serialized) struct HostileWeightTests {
    private var newPath: String { NSTemporaryDirectory() + "kenet-\(UUID().uuidString)" }

    private func zeros(_ name: String, _ shape: [Int]) -> (name: String, shape: [Int], values: [Float]) {
        (name: name, shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
    }

    private func checkpoint(_ tensors: [(name: String, shape: [Int], values: [Float])], under name: String? = nil) throws -> [UInt8] {
        let path = newPath
        defer { unlink(path) }
        try PyTorchFile.write(tensors, under: name, to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

    /// A checkpoint whose first number `old` behind `prefix` has become another, of eight bytes.
    private func replaced(_ bytes: [UInt8], after prefix: String, _ old: Int, by new: Int) throws -> [UInt8] {
        let start = Array(prefix.utf8)
        let pattern: [UInt8] = start + [UInt8(ascii: "J")] + little(Int32(old))
        let replacement: [UInt8] = start + [0x8a, 8] + little(Int64(new))
        var result = bytes
        result.replaceSubrange(try #require(bytes.firstRange(of: pattern)), with: replacement)
        return result
    }

    /// What the import has against a file.
    private func refusal(_ bytes: [UInt8]) throws -> String? {
        let path = newPath
        defer { unlink(path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CheckpointError.self) { try WeightImport(contentsOf: path) }
        return error?.reason
    }

    /// The offset follows a storage, the sizes 2×3 and the strides 3, 1 an opening parenthesis.
    @Test(arguments: [
        ("tQ", 0, -1), ("tQ", 0, Int.min), ("tQ", 0, Int.max), ("(", 2, -2), ("(", 2, Int.max), ("(", 3, -3), ("(", 3, Int.max),
    ])
    func viewsOutsideTheirStorage(prefix: String, old: Int, new: Int) throws {
        let bytes = try replaced(checkpoint([zeros("a", [2, 3])]), after: prefix, old, by: new)
        let reason = prefix == "(" && new < 0 ? "its pickle is damaged" : "the tensor a lies outside its storage"
        #expect(try refusal(bytes) == reason)
    }

    @Test(arguments: [nil, "params"] as [String?]) func twoTensorsOfOneName(name: String?) throws {
        let bytes = try checkpoint([zeros("a", [1]), zeros("a", [2]), zeros("b", [1])], under: name)
        #expect(try refusal(bytes) == "it holds the tensor a twice")
    }

    /// Its first keys name the network, the others are missing.
    @Test func partsOfAUSRNet() throws {
        var tensors = [zeros("p.m_head.weight", [2, 4, 3, 3]), zeros("h.mlp.0.weight", [4, 2, 1, 1])]
        tensors.append(zeros("h.mlp.4.weight", [4, 4, 1, 1]))
        #expect(try refusal(checkpoint(tensors)) == "its number of blocks is 0, not in 1…16")
        tensors.append(zeros("p.m_body.0.res.0.weight", [2, 2, 3, 3]))
        #expect(try refusal(checkpoint(tensors)) == "its number of resolutions is 1, not in 4…4")
    }

    @Test func aUSRNetOfOneResolution() throws {
        let configuration = USRNet.Configuration(iterations: 2, hyperWidth: 4, widths: [2], blocks: 1)
        let metadata = ["system": "usrnet", "scales": "[2]", "configuration": try configuration.json]
        let path = newPath
        defer { unlink(path) }
        try SafetensorsFile.write([SafetensorsFile.Record(name: "a", shape: [1], floats: [0])], metadata: metadata, to: path)
        #expect(throws: ModelError.unusable(path: path, reason: "its number of resolutions is 1, not in 4…4")) {
            try WeightCard(path: path)
        }
    }

    @Test func anSRMDBasisOfBoundlessSize() throws {
        let least = Int(Int32.max)
        let tensors = [zeros("model.0.weight", [3, 19, 1, 1]), zeros("model.2.weight", [12, 3, 1, 1]), zeros("pca", [least, 0])]
        let bytes = try replaced(checkpoint(tensors), after: "(", least, by: .max)
        #expect(try refusal(bytes) == "its kernel size is 0, not in 1…101")
    }

    /// Each weight is a number, the confidence is none.
    @Test func weightsThatHaveDiverged() throws {
        var configuration = SpectralEstimator.Configuration(tiles: [16, 8], kernelSize: 11)
        (configuration.width, configuration.features, configuration.heads, configuration.hidden) = (24, 16, 3, 20)
        let network = try SpectralEstimator(configuration, scale: 2, seed: 3)
        for (name, tensor) in network.parameters.named where name.hasPrefix("judge.") {
            try tensor.copy(from: .full(3e38, shape: tensor.shape))
        }
        #expect(throws: UpscalingError.notFinite) { try network.estimate(Seeded.picture(width: 64, height: 48), scale: 2) }
    }

    // MARK: Size

    private static let tooLarge = "its pickle is larger than 16 MiB"

    @Test func aNameThatFillsThePickle() throws {
        let name = String(repeating: "a", count: 16 << 20)
        #expect(try refusal(checkpoint([zeros(name, [1])])) == Self.tooLarge)
        #expect(try PyTorchCheckpoint(checkpoint([zeros(String(name.prefix(1 << 20)), [1])])).records.count == 1)
    }

    /// A text leaves ten bytes, into which two values fit that are thrown away, and not eight.
    @Test(arguments: [(2, true), (8, false)]) func thePickleEndsAtItsLimit(values: Int, isRead: Bool) throws {
        let count = (16 << 20) - 16
        var bytes = Array("X".utf8) + little(Int32(count))
        bytes += [UInt8](repeating: UInt8(ascii: "a"), count: count)
        bytes += Array("b\(String(repeating: "Nb", count: values))N.".utf8)
        var machine = PickleMachine(bytes)
        if isRead {
            guard case .none = try machine.run() else {
                Issue.record("the last value is None")
                return
            }
        } else {
            let failure = #expect(throws: PickleFailure.self) { try machine.run() }
            #expect(failure?.reason == Self.tooLarge)
        }
    }

    @Test func anEntryLargerThanAPickle() throws {
        let content = [UInt8](repeating: UInt8(ascii: "N"), count: (16 << 20) + 1)
        #expect(try refusal(zip("archive/data.pkl", content)) == Self.tooLarge)
    }

    /// A zip file with one stored entry: what the reader looks at, and zeros.
    private func zip(_ name: String, _ content: [UInt8]) -> [UInt8] {
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        let length = little(UInt16(name.utf8.count))
        let size = little(UInt32(content.count))
        var bytes: [UInt8] = [0x50, 0x4b, 3, 4] + zeros(22)
        bytes += length + zeros(2)
        bytes += Array(name.utf8) + content
        let directory = little(UInt32(bytes.count))
        bytes += [0x50, 0x4b, 1, 2] + zeros(16)
        bytes += size + size
        bytes += length + zeros(16)
        bytes += Array(name.utf8)
        bytes += [0x50, 0x4b, 5, 6] + zeros(4)
        bytes += little(UInt16(1)) + little(UInt16(1))
        bytes += zeros(4) + directory
        return bytes + zeros(2)
    }
}
