import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// Everything that is wrong with what the user gives: one sentence on stderr, the right exit status, nothing written.
    @Suite struct BadInput {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.photo("photo.png")
        }

        private func expectRefusal(_ status: Int32, _ arguments: [String], says word: String? = nil, environment: [String: String] = [:])
            throws
        {
            let before = folder.contents
            let result = try Tool.run(arguments, in: folder, environment: environment)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("kenet: ") && result.errors.hasSuffix(".\n"), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            if let word { #expect(result.errors.contains(word), "\(result.errors)") }
            #expect(result.output.isEmpty && folder.contents == before, "\(arguments)")
        }

        @Test func missingFile() throws { try expectRefusal(66, ["upscale", "absent.png"], says: "absent.png") }

        @Test func directory() throws {
            try folder.folder("photos/deep")
            for options in [[], ["--recursive"]] {
                try expectRefusal(66, ["upscale", "photos"] + options, says: "photos: this folder holds no photos.")
            }
            try folder.photo("photos/deep/a_x2.png")
            try expectRefusal(66, ["upscale", "photos"], says: "--recursive")
            try expectRefusal(66, ["upscale", "photos", "--recursive", "-o", "photos/deep"], says: "results of earlier runs")
        }

        @Test func emptyFile() throws {
            try folder.write("empty.png", [])
            try expectRefusal(65, ["upscale", "empty.png"], says: "empty.png")
        }

        @Test(arguments: ["png", "jpg", "webp", "tif"]) func truncatedImage(kind: String) throws {
            try folder.photo("whole.\(kind)", 200, 150)
            let whole = try #require(folder.contents["whole.\(kind)"])
            try folder.write("cut.\(kind)", whole.prefix(whole.count / 2))
            try expectRefusal(65, ["upscale", "cut.\(kind)"], says: "cut.\(kind)")
        }

        @Test(arguments: ["some text\n", "MATLAB 5.0 MAT-file, Platform: GLNXA64", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "GIF89a"])
        func whatIsNoImage(text: String) throws {
            try folder.write("text.png", Array(text.utf8))
            try expectRefusal(65, ["upscale", "text.png"], says: "text.png")
        }

        @Test func severalKernels() throws {
            try expectRefusal(65, ["upscale", "photo.png", "--kernel", Fixture.smallPath("kernels.mat")], says: "several kernels")
        }

        @Test func oneNameForPhotoAndKernel() throws {
            try expectRefusal(64, ["degrade", "photo.png", "-o", "d.png", "--random", "--kernel-out", "./d.png"], says: "different names")
        }

        @Test func negativeNumbers() throws {
            try expectRefusal(64, ["upscale", "photo.png", "--noise", "-1"], says: "0 to 255")
            try expectRefusal(64, ["upscale", "photo.png", "--scale", "-2"], says: "1 to 4")
        }

        @Test(arguments: ["--kernel=k.json", "--spatial", "--noise=3"]) func blurForAWholeSystem(option: String) throws {
            try expectRefusal(
                64, ["upscale", "photo.png", "--model", "bicubic", option], says: "by itself; leave out \(option.prefix { $0 != "=" })")
        }

        @Test func tooSmall() throws {
            try folder.photo("one.png", 1, 1)
            try expectRefusal(65, ["upscale", "one.png"], says: "1×1")
            try expectRefusal(65, ["estimate", "one.png"], says: "1×1")
            try folder.photo("narrow.png", 7, 100)
            try expectRefusal(65, ["estimate", "narrow.png"], says: "32×32")
        }

        @Test func aPhotoTooSmallToTellItsBlurIsRestoredMildly() throws {
            try folder.photo("narrow.png", 7, 100)
            let result = try Tool.run(["upscale", "narrow.png", "--json"], in: folder)
            #expect(result.status == 0 && result.errors.contains("a mild kernel takes its place") && result.output.contains("fallback"))
        }

        @Test func hugeHeader() throws {
            try folder.photo("small.png", 8, 8)
            var bytes = [UInt8](try #require(folder.contents["small.png"]))
            bytes.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0])
            try folder.write("huge.png", bytes)
            try expectRefusal(65, ["upscale", "huge.png"], says: "huge.png")
        }

        @Test func largerThanAllowed() throws {
            try expectRefusal(65, ["upscale", "photo.png", "--max-pixels", "1900"], says: "--max-pixels")
            #expect(try Tool.run(["upscale", "photo.png", "--max-pixels", "1920"], in: folder).status == 0)
        }

        @Test func placesThatCannotBeWritten() throws {
            try expectRefusal(73, ["upscale", "photo.png", "-o", "nowhere/out.png"], says: "nowhere")
            try expectRefusal(73, ["upscale", "photo.png", "-o", "photo.png/out.png"])
            try expectRefusal(73, ["upscale", "photo.png", "--model", "paper", "-o", "/proc/out.png"], says: "/proc")
            try expectRefusal(64, ["upscale", "photo.png", "-o", "out.gif"], says: "gif")
            try expectRefusal(64, ["upscale", "photo.png", "-o", "out"], says: "out")
        }

        @Test func outputThatIsTheInput() throws {
            for name in ["photo.png", "./photo.png", folder("photo.png")] {
                try expectRefusal(73, ["upscale", "photo.png", "-o", name, "--force"], says: "input")
            }
            try FileManager.default.createSymbolicLink(atPath: folder("soft.png"), withDestinationPath: "photo.png")
            try FileManager.default.linkItem(atPath: folder("photo.png"), toPath: folder("hard.png"))
            for name in ["soft.png", "hard.png"] {
                try expectRefusal(73, ["upscale", "photo.png", "-o", name, "--force"], says: "input")
                try expectRefusal(73, ["upscale", "photo.png", "-o", "x.png", "--sheet", name, "--force"], says: "input")
                try expectRefusal(73, ["degrade", "photo.png", "-o", name, "--random", "--force"], says: "input")
                try expectRefusal(73, ["estimate", "photo.png", "-o", name, "--force"], says: "input")
            }
        }

        @Test func aKernelThatIsWrittenOverAnInput() throws {
            try folder.write("k.json", Array("[[1,1],[1,1]]".utf8))
            for name in ["photo.png", "./photo.png", "k.json"] {
                let arguments = ["degrade", "photo.png", "-o", "small.png", "--kernel", "k.json", "--kernel-out", name, "--force"]
                try expectRefusal(73, arguments, says: "input")
            }
        }

        @Test(arguments: ["foo", "kenet", "usrnet-tiny", "kenet+foo", "kenet+", ""]) func unknownModel(name: String) throws {
            try expectRefusal(64, ["upscale", "photo.png", "--model", name], says: "usrnet-tiny")
        }

        @Test(arguments: ["0", "7", "-2", "2.5", "two"]) func unknownScale(scale: String) throws {
            try expectRefusal(64, ["upscale", "photo.png", "--scale=\(scale)"], says: scale)
            try expectRefusal(64, ["estimate", "photo.png", "--scale=\(scale)"], says: scale)
        }

        @Test(arguments: ["1", "3"]) func scalesThatNeedAKernel(scale: String) throws {
            try expectRefusal(64, ["upscale", "photo.png", "--model", "paper", "--scale", scale], says: "known kernel")
        }

        @Test func otherOptions() throws {
            for option in ["--noise=-1", "--noise=300", "--noise=nan", "--tile=0", "--max-pixels=0", "--border=round"] {
                try expectRefusal(64, ["upscale", "photo.png", option])
            }
            try expectRefusal(69, ["upscale", "photo.png", "--device", "cuda:99"], says: "cuda:99")
        }

        @Test func weightsThatCannotBeUsed() throws {
            let weights = WorkFolder.weights
            let tiny = try #require(weights.contents["usrnet-tiny.safetensors"])
            try folder.write("cut.safetensors", tiny.prefix(tiny.count / 2))
            try folder.write("text.safetensors", Array("text".utf8))
            var holed = [UInt8](tiny)
            // The last value becomes a NaN.
            holed.replaceSubrange((holed.count - 4)..., with: [0, 0, 0xc0, 0x7f])
            try folder.write("nan.safetensors", holed)
            for name in ["cut", "text", "nan"] {
                try expectRefusal(
                    69, ["upscale", "photo.png", "--model", "paper", "--weights", "\(name).safetensors"], says: "\(name).safetensors")
            }
            try expectRefusal(69, ["upscale", "photo.png", "--model", "paper", "--weights", weights("kenet-x4.safetensors")], says: "×4")
            try expectRefusal(69, ["upscale", "photo.png", "--weights", "absent.safetensors"], says: "absent")
            try expectRefusal(69, ["upscale", "photo.png", "--model", "paper", "--weights", "photo"], says: "photo")
            try expectRefusal(69, ["upscale", "photo.png", "--model", "kenet+usrnet", "--weights", "usrnet-tiny"], says: "usrnet")
            try expectRefusal(69, ["upscale", "photo.png"], says: "/nowhere", environment: ["KENET_WEIGHTS": "/nowhere"])
        }

        @Test func kernelsThatAreNone() throws {
            try folder.write("text.json", Array("{\"values\":\"none\"}".utf8))
            try folder.write("zero.json", Array("[[0,0],[0,0]]".utf8))
            try folder.write("cut.npy", Array("\u{93}NUMPY".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
            for name in ["text.json", "zero.json", "cut.npy", "photo.png"] {
                try expectRefusal(65, ["upscale", "photo.png", "--kernel", name], says: name)
            }
            try expectRefusal(66, ["upscale", "photo.png", "--kernel", "absent.npy"], says: "absent.npy")
        }

        /// Nobody writes to the pipe: whoever opens it waits for ever.
        @Test(arguments: ["mat", "npy", "png"]) func aPipeIsNoKernel(kind: String) throws {
            #expect(mkfifo(folder("pipe." + kind), 0o600) == 0)
            let result = try Tool.run(["upscale", "photo.png", "--kernel", "pipe." + kind], in: folder)
            #expect(result.status == 66 && result.errors.contains("it is not a regular file"), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1)
        }

        /// A file size limit stands for a full disk.
        @Test func fullDisk() throws {
            try folder.photo("large.png", 120, 90)
            try folder.photo("old.png", 10, 10)
            let before = folder.contents
            for output in ["old.png", "new.png"] {
                let command = "ulimit -f 8; exec '\(Tool.path)' upscale large.png -o \(output) --force"
                let result = try Tool.run(["-c", command], in: folder, program: "/bin/bash")
                #expect(result.status == 73 && result.errors.contains(output), "\(result.errors)")
                #expect(folder.contents == before)
            }
        }
    }
}
