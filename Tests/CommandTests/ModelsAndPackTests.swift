import BlindSR
import Foundation
import NeuralNetworks
import Testing

extension CommandTests {
    @Suite struct ModelsAndPacks {
        private let folder: WorkFolder
        init() throws { folder = try WorkFolder() }

        @Test func listAndShow() throws {
            let list = try Tool.run(["models"], in: folder)
            #expect(list.status == 0 && list.output.contains("kenet-x2") && list.output.contains("usrnet-tiny"))
            let lines = try Tool.run(["models", "list", "--json"], in: folder).lines
            #expect(lines.count >= 3 && lines.allSatisfy { $0.contains("\"sha256\":\"") })
            let show = try Tool.run(["models", "show", "kenet-x4"], in: folder)
            #expect(show.status == 0 && show.output.contains("×4") && show.output.contains("SHA-256"))
            #expect(try Tool.run(["models", "show", "absent"], in: folder).status == 69)
        }

        /// The user's folder takes an import, and the imported weights are used by name.
        @Test func importVerifyAndUse() throws {
            let environment = ["KENET_WEIGHTS": folder("weights")]
            try folder.folder("weights")
            try FileManager.default.copyItem(
                atPath: WorkFolder.weights("usrnet-tiny.safetensors"), toPath: folder("official_tiny.safetensors"))
            let imported = try Tool.run(["models", "import", "official_tiny.safetensors"], in: folder, environment: environment)
            #expect(imported.status == 0 && imported.lines == [folder("weights/official_tiny.safetensors")], "\(imported.errors)")
            #expect(try Tool.run(["models", "import", "official_tiny.safetensors"], in: folder, environment: environment).status == 73)
            let verified = try Tool.run(["models", "verify", "official_tiny"], in: folder, environment: environment)
            #expect(verified.status == 0 && verified.output.hasPrefix("ok  "), "\(verified.errors)")
            try folder.photo("photo.png")
            try folder.write("box.json", Array("[[1,1],[1,1]]".utf8))
            let arguments = ["upscale", "photo.png", "--kernel", "box.json", "--model", "paper", "--weights", "official_tiny"]
            #expect(try Tool.run(arguments, in: folder, environment: environment).status == 0)
        }

        @Test func aCardWithAnotherHashIsFound() throws {
            try FileManager.default.copyItem(atPath: WorkFolder.weights("kenet-x2.safetensors"), toPath: folder("a.safetensors"))
            let hash = try SHA256.hexadecimal(ofFile: folder("a.safetensors"))
            try folder.write("a.md", Array("SHA-256: `\(hash)`".utf8))
            #expect(try Tool.run(["models", "verify", "a.safetensors"], in: folder).status == 0)
            try folder.write("a.md", Array("SHA-256: `\(String(repeating: "0", count: 64))`".utf8))
            #expect(try Tool.run(["models", "verify", "a.safetensors"], in: folder).status == 69)
        }

        @Test func whatIsNoNetworkIsNotImported() throws {
            try folder.write("text.pth", Array("text".utf8))
            let record = SafetensorsFile.Record(name: "a", shape: [1], floats: [1])
            try SafetensorsFile.write([record], to: folder("other.safetensors"))
            let before = folder.contents
            for name in ["text.pth", "other.safetensors"] {
                let result = try Tool.run(["models", "import", name, "-o", "out.safetensors"], in: folder)
                #expect(result.status == 65 && result.errors.contains(name), "\(result.errors)")
            }
            #expect(try Tool.run(["models", "import", "absent.pth", "-o", "out.safetensors"], in: folder).status == 66)
            #expect(folder.contents == before)
        }

        @Test func packLeavesOutWhatCannotBeRead() throws {
            try folder.folder("a/deep")
            try folder.folder("b")
            try folder.photo("a/deep/z.png", 12, 9)
            try folder.photo("a/Y.webp", 10, 8, channels: 1)
            try folder.photo("b/x.jpg", 9, 9)
            try folder.write("b/broken.png", Array("text".utf8))
            try folder.write("b/notes.txt", Array("text".utf8))
            let result = try Tool.run(["pack", "a", "b/", "-o", "train.pack"], in: folder)
            #expect(result.status == 0 && result.errors.contains("b/broken.png"), "\(result.errors)")
            let pack = try SafetensorsFile(contentsOf: folder("train.pack"))
            #expect(pack.names == ["a/Y.webp", "a/deep/z.png", "b/x.jpg"])
            #expect(try pack.shape("a/Y.webp") == [3, 8, 10])
            let single = try Tool.run(["pack", "a", "-o", "single.pack", "-q"], in: folder)
            #expect(single.status == 0 && single.errors.isEmpty)
            #expect(try SafetensorsFile(contentsOf: folder("single.pack")).names == ["Y.webp", "deep/z.png"])
        }

        @Test func packRefusals() throws {
            try folder.folder("a")
            try folder.photo("photo.png")
            for (arguments, status) in [(["a"], 66), (["absent"], 66), (["photo.png"], 64), (["a", "./a"], 64)] as [([String], Int32)] {
                #expect(try Tool.run(["pack"] + arguments + ["-o", "out.pack"], in: folder).status == status, "\(arguments)")
            }
            #expect(try Tool.run(["pack", "a", "-o", "photo.png"], in: folder).status == 73)
            #expect(folder.names == ["a", "photo.png"])
        }
    }
}
