import BlindSR
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Testing

extension CommandTests {
    @Suite struct Upscaling {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.photo("photo.png")
        }

        /// The lines of stdout as JSON objects.
        private func records(_ result: Tool.Result) throws -> [[String: Any]] {
            try result.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        }

        @Test func besideTheInputByDefault() throws {
            let result = try Tool.run(["upscale", "photo.png"], in: folder)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.contains("24×20 → 48×40") && result.errors.contains("11×11") && result.errors.contains("photo_x2.png"))
            #expect(result.errors.contains("spectrum-x2-photo, wiener-x2-photo"))
            let image = try ImageFile.read(folder("photo_x2.png")).image
            #expect((image.width, image.height, image.channels) == (48, 40, 3))
        }

        @Test func theJSONLine() throws {
            let result = try Tool.run(["upscale", "photo.png", "--scale", "4", "--noise", "2.5", "--json"], in: folder)
            #expect(result.status == 0 && result.lines.count == 1)
            let record = try #require(records(result).first)
            #expect(
                Set(record.keys) == [
                    "version", "input", "output", "scale", "model", "weights", "width", "height", "noise", "seconds", "kernel",
                ])
            #expect(record["version"] as? Int == 1 && record["scale"] as? Int == 4 && record["noise"] as? Double == 2.5)
            #expect(record["input"] as? String == "photo.png" && record["output"] as? String == "photo_x4.png")
            #expect(record["model"] as? String == "spectrum+wiener")
            #expect(record["width"] as? Int == 96 && record["height"] as? Int == 80)
            #expect((record["weights"] as? [String])?.map(\.count) == [64, 64])
            #expect(try #require(record["seconds"] as? Double) > 0)
            let kernel = try #require(record["kernel"] as? [String: Any])
            #expect(Set(kernel.keys) == ["source", "size", "values", "eigenvalues", "angle", "confidence"])
            #expect(["estimated", "fallback"].contains(kernel["source"] as? String) && kernel["size"] as? [Int] == [21, 21])
            let values = try #require(kernel["values"] as? [Double])
            #expect(values.count == 441 && abs(values.reduce(0, +) - 1) < 1e-5)
            let eigenvalues = try #require(kernel["eigenvalues"] as? [Double])
            #expect(eigenvalues.count == 2 && eigenvalues[0] >= eigenvalues[1] && eigenvalues[1] > 0)
            #expect((0..<180).contains(try #require(kernel["angle"] as? Double)))
            let confidence = try #require(kernel["confidence"] as? [String: Double])
            #expect(confidence["low"]! <= confidence["expected"]! && confidence["expected"]! <= confidence["high"]!)
        }

        @Test(arguments: 1...4) func everyScaleHasWeights(scale: Int) throws {
            try folder.photo("larger.png", 64, 56)
            let result = try Tool.run(["upscale", "larger.png", "--scale", "\(scale)", "--json"], in: folder)
            #expect(result.status == 0 && !result.errors.contains("not trained"), "\(result.errors)")
            let record = try #require(records(result).first)
            #expect(record["width"] as? Int == 64 * scale && (record["kernel"] as? [String: Any])?["source"] as? String == "estimated")
        }

        /// A camera's photo has noise, what was made from it by blurring and decimating has none: it gets the clean weights, unless somebody chose.
        @Test func aPhotoWithoutNoiseGetsTheCleanWeights() throws {
            var package = URL(fileURLWithPath: #filePath)
            for _ in 0..<3 { package.deleteLastPathComponent() }
            let camera = package.appendingPathComponent("Examples/photos/oakland-zoo-otters.png").path
            let made = try Tool.run(["degrade", camera, "-o", "small.png", "--eigenvalues", "2,1"], in: folder)
            #expect(made.status == 0, "\(made.errors)")
            for (photo, options, weights) in [
                (camera, [], "spectrum-x2-photo, wiener-x2-photo"), ("small.png", [], "spectrum-x2, wiener-x2"),
                ("small.png", ["--spatial"], "spectrum-x2, wiener-x2"),
                ("small.png", ["--weights", "photo"], "spectrum-x2-photo, wiener-x2-photo"),
            ] {
                let result = try Tool.run(["upscale", photo, "-o", "large.png", "--force", "--json"] + options, in: folder)
                #expect(result.status == 0 && result.errors.contains("  \(weights)  "), "\(result.errors)")
                let record = try #require(records(result).first)
                #expect((record["weights"] as? [String])?.count == 2)
                if weights == "spectrum-x2, wiener-x2" { #expect(record["noise"] as? Double == 0) }
            }
            // What is estimated alone names its own file, and so does what is restored with a known kernel; photo weights need the noise, too.
            let known = ["-o", "large.png", "--force", "--kernel", "kernel.json"]
            for (options, weights) in [
                (["estimate", "small.png", "-o", "kernel.json"], ["spectrum-x2"]), (["estimate", camera], ["spectrum-x2-photo"]),
                (["upscale", "small.png", "--noise", "0"] + known, ["wiener-x2"]), (["upscale", "small.png"] + known, ["wiener-x2"]),
                (["upscale", camera] + known, ["spectrum-x2-photo", "wiener-x2-photo"]),
            ] {
                let result = try Tool.run(options + ["--json"], in: folder)
                let hashes = try weights.map {
                    try SHA256.hexadecimal(ofFile: package.appendingPathComponent("Weights/\($0).safetensors").path)
                }
                #expect(try records(result).first?["weights"] as? [String] == hashes, "\(result.errors)")
            }
        }

        /// An estimator that expects nothing good of itself is not believed.
        @Test func aDoubtfulEstimateGivesWayToAMildKernel() throws {
            try folder.photo("larger.png", 48, 40)
            let configuration = SpectralEstimator.Configuration.standard(scale: 2)
            let network = try SpectralEstimator(configuration, scale: 2, seed: 1)
            for (name, shift) in [("sure", 200.0), ("unsure", -200.0)] {
                try network.shiftConfidence(by: [shift, shift, shift])
                let metadata = [
                    "system": "spectrum", "name": name, "scales": "[2]",
                    "configuration": String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
                ]
                try SafetensorsFile.write(network.parameters.named, metadata: metadata, to: folder(name + ".safetensors"))
                try network.shiftConfidence(by: [-shift, -shift, -shift])
                let result = try Tool.run(
                    [
                        "upscale", "larger.png", "--model", "spectrum+usrnet-tiny", "--weights", "\(name).safetensors", "--json", "-o",
                        "\(name).png",
                    ], in: folder)
                #expect(result.status == 0, "\(result.errors)")
                let record = try #require(records(result).first)
                let kernel = try #require(record["kernel"] as? [String: Any])
                #expect(kernel["source"] as? String == (name == "sure" ? "estimated" : "fallback"))
                #expect(result.errors.contains("mild kernel") == (name == "unsure"))
                let confidence = try #require(kernel["confidence"] as? [String: Any])
                #expect(Set(confidence.keys) == ["expected", "low", "high"])
            }
        }

        @Test func theLineIsAKernelFileToo() throws {
            let first = try Tool.run(["upscale", "photo.png", "--json"], in: folder)
            try folder.write("line.json", Array(first.output.utf8))
            let second = try Tool.run(["upscale", "photo.png", "--json", "--kernel", "line.json", "-o", "again.png"], in: folder)
            let (a, b) = (try #require(records(first).first), try #require(records(second).first))
            let (given, estimated) = (try #require(b["kernel"] as? [String: Any]), try #require(a["kernel"] as? [String: Any]))
            #expect(given["source"] as? String == "given")
            let difference = zip(given["values"] as? [Double] ?? [], estimated["values"] as? [Double] ?? []).map { abs($0 - $1) }.max()
            #expect(try #require(difference) < 1e-7)
            // With a kernel, the estimator still tells the noise.
            #expect(a["weights"] as? [String] != nil && a["weights"] as? [String] == b["weights"] as? [String])
            #expect(a["noise"] as? Double != nil && a["noise"] as? Double == b["noise"] as? Double)
        }

        @Test(arguments: ["1", "3"]) func everyScaleWithAKernel(scale: String) throws {
            try folder.write("box.json", Array("[[1,1,1],[1,1,1],[1,1,1]]".utf8))
            for model in ["default", "paper"] {
                let arguments = ["upscale", "photo.png", "--model", model, "--kernel", "box.json", "--scale", scale, "--force"]
                let result = try Tool.run(arguments, in: folder)
                #expect(result.status == 0, "\(result.errors)")
                #expect(try ImageFile.read(folder("photo_x\(scale).png")).image.width == 24 * (Int(scale) ?? 0))
                // USRNet-tiny was trained for 2, 3 and 4.
                #expect(result.errors.contains("warning") == (model == "paper" && scale == "1"))
            }
        }

        @Test func greyStaysGreyAndFormatsFollowTheExtension() throws {
            try folder.photo("grey.png", channels: 1)
            #expect(try Tool.run(["upscale", "grey.png"], in: folder).status == 0)
            #expect(try ImageFile.read(folder("grey_x2.png")).image.channels == 1)
            for (name, format) in [("out.jpg", ImageFormat.jpeg), ("out.webp", .webp), ("out.TIF", .tiff)] {
                #expect(try Tool.run(["upscale", "photo.png", "-o", name], in: folder).status == 0)
                #expect(try ImageFile.read(folder(name)).format == format)
            }
        }

        @Test func anExistingOutputNeedsForce() throws {
            try folder.write("photo_x2.png", [1, 2, 3])
            let before = folder.contents
            let refused = try Tool.run(["upscale", "photo.png"], in: folder)
            #expect(refused.status == 73 && refused.errors.contains("--force") && folder.contents == before)
            #expect(try Tool.run(["upscale", "photo.png", "--force"], in: folder).status == 0)
            #expect(try ImageFile.read(folder("photo_x2.png")).image.width == 48)
        }

        @Test func manyFilesGoOnAfterAFailure() throws {
            try folder.photo("second.jpg")
            try folder.write("broken.png", Array("text".utf8))
            try folder.folder("out")
            try folder.folder("photos")
            let inputs = ["photo.png", "broken.png", "absent.png", "photos", "second.jpg"]
            let result = try Tool.run(["upscale"] + inputs + ["-o", "out", "--json"], in: folder)
            #expect(result.status == 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder("out")).sorted() == [
                    ".kenet.jsonl", "photo_x2.png", "second_x2.jpg",
                ])
            let records = try records(result)
            #expect(records.map { $0["input"] as? String } == inputs)
            let codes = records.map { ($0["error"] as? [String: Any])?["code"] as? Int }
            #expect(codes == [nil, 65, 66, 66, nil])
            #expect(records.allSatisfy { ($0["error"] as? [String: Any]).map { ($0["message"] as? String)?.isEmpty == false } ?? true })
        }

        @Test func severalInputsNeedAFolder() throws {
            try folder.photo("second.png")
            let before = folder.contents
            #expect(try Tool.run(["upscale", "photo.png", "second.png", "-o", "out.png"], in: folder).status == 64)
            try folder.folder("sub")
            try folder.photo("sub/photo.png")
            #expect(try Tool.run(["upscale", "photo.png", "sub/photo.png", "-o", "sub"], in: folder).status == 64)
            #expect(folder.contents.filter { before.keys.contains($0.key) } == before)
        }

        @Test func aModelThatIsMissingEndsABatchAtOnce() throws {
            try folder.photo("second.png")
            let result = try Tool.run(["upscale", "photo.png", "second.png", "--weights", "absent", "--json"], in: folder)
            #expect(result.status == 69)
            #expect(try records(result).map { ($0["error"] as? [String: Any])?["code"] as? Int } == [69, 69])
        }

        @Test func theSheet() throws {
            #expect(try Tool.run(["upscale", "photo.png", "--sheet", "sheet.png"], in: folder).status == 0)
            let sheet = try ImageFile.read(folder("sheet.png")).image
            #expect(sheet.width > 2 * 48 && sheet.height >= 40)
            let result = try ImageFile.read(folder("photo_x2.png")).image
            #expect(sheet.cropped(x: 48 + 16, y: 0, width: 48, height: 40) == result)
        }

        @Test(arguments: [SIGINT, SIGTERM]) func interrupted(number: Int32) throws {
            try folder.photo("large.png", 640, 480)
            try folder.photo("next.png")
            let before = folder.names
            let process = try Tool.start(["upscale", "large.png", "next.png", "--tile", "32"], in: folder)
            Thread.sleep(forTimeInterval: 2.5)
            kill(process.processIdentifier, number)
            process.waitUntilExit()
            let result = try Tool.result(of: process, in: folder)
            #expect(result.status == 130, "\(result.errors)")
            #expect(result.errors.contains("2 of 2 photos are left: large.png, next.png"))
            #expect(folder.names == before)
        }

        @Test func aClosedPipeIsNoCrash() throws {
            let command = "'\(Tool.path)' upscale photo.png --json > /dev/full"
            let result = try Tool.run(["-c", command], in: folder, program: "/bin/bash")
            #expect(result.status == 73 && result.errors.contains("standard output"), "\(result.errors)")
        }
    }
}
