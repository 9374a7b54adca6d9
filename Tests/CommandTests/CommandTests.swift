import Foundation
import Testing

/// All tests of the tool, one after another: each starts a process that uses all cores.
@Suite(.serialized) struct CommandTests {}

extension CommandTests {
    @Suite struct Basics {
        private let folder: WorkFolder
        init() throws { folder = try WorkFolder() }

        /// Processor time, so that what else the machine does has little part in it. Nearly all of it is LibTorch being loaded: 0.3 to 0.5 s.
        @Test func helpIsQuick() throws {
            func childSeconds() -> Double {
                var usage = rusage()
                // RUSAGE_CHILDREN, which Linux and macOS import as different types.
                getrusage(-1, &usage)
                let (user, system) = (usage.ru_utime, usage.ru_stime)
                return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) * 1e-6
            }
            let times = try (0..<5).map { _ in
                let before = childSeconds()
                let result = try Tool.run(["--help"], in: folder)
                #expect(result.status == 0 && result.output.contains("upscale") && result.errors.isEmpty)
                return childSeconds() - before
            }
            #expect(times.min()! < 1)
        }

        @Test func version() throws {
            let result = try Tool.run(["--version"], in: folder)
            #expect(result.status == 0 && result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        }

        @Test(arguments: [[], ["upscale"], ["nonsense"], ["upscale", "a.png", "--nonsense"], ["estimate", "a.png", "b.png"]])
        func wrongUsageIsSaidInOneSentence(arguments: [String]) throws {
            let result = try Tool.run(arguments, in: folder)
            // Without any argument the help is shown.
            if arguments.isEmpty { return #expect(result.status == 0 && result.output.contains("upscale")) }
            #expect(result.status == 64 && result.output.isEmpty)
            #expect(result.errors.hasPrefix("kenet: ") && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }

        @Test func doctor() throws {
            let result = try Tool.run(["doctor"], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            for word in ["LibTorch", "libvips", "cpu", "kenet-x2", "usrnet-tiny", "self-test"] { #expect(result.output.contains(word)) }
        }

        @Test func doctorFindsADamagedWeightFile() throws {
            try folder.write("kenet-x2.safetensors", Array("nothing".utf8))
            let result = try Tool.run(["doctor"], in: folder, environment: ["KENET_WEIGHTS": folder.path])
            #expect(result.status == 69 && result.errors.contains("kenet-x2.safetensors"))
        }

        @Test func withoutWeightsItIsSaidWhereTheyWereLookedFor() throws {
            // Outside the package, so that its own weights are not found.
            try folder.folder("bin")
            try FileManager.default.copyItem(atPath: Tool.path, toPath: folder("bin/kenet"))
            try folder.folder("empty")
            try folder.photo("photo.png")
            let result = try Tool.run(
                ["upscale", "photo.png"], in: folder, program: folder("bin/kenet"), environment: ["KENET_WEIGHTS": folder("empty")])
            #expect(result.status == 69, "\(result.errors)")
            #expect(result.errors.contains(folder("empty")) && result.errors.contains("share/kenet"))
        }
    }
}
