import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

/// PyTorch files of RCAN, SRMD and DAN, made of the fixtures' narrow networks under their official names.
@Suite(.serialized, .enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) struct UpscalerImportTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "kenet-import-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The tensors of a fixture's network.
    private func tensors(_ fixture: String, _ prefix: String) throws -> [(name: String, shape: [Int], values: [Float])] {
        let file = try Fixture.conformance(fixture)
        return try file.names.filter { $0.hasPrefix(prefix) }.map {
            (name: String($0.dropFirst(prefix.count)), shape: try file.shape($0), values: try file.floats($0))
        }
    }

    private func imported(_ tensors: [(name: String, shape: [Int], values: [Float])], _ folder: Folder) throws -> WeightCard {
        try PyTorchFile.write(tensors, to: folder.path + "/narrow.pth")
        return try WeightImport(contentsOf: folder.path + "/narrow.pth").write(name: "narrow", to: folder.path + "/narrow.safetensors")
    }

    @Test(arguments: [2, 3, 4]) func rcan(scale: Int) throws {
        let folder = try Folder()
        let card = try imported(tensors("rcan", "weight.x\(scale)."), folder)
        let configuration = RCAN.Configuration(scale: scale, groups: 2, blocks: 2, width: 16, reduction: 4)
        #expect((card.configuration as? RCAN.Configuration) == configuration)
        #expect(card.title == "rcan at ×\(scale)")
        let network = try #require(card.network(scale: scale, device: .cpu) as? RCAN)
        network.usesReducedPrecision = false
        let file = try Fixture.conformance("rcan")
        let sr = try withInference { try network(file.tensor("input.lr") / 255) * 255 }
        try Fixture.expectTolerance(sr.floats(), file, "output.x\(scale).sr")
    }

    @Test(arguments: [DAN.Version.v1, .v2], [2, 4]) func dan(version: DAN.Version, scale: Int) throws {
        let folder = try Folder()
        let card = try imported(tensors("dan", "weight.DAN\(version.rawValue).x\(scale)."), folder)
        let found = try #require(card.configuration as? DAN.Configuration)
        let expected = DAN.Configuration(
            version: version, scale: scale, width: 16, groups: version == .v1 ? 1 : 2, blocks: 2,
            estimatorWidth: version == .v1 ? 32 : 16, estimatorBlocks: 2, kernelSize: scale == 2 ? 11 : 21, shrinksBicubically: true)
        #expect(found == expected && found.loops == 4)
        let network = try #require(card.network(scale: scale, device: .cpu) as? DAN)
        #expect(try network.upscale(Seeded.picture(width: 9, height: 8), scale: scale).image.width == 9 * scale)
    }

    /// Its authors keep the basis in a file of its own.
    @Test(arguments: [2, 3, 4]) func srmd(scale: Int) throws {
        let folder = try Folder()
        let pca = try Fixture.conformance("srmd").floats("input.pca")
        let layers = try tensors("srmd", "weight.x\(scale).")
        #expect(throws: WeightError.missing(key: "pca", file: folder.path + "/narrow.pth")) { try imported(layers, folder) }
        let card = try imported(layers + [(name: "pca", shape: [15, 225], values: pca)], folder)
        let configuration = SRMD.Configuration(
            scale: scale, width: 16, layers: 4, knowsNoise: scale != 3, shrinksBicubically: true)
        #expect((card.configuration as? SRMD.Configuration) == configuration)
    }

    @Test func whatDoesNotFitIsRefusedByKeyAndShapes() throws {
        let folder = try Folder()
        var wrong = try tensors("rcan", "weight.x2.")
        let index = try #require(wrong.firstIndex { $0.name == "body.1.body.0.body.2.weight" })
        wrong[index] = (name: wrong[index].name, shape: [16, 16, 1, 1], values: [Float](repeating: 0, count: 256))
        let error = #expect(throws: WeightError.self) { try imported(wrong, folder) }
        let sentence = try #require(error).description
        #expect(sentence.contains("body.1.body.0.body.2.weight should have the shape [16, 16, 3, 3] and has [16, 16, 1, 1]"), "\(sentence)")

        var missing = try tensors("dan", "weight.DANv1.x2.")
        missing.removeAll { $0.name == "Restorer.fusion.bias" }
        #expect(throws: WeightError.missing(key: "Restorer.fusion.bias", file: folder.path + "/narrow.pth")) {
            try imported(missing, folder)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/narrow.safetensors"))
    }
}
