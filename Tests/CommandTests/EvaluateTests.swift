import BlindSR
import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// `evaluate`, `evaluate merge` and `evaluate sheet`, on the miniature data set with random weights.
    @Suite struct Evaluates {
        private let folder: WorkFolder
        private let set = Fixture.smallPath("miniature")
        private let draws = Fixture.smallPath("draws.json")
        private let pair = "bicubic,kenet+usrnet-tiny,gt+usrnet-tiny"

        init() throws { folder = try WorkFolder() }

        private struct Results: Decodable, Equatable {
            struct Row: Decodable, Equatable {
                struct Distribution: Decodable, Equatable {
                    let mean, median, worstTenth: Double
                }
                let dataset: String
                let scale: Int
                let method: String
                let images: Int
                let draws: Int
                let psnrY, ssimY, gapToGT: Double?
                let kernelPSNR: Distribution?
            }
            struct Item: Decodable, Equatable {
                let image, method: String
                let scale, draw: Int
                let psnrY, ssimY, psnrRGB, kernelPSNR, eigenvalueError: Double?
            }
            struct Skipped: Decodable, Equatable { let image, reason: String }
            let rows: [Row]
            let items: [Item]
            let skipped: [Skipped]
        }

        private func results(_ name: String) throws -> Results {
            try JSONDecoder().decode(Results.self, from: #require(folder.contents[name]))
        }

        private func evaluate(_ arguments: String..., methods: String? = nil) throws -> Tool.Result {
            try Tool.run(["evaluate", set, "--draws", draws, "--methods", methods ?? pair] + arguments, in: folder)
        }

        @Test func everyReportIsWritten() throws {
            let result = try evaluate("--json", "r.json", "--csv", "r.csv", "--html", "r.html", "--markdown", "r.md")
            #expect(result.status == 0, "\(result.errors)")
            #expect(folder.names == ["r.csv", "r.html", "r.json", "r.md"])
            let results = try results("r.json")
            // Two images with two draws at ×2 and one at ×4; the constant kernel and the aligned bicubic were added.
            #expect(results.items.count == 6 * 5 && results.rows.count == 2 * 5)
            let row = try #require(results.rows.first { $0.scale == 2 && $0.method == "kenet+usrnet-tiny" })
            #expect(row.images == 2 && row.draws == 2 && row.kernelPSNR != nil && row.gapToGT != nil)
            #expect(result.output.contains("| miniature | ×4 | kenet+usrnet-tiny | 2 × 1 |"))
            let html = String(decoding: try #require(folder.contents["r.html"]), as: UTF8.self)
            #expect(html.contains("<html") && html.contains("data:image/jpeg;base64,"))
        }

        /// The numbers of an item, made again by hand.
        @Test func anItemIsWhatTheProtocolSays() throws {
            #expect(try evaluate("--json", "r.json", "--scale", "2", methods: "bicubic-aligned").status == 0)
            let item = try #require(try results("r.json").items.first { $0.image == "otters" && $0.draw == 0 })
            let hr = try ImageFile.read(set + "/otters.png").image
            let kernel = GaussianParameters(variance1: 2, variance2: 0.5, angle: 30 * .pi / 180).kernel(size: 11)
            let restored = try hr.degraded(by: kernel, scale: 2).rounded8Bit().enlargedOnModelGrid(scale: 2).rounded8Bit()
            #expect(item.psnrY == ImageQuality.psnrY(restored, hr) && item.ssimY == ImageQuality.ssimY(restored, hr))
            #expect(try evaluate("--json", "c.json", "--scale", "2", "--protocol", "crop", methods: "bicubic-aligned").status == 0)
            let cropped = try #require(try results("c.json").items.first { $0.image == "otters" && $0.draw == 0 })
            #expect(cropped.psnrY == ImageQuality.psnrY(restored, hr, crop: 2))
        }

        @Test func shardsMakeOneRun() throws {
            #expect(try evaluate("--json", "whole.json").status == 0)
            for shard in 1...3 { #expect(try evaluate("--json", "part\(shard).json", "--shard", "\(shard)/3").status == 0) }
            let merge = ["evaluate", "merge", "part3.json", "part1.json", "part2.json", "--json", "merged.json"]
            #expect(try Tool.run(merge, in: folder).status == 0)
            #expect(try results("merged.json") == results("whole.json"))
            #expect(try Tool.run(merge, in: folder).status == 73)
        }

        @Test func resumeMakesOneRun() throws {
            #expect(try evaluate("--json", "whole.json", "--run", "run").status == 0)
            // As if it had been killed while it wrote the tenth line.
            let lines = String(decoding: try #require(folder.contents["run/items.jsonl"]), as: UTF8.self).split(separator: "\n")
            try folder.write("run/items.jsonl", Array((lines.prefix(9).joined(separator: "\n") + "\n" + lines[9].prefix(40)).utf8))
            #expect(try evaluate("--json", "again.json", "--run", "run").status == 65)
            let resumed = try evaluate("--json", "again.json", "--run", "run", "--resume")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try results("again.json") == results("whole.json"))
            // Results of other draws do not belong into the same table.
            let other = try Tool.run(
                ["evaluate", set, "--draws", "2", "--methods", pair, "--json", "other.json", "--run", "run", "--resume"], in: folder)
            #expect(other.status == 65 && other.errors.contains("other draws"))
        }

        /// Noise and JPEG come after the blur; results with and without them do not belong into one table.
        @Test func degradedFurther() throws {
            let further = ["--noise", "5", "--jpeg", "70", "--scale", "2"]
            func evaluate(_ arguments: String...) throws -> Tool.Result {
                try Tool.run(["evaluate", set, "--draws", draws, "--methods", "bicubic-aligned"] + further + arguments, in: folder)
            }
            let result = try evaluate("--json", "r.json", "--markdown", "r.md", "--run", "run")
            #expect(result.status == 0, "\(result.errors)")
            #expect(String(decoding: try #require(folder.contents["r.md"]), as: UTF8.self).contains("noise of σ 5, JPEG of quality 70"))
            #expect(try evaluate("--json", "again.json", "--run", "run", "--resume").status == 0)
            #expect(try results("again.json") == results("r.json"))
            #expect(try evaluate("--json", "seed.json", "--seed", "1").status == 0)
            #expect(try results("seed.json") != results("r.json"))
            let other = try evaluate("--json", "other.json", "--run", "run", "--resume", "--noise", "2")
            #expect(other.status == 65 && other.errors.contains("noise of σ 5"), "\(other.errors)")
            #expect(try evaluate("--json", "other.json", "--noise", "2").status == 0)
            let merged = try Tool.run(["evaluate", "merge", "r.json", "other.json", "--json", "merged.json"], in: folder)
            #expect(merged.status == 65 && merged.errors.contains("noise of σ 2"), "\(merged.errors)")
        }

        @Test func kernelsOfAFile() throws {
            let result = try Tool.run(
                [
                    "evaluate", set, "--kernels", Fixture.smallPath("kernels.mat"), "--scale", "2",
                    "--methods", "bicubic-aligned,gt+usrnet-tiny", "--json", "r.json", "--markdown", "r.md",
                ], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let results = try results("r.json")
            #expect(results.items.count == 2 * 2 * 2 && Set(results.items.map(\.draw)) == [0, 1])
            let item = try #require(results.items.first { $0.image == "otters" && $0.draw == 0 && $0.method == "bicubic-aligned" })
            let hr = try ImageFile.read(set + "/otters.png").image
            let box = try BlurKernel(height: 3, width: 3, values: [Float](repeating: 1, count: 9), normalize: true)
            let lr = try hr.degraded(by: box, scale: 2).rounded8Bit()
            #expect(item.psnrY == ImageQuality.psnrY(lr.enlargedOnModelGrid(scale: 2).rounded8Bit(), hr))
            let text = String(decoding: try #require(folder.contents["r.md"]), as: UTF8.self)
            #expect(text.contains("PSNR-Y by kernel") && text.contains("| kernels:2 |"))
        }

        @Test func ctrlCKeepsWhatIsThere() throws {
            let arguments = ["evaluate", set, "--draws", "40", "--methods", pair, "--json", "r.json"]
            let process = try Tool.start(arguments, in: folder)
            while (folder.contents["r.run/items.jsonl"]?.count ?? 0) == 0, process.isRunning { usleep(20_000) }
            process.interrupt()
            process.waitUntilExit()
            let result = try Tool.result(of: process, in: folder)
            #expect(result.status == 130 && result.errors.contains("--resume"), "\(result.errors)")
            #expect(folder.contents["r.json"] == nil && folder.contents["r.run/items.jsonl"] != nil)
            #expect(try Tool.run(arguments, in: folder).status == 65)
            #expect(try Tool.run(arguments + ["--draws", "1", "--force"], in: folder).status == 0)
            #expect(folder.names == ["r.json"])
        }

        @Test func aCorruptImageIsReportedAndSkipped() throws {
            try folder.folder("set")
            try folder.photo("set/good.png", 60, 50)
            try folder.write("set/bad.png", Array("no picture".utf8))
            let result = try Tool.run(
                ["evaluate", "set", "--scale", "2", "--methods", "bicubic", "--draws", "1", "--json", "r.json"], in: folder)
            #expect(result.status == 1 && result.errors.contains("bad.png"), "\(result.errors)")
            let results = try results("r.json")
            #expect(Set(results.items.map(\.image)) == ["good"] && results.skipped.map(\.image) == ["bad"])
        }

        /// Nobody could go on with it, as without a report it has no name.
        @Test func aRunThatFailsLeavesNoTemporaryFolder() throws {
            for name in ["set", "tmp"] { try folder.folder(name) }
            try folder.write("set/bad.png", Array("no picture".utf8))
            let result = try Tool.run(
                ["evaluate", "set", "--scale", "2", "--methods", "bicubic", "--draws", "1"], in: folder,
                environment: ["TMPDIR": folder("tmp")])
            #expect(result.status == 65 && result.errors.contains("No image could be used"), "\(result.errors)")
            #expect(!folder.names.contains { $0.contains("kenet-evaluation") }, "\(folder.names)")
        }

        @Test func anImageTooSmallForAMethodIsPassedOverByIt() throws {
            try folder.folder("set")
            try folder.photo("set/small.png", 60, 50)
            let result = try Tool.run(
                ["evaluate", "set", "--scale", "2", "--methods", "spectrum+usrnet-tiny,bicubic", "--draws", "2", "--json", "r.json"],
                in: folder)
            let told = "set, small: spectrum+usrnet-tiny at ×2: A photo of 30×25 is too small"
            #expect(result.status == 1 && result.errors.contains(told), "\(result.errors)")
            #expect(!result.output.contains("Not finished"))
            let results = try results("r.json")
            #expect(results.items.count { $0.method == "bicubic" } == 2 && !results.items.contains { $0.method.hasPrefix("spectrum") })
        }

        @Test(arguments: [
            (["evaluate", "nowhere"], Int32(66), "nowhere"), (["evaluate", "table1", "--data", "nowhere"], 66, "nowhere"),
            (["evaluate", "table1"], 64, "--data"), (["evaluate", ".", "--methods", "bicubik"], 64, "bicubik"),
            (["evaluate", ".", "--scale", "5"], 64, "--scale"), (["evaluate", ".", "--noise", "-1"], 64, "noise"),
            (["evaluate", ".", "--draws", "2", "--kernels", "k.mat"], 64, "--kernels"),
            (["evaluate", ".", "--kernels", "no.mat"], 66, "no.mat"),
            (["evaluate", ".", "--draws", "none.json"], 65, "none.json"),
            (["evaluate", ".", "--json", "e.out", "--csv", "./e.out"], 64, "different names"),
            (["evaluate", "merge", "none.json"], 65, "none.json"), (["evaluate", "."], 65, "no data set"),
        ])
        func mistakesAreOneSentence(arguments: [String], status: Int32, word: String) throws {
            let result = try Tool.run(arguments, in: folder)
            #expect(result.status == status && result.errors.contains(word) && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.split(separator: "\n").filter { $0.hasPrefix("kenet: ") }.count == 1)
        }

        /// Systems without weights stand in the table as missing; what takes minutes a photo or cannot be found is left out with a word.
        @Test func aTableOfTheMiniature() throws {
            try folder.folder("root/Set5")
            try FileManager.default.copyItem(atPath: set + "/otters.png", toPath: folder("root/Set5/otters.png"))
            let result = try Tool.run(["evaluate", "table1", "--data", "root", "--markdown", "t.md", "--scale", "4"], in: folder)
            #expect(
                result.status == 0 && result.errors.contains("Urban100") && result.errors.contains("kernelgan+zssr"), "\(result.errors)")
            let text = String(decoding: try #require(folder.contents["t.md"]), as: UTF8.self)
            #expect(text.contains("(paper: 28.79/.8543)") && !text.contains("kernelgan") && text.contains("24.29/.7261"))
            let other = try Tool.run(
                ["evaluate", "table1", "--data", "root", "--markdown", "m.md", "--scale", "4", "--methods", "dan-v2,bicubic"], in: folder)
            #expect(other.status == 0 && other.errors.contains("dan-v2 was not run"), "\(other.errors)")
            let missing = String(decoding: try #require(folder.contents["m.md"]), as: UTF8.self)
            #expect(missing.contains("| dan-v2 | missing |"))
        }

        @Test func sheet() throws {
            let result = try Tool.run(
                ["evaluate", "sheet", set + "/otters.png", "--degrade", "--methods", "bicubic-aligned,gt+usrnet-tiny", "-o", "sheet.png"],
                in: folder)
            #expect(result.status == 0, "\(result.errors)")
            // LR, two methods, HR: four panels of 64 pixels, five times enlarged, with gaps between them.
            let sheet = try ImageFile.read(folder("sheet.png")).image
            #expect(sheet.width == 4 * 320 + 3 * 12 && sheet.height > 320)
            let unknown = try Tool.run(
                ["evaluate", "sheet", set + "/otters.png", "--methods", "gt+usrnet-tiny", "-o", "none.png"], in: folder)
            #expect(unknown.status == 69 && folder.contents["none.png"] == nil)
        }

        /// One sheet per photo, in folders like those of the photos; one that cannot be read does not stop the others.
        @Test func sheetsOfAFolder() throws {
            for name in ["in", "in/deep", "out"] { try folder.folder(name) }
            for name in ["in/a.png", "in/deep/a.png", "b.png"] { try folder.photo(name) }
            let arguments = ["evaluate", "sheet", "in", "b.png", "--methods", "bicubic-aligned", "-o", "out/sheets"]
            #expect(try Tool.run(arguments, in: folder).status == 0)
            #expect(folder.names.filter { $0.hasSuffix("_sheet.png") } == ["a", "b", "deep/a"].map { "out/sheets/\($0)_sheet.png" })
            try folder.write("in/deep/bad.png", Array("no picture".utf8))
            let again = try Tool.run(arguments + ["--force"], in: folder)
            #expect(again.status == 1 && again.errors.contains("bad.png"), "\(again.errors)")
            #expect(again.errors.contains("1 of 4 photos failed"))
            let twice = try Tool.run(["evaluate", "sheet", "in/a.png", "in/deep/a.png", "-o", "out"], in: folder)
            #expect(twice.status == 64 && twice.errors.contains("would both be written"), "\(twice.errors)")
            try folder.folder("empty")
            #expect(try Tool.run(["evaluate", "sheet", "empty", "-o", "out"], in: folder).status == 66)
        }
    }
}
