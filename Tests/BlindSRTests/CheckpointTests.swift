import Fixtures
import Foundation
import NeuralNetworks
import Testing

@testable import BlindSR

/// The reader of PyTorch files: `Fixtures/Tools/make_checkpoint_fixture.py` wrote what it is tried on.
@Suite struct CheckpointTests {
    private func bytes(_ layout: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.smallPath("checkpoint_\(layout).pth"))))
    }

    @Test(arguments: ["legacy", "zip"]) func valuesAreThoseThatWereSaved(layout: String) throws {
        let records = try PyTorchCheckpoint(bytes(layout)).records
        #expect(records.count == 28)
        for (j, record) in records.enumerated() {
            let isHalf = record.name == "h.mlp.4.bias"
            #expect(record.dataType == (isHalf ? .float16 : .float32))
            let count = record.shape.reduce(1, *)
            let expected = (0..<count).map { Float((31 * j + 7 * $0) % 64 - 32) / 64 }
            let written = SafetensorsFile.Record(name: record.name, shape: record.shape, floats: expected, as: isHalf ? .float16 : .float32)
            #expect(record.bytes == written.bytes, "\(record.name)")
        }
    }

    @Test(arguments: ["legacy", "zip"]) func theNetworkIsRecognised(layout: String) throws {
        let path = Fixture.smallPath("checkpoint_\(layout).pth")
        let configuration = USRNet.Configuration(iterations: 2, hyperWidth: 4, widths: [2, 2, 3, 3], blocks: 1)
        let imported = try WeightImport(contentsOf: path)
        #expect((imported.configuration as? USRNet.Configuration) == configuration)
        let target = NSTemporaryDirectory() + "kenet-\(UUID().uuidString).safetensors"
        defer { unlink(target) }
        let card = try imported.write(name: "narrow", to: target)
        #expect(card.name == "narrow" && card.scales == [1, 2, 3, 4])
        #expect((card.configuration as? USRNet.Configuration) == configuration)
        #expect(card.source == (try SHA256.hexadecimal(ofFile: path)))
        try card.verify()
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) func officialWeightsAreReadBitByBit() throws {
        let expected = try Fixture.referenceWeights("usrnet_tiny")
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("reference-weights/usrnet_tiny.pth")))
        let records = try PyTorchCheckpoint([UInt8](data)).records
        #expect(Set(records.map(\.name)) == Set(expected.names))
        for record in records {
            #expect(record.shape == (try expected.shape(record.name)))
            #expect(try expected.withBytes(of: record.name) { $0.elementsEqual(record.bytes) }, "\(record.name)")
        }
    }

    /// What FKP's and others' training writes: the network beside its optimizer.
    @Test(arguments: ["params", "state_dict", "model_state"]) func aTrainingCheckpointIsRead(name: String) throws {
        let path = NSTemporaryDirectory() + "kenet-\(UUID().uuidString).pt"
        defer { unlink(path) }
        let tensors = ["a", "b", "exp_avg"].map { (name: $0, shape: [2, 3], values: (0..<6).map(Float.init)) }
        try PyTorchFile.write(tensors, under: name, to: path)
        let records = try PyTorchCheckpoint([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))).records
        #expect(records.map(\.name) == ["a", "b"])
        #expect(records[1].bytes == SafetensorsFile.Record(name: "b", shape: [2, 3], floats: tensors[1].values, as: .float32).bytes)
    }

    /// Whatever is done to a file, the reader either reads it or says no.
    @Test(arguments: ["legacy", "zip"]) func damagedFilesAreRefused(layout: String) throws {
        let whole = try bytes(layout)
        for length in stride(from: 0, to: whole.count, by: 61) {
            #expect(throws: PickleFailure.self) { try PyTorchCheckpoint(Array(whole.prefix(length))) }
        }
        var random = CounterRandom(seed: 7, index: 0)
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0...random.integer(below: 4) { damaged[random.integer(below: damaged.count)] = UInt8(random.integer(below: 256)) }
            _ = try? PyTorchCheckpoint(damaged)
        }
    }

    @Test func codeIsNeverCalled() {
        // os.system("true"), as a pickle of protocol 2 behind the header of an old checkpoint.
        let call = Array("cos\nsystem\nX\u{4}\0\0\0true\u{85}R.".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        var machine = PickleMachine([0x80, 2] + call)
        #expect(throws: PickleFailure.self) { try machine.run() }
    }

    @Test func deepNestingCostsNoStack() throws {
        let depth = 300_000
        var machine = PickleMachine([0x80, 2] + Array("N".utf8) + [UInt8](repeating: 0x85, count: depth) + Array(".".utf8))
        guard case .sequence(depth - 1) = try machine.run() else {
            Issue.record("the outermost tuple is the last one made")
            return
        }
    }

    @Test func tensorsOutsideTheirStorageAreRefused() throws {
        let whole = try bytes("legacy")
        // The first tensor's number of columns, 3, becomes 200: BININT1 behind the shape (2, 4, 3, …).
        let pattern: [UInt8] = [0x4b, 2, 0x4b, 4, 0x4b, 3, 0x4b, 3]
        let start = try #require((0..<whole.count - 8).first { whole[$0..<$0 + 8].elementsEqual(pattern) })
        var wide = whole
        wide[start + 7] = 200
        let failure = #expect(throws: PickleFailure.self) { try PyTorchCheckpoint(wide) }
        #expect(failure?.reason.contains("outside its storage") == true)
    }
}
