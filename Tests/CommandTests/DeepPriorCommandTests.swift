import Foundation
import Testing

extension CommandTests {
    /// The systems that search for minutes, as far as seconds show them.
    @Suite struct DeepPriors {
        private let folder: WorkFolder
        init() throws { folder = try WorkFolder() }

        @Test(arguments: ["dipfkp", "doubledip"]) func canBeStoppedAndLeaveNothing(model: String) throws {
            try folder.photo("photo.png", 48, 40)
            let before = folder.names
            for arguments in [
                ["upscale", "photo.png", "--model", model], ["estimate", "photo.png", "--model", model, "-o", "kernel.npy"],
            ] {
                let process = try Tool.start(arguments, in: folder)
                Thread.sleep(forTimeInterval: 2.5)
                kill(process.processIdentifier, SIGINT)
                process.waitUntilExit()
                let result = try Tool.result(of: process, in: folder)
                #expect(result.status == 130, "\(arguments): \(result.errors)")
                #expect(folder.names == before)
            }
        }

        @Test func otherScalesAreRefused() throws {
            try folder.photo("photo.png", 48, 40)
            let flow = try Tool.run(["upscale", "photo.png", "--model", "dipfkp", "--scale", "1"], in: folder)
            #expect(flow.status != 0 && flow.errors.contains("×2"), "\(flow.errors)")
            let generator = try Tool.run(["upscale", "photo.png", "--model", "doubledip", "--scale", "1"], in: folder)
            #expect(generator.status != 0 && generator.errors.contains("2, 3, 4"), "\(generator.errors)")
        }

        @Test func aFlowIsTrainedWithoutPhotos() throws {
            let arguments = ["train", "fkp", "--scale", "2", "-o", "run", "--steps", "40", "--threads", "1"]
            let result = try Tool.run(arguments, in: folder)
            #expect(result.status == 0 && result.lines == ["run/weights.safetensors"], "\(result.errors)")
            let shown = try Tool.run(["models", "show", "run/weights.safetensors"], in: folder)
            #expect(shown.status == 0 && shown.output.contains("fkp at ×2"), "\(shown.errors)")
            #expect(try Tool.run(["train", "fkp", "--scale", "5", "-o", "other"], in: folder).status == 64)
        }
    }
}
