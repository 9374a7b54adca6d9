import Foundation
import Imaging
import Testing

extension CommandTests {
    /// `kenet upscale` over folders, patterns and lists.
    @Suite struct Folders {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.folder("photos")
            try folder.folder("photos/deep")
            try folder.photo("photos/a.png")
            try folder.photo("photos/a.jpg")
            try folder.photo("photos/deep/b.png")
            try folder.write("photos/notes.txt", Array("no photo".utf8))
            try folder.photo("photos/.hidden.png")
        }

        private func names(_ path: String) -> [String] {
            let all = FileManager.default.enumerator(atPath: folder(path))?.compactMap { $0 as? String } ?? []
            return all.filter { ImageFormat(pathExtension: $0) != nil }.sorted()
        }

        private func records(_ result: Tool.Result) throws -> [[String: Any]] {
            try result.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        }

        @Test func aFolderGoesIntoOneBesideIt() throws {
            let result = try Tool.run(["upscale", "photos"], in: folder)
            #expect(result.status == 0 && result.errors.contains("2 photos: 2 restored"), "\(result.errors)")
            #expect(names("photos_x2") == ["a_x2.jpg", "a_x2.png"])
            #expect(names("photos") == [".hidden.png", "a.jpg", "a.png", "deep/b.png"])
        }

        /// A script with a pattern works on the day on which one photo is there.
        @Test func aPatternWithOnePhotoGoesIntoAFolder() throws {
            let result = try Tool.run(["upscale", "photos/*.jpg", "-o", "out"], in: folder)
            #expect(result.status == 0 && result.errors.contains("1 photo: 1 restored"), "\(result.errors)")
            #expect(names("out") == ["a_x2.jpg"])
        }

        @Test func namesOfOneCharacter() throws {
            try FileManager.default.copyItem(atPath: folder("photos/a.png"), toPath: folder("p"))
            let result = try Tool.run(["upscale", "p"], in: folder)
            #expect(result.status == 0 && names(".").contains("p_x2.png"), "\(result.errors)")
            let other = try Tool.run(["upscale", "q", "-o", "r"], in: folder)
            #expect(other.status == 66, "\(other.errors)")
        }

        @Test func placesBelowTheFolderAreKept() throws {
            let result = try Tool.run(["upscale", "photos", "--recursive", "-o", "photos/out", "--format", "png"], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            // Two that differ in their extension alone keep it.
            #expect(names("photos/out") == ["a.jpg_x2.png", "a.png_x2.png", "deep/b_x2.png"])
            // The results in the output folder are no photos of the next run.
            let again = try Tool.run(["upscale", "photos", "--recursive", "-o", "photos/out", "--format", "png"], in: folder)
            #expect(again.status == 0 && again.errors.contains("3 photos: 3 done before"), "\(again.errors)")
        }

        /// The output folder may be that of the photos, or hold it: photos are restored, and results of earlier runs are not.
        @Test(arguments: ["photos", ".", "photos/deep/.."]) func theOutputFolderMayHoldThePhotos(output: String) throws {
            for word in ["restored", "done before"] {
                let result = try Tool.run(["upscale", "photos", "-o", output], in: folder)
                #expect(result.status == 0 && result.errors.contains("2 photos: 2 \(word)"), "\(result.errors)")
            }
            let larger = try Tool.run(["upscale", "photos", "-o", output, "--scale", "4"], in: folder)
            #expect(larger.status == 0 && larger.errors.contains("2 photos: 2 restored"), "\(larger.errors)")
            let results = ["a_x2.jpg", "a_x2.png", "a_x4.jpg", "a_x4.png"].map { output == "." ? $0 : "photos/" + $0 }
            #expect(names(".").filter { $0.contains("_x") } == results)
        }

        @Test func placesBelowTheFolderItself() throws {
            for word in ["restored", "done before"] {
                let result = try Tool.run(["upscale", "photos", "--recursive", "-o", "photos", "--format", "png"], in: folder)
                #expect(result.status == 0 && result.errors.contains("3 photos: 3 \(word)"), "\(result.errors)")
            }
            #expect(names("photos").filter { $0.contains("_x") } == ["a.jpg_x2.png", "a.png_x2.png", "deep/b_x2.png"])
        }

        @Test func aFolderThatIsNamedByDots() throws {
            for (place, name, word) in [
                ("photos", ".", "restored"), ("photos", "./", "done before"), ("photos/deep", "..", "done before"),
                (".", "photos/deep/..", "done before"),
            ] {
                let command = "cd \(place) && '\(Tool.path)' upscale \(name)"
                let result = try Tool.run(["-c", command], in: folder, program: "/bin/bash")
                #expect(result.status == 0 && result.errors.contains("2 photos: 2 \(word)"), "\(name): \(result.errors)")
            }
            #expect(names("photos_x2") == ["a_x2.jpg", "a_x2.png"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["photos", "photos_x2"])
        }

        @Test func aPatternLeavesItsResultsAlone() throws {
            for word in ["restored", "done before"] {
                let result = try Tool.run(["upscale", "photos/*.png"], in: folder)
                #expect(result.status == 0 && result.errors.contains("1 photo: 1 \(word)"), "\(result.errors)")
            }
            let larger = try Tool.run(["upscale", "photos/*.png", "--scale", "4"], in: folder)
            #expect(larger.status == 0 && larger.errors.contains("1 photo: 1 restored"), "\(larger.errors)")
            #expect(names("photos").filter { $0.contains("_x") } == ["a_x2.png", "a_x4.png"])
            // Results alone are photos as others.
            let again = try Tool.run(["upscale", "photos/*_x2.png"], in: folder)
            #expect(again.status == 0 && names("photos").contains("a_x2_x2.png"), "\(again.errors)")
        }

        /// No run has written it, so it is no result: it is restored, and not written over.
        @Test func aPhotoWithTheNameOfAResult() throws {
            try folder.photo("photos/a_x2.png", 30, 20)
            let before = folder.contents["photos/a_x2.png"]
            let result = try Tool.run(["upscale", "photos/*.png", "--force"], in: folder)
            #expect(result.status == 1 && result.errors.contains("it would be lost"), "\(result.errors)")
            #expect(folder.contents["photos/a_x2.png"] == before && names("photos").contains("a_x2_x2.png"))
        }

        @Test func whatIsDoneWithTheSameSettingsIsSkipped() throws {
            #expect(try Tool.run(["upscale", "photos"], in: folder).status == 0)
            let again = try Tool.run(["upscale", "photos", "--json"], in: folder)
            #expect(try records(again).map { $0["skipped"] as? Bool } == [true, true])
            // Other settings make another result, for which there is no place.
            let other = try Tool.run(["upscale", "photos", "--noise", "3"], in: folder)
            #expect(other.status == 1 && other.errors.contains("--force replaces it"), "\(other.errors)")
            let forced = try Tool.run(["upscale", "photos", "--noise", "3", "--force", "--json"], in: folder)
            #expect(try forced.status == 0 && records(forced).allSatisfy { $0["skipped"] == nil })
            // A photo that has changed is restored again.
            try FileManager.default.removeItem(atPath: folder("photos/a.png"))
            try folder.photo("photos/a.png", 30, 20)
            let changed = try Tool.run(["upscale", "photos", "--noise", "3"], in: folder)
            #expect(changed.status == 1 && changed.errors.contains("1 done before, 1 failed"), "\(changed.errors)")
            try FileManager.default.removeItem(atPath: folder("photos_x2/a_x2.png"))
            let last = try Tool.run(["upscale", "photos", "--noise", "3"], in: folder)
            #expect(last.status == 0 && last.errors.contains("1 restored, 1 done before"), "\(last.errors)")
        }

        @Test func shardsAtTheSameTimeMakeOneRun() throws {
            for i in 0..<10 { try folder.photo("photos/\(i).png") }
            let whole = try Tool.run(["upscale", "photos", "-o", "whole"], in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            let shards = (1...2).map { "'\(Tool.path)' upscale photos -o parts --shard \($0)/2" }
            let both = try Tool.run(["-c", "\(shards[0]) & \(shards[1]) && wait $!"], in: folder, program: "/bin/bash")
            #expect(both.status == 0 && both.errors.components(separatedBy: "6 photos: 6 restored").count == 3, "\(both.errors)")
            #expect(names("parts") == names("whole"))
            for name in names("whole") {
                #expect(FileManager.default.contentsEqual(atPath: folder("whole/" + name), andPath: folder("parts/" + name)), "\(name)")
            }
            let again = try Tool.run(["upscale", "photos", "-o", "parts"], in: folder)
            #expect(again.status == 0 && again.errors.contains("12 photos: 12 done before"), "\(again.errors)")
            let nothing = try Tool.run(["upscale", "photos", "-o", "parts", "--shard", "13/13"], in: folder)
            #expect(nothing.status == 0 && nothing.errors.contains("0 photos"), "\(nothing.errors)")
        }

        @Test func whereThereAreNoShards() throws {
            let one = try Tool.run(["upscale", "photos/a.png", "-o", "out/", "--shard", "1/2"], in: folder)
            #expect(one.status == 64 && one.errors.contains("several photos"), "\(one.errors)")
            #expect(try Tool.run(["upscale", "photos", "--shard", "3/2"], in: folder).status == 64)
            // The results would be photos of the next shard.
            for output in [[], ["-o", "./photos"]] {
                let result = try Tool.run(["upscale", "photos/*", "--shard", "1/2"] + output, in: folder)
                #expect(result.status == 64 && result.errors.contains("-o"), "\(result.errors)")
            }
            #expect(names(".") == [".hidden.png", "a.jpg", "a.png", "b.png"].map { "photos/" + ($0 == "b.png" ? "deep/" : "") + $0 })
        }

        @Test func patternsAndLists() throws {
            let pattern = try Tool.run(["upscale", "photos/*.png", "-o", "out/"], in: folder)
            #expect(pattern.status == 0, "\(pattern.errors)")
            #expect(names("out") == ["a_x2.png"])
            let command = "printf 'photos/a.jpg\\nphotos/deep/b.png\\n' | '\(Tool.path)' upscale - -o list"
            #expect(try Tool.run(["-c", command], in: folder, program: "/bin/bash").status == 0)
            #expect(names("list") == ["a_x2.jpg", "b_x2.png"])
            let nothing = try Tool.run(["upscale", "photos/*.tif"], in: folder)
            #expect(nothing.status == 66 && nothing.errors.contains("photos/*.tif"), "\(nothing.errors)")
        }

        @Test func aMemoryLimitIsKeptOrRefused() throws {
            let refused = try Tool.run(["upscale", "photos/a.png", "--memory-limit", "100M"], in: folder)
            #expect(refused.status == 65 && refused.errors.contains("--memory-limit"), "\(refused.errors)")
            #expect(try Tool.run(["upscale", "photos/a.png", "--memory-limit", "much"], in: folder).status == 64)
            #expect(try Tool.run(["upscale", "photos/a.png", "--memory-limit", "1.5G"], in: folder).status == 0)
        }

        /// Killed at any moment, every result that is there is whole, and the next run makes exactly the rest.
        @Test(.enabled(if: ProcessInfo.processInfo.environment["KENET_SLOW"] != nil, "slow: set KENET_SLOW")) func killedAtRandomMoments()
            throws
        {
            try folder.folder("many")
            for i in 0..<30 { try folder.photo("many/\(i).png", 96, 72) }
            var random = SystemRandomNumberGenerator()
            var moments = 0
            while moments < 20, names("many_x2").count < 30 {
                let process = try Tool.start(["upscale", "many"], in: folder)
                Thread.sleep(forTimeInterval: Double.random(in: 0.2...1.6, using: &random))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                moments += 1
                for name in names("many_x2") {
                    let image = try ImageFile.read(folder("many_x2/" + name)).image
                    #expect((image.width, image.height) == (192, 144))
                }
            }
            let done = names("many_x2").count
            let last = try Tool.run(["upscale", "many"], in: folder)
            #expect(last.status == 0, "\(last.errors)")
            #expect(done == 30 || last.errors.contains("\(30 - done) restored"), "\(done): \(last.errors)")
            #expect(names("many_x2").count == 30)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder("many_x2"))
            #expect(left.count == 31, "\(left)")
        }
    }
}
