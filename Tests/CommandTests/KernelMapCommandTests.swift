import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// `estimate --map` and `upscale --spatial`.
    @Suite struct KernelMaps {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.photo("photo.png", 230, 150)
        }

        private func object(_ data: Data?) throws -> [String: Any] {
            let data = try #require(data)
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }

        @Test func theMapAsNumbers() throws {
            let result = try Tool.run(["estimate", "photo.png", "--model", "paper", "--map", "map.json", "--json"], in: folder)
            #expect(result.status == 0 && result.errors.contains("map.json"), "\(result.errors)")
            let map = try object(folder.contents["map.json"])
            #expect(
                Set(map.keys) == ["version", "scale", "width", "height", "columns", "rows", "uniform", "kernelSize", "cells"])
            #expect(map["width"] as? Int == 230 && map["height"] as? Int == 150 && map["kernelSize"] as? Int == 11)
            let cells = try #require(map["cells"] as? [[String: Any]])
            #expect(map["columns"] as? Int == 5 && map["rows"] as? Int == 3 && cells.count == 15)
            for cell in cells {
                let (x, y) = (try #require(cell["x"] as? Double), try #require(cell["y"] as? Double))
                #expect((0...230).contains(x) && (0...150).contains(y))
                let eigenvalues = try #require(cell["eigenvalues"] as? [Double])
                #expect(eigenvalues.count == 2 && eigenvalues[0] >= eigenvalues[1] && eigenvalues[1] > 0)
                let error = try #require(cell["error"] as? Double)
                #expect((0...1).contains(error))
            }
            let line = try object(Data(result.output.utf8))
            let summary = try #require(line["map"] as? [String: Any])
            #expect(Set(summary.keys) == ["columns", "rows", "uniform", "deviations"] && summary["columns"] as? Int == 5)
        }

        @Test func theMapAsAPicture() throws {
            let result = try Tool.run(["estimate", "photo.png", "--model", "paper", "--map", "map.png", "-o", "kernel.png"], in: folder)
            #expect(result.status == 0 && result.output.contains("blur varies") != result.output.contains("cells"), "\(result.errors)")
            let picture = try ImageFile.read(folder("map.png")).image
            #expect(picture.width == 1200 && picture.height > 780 && picture.channels == 3)
            #expect(folder.names == ["kernel.png", "map.png", "photo.png"])
        }

        @Test func mapsThatCannotBeWritten() throws {
            try folder.folder("folder.json")
            try folder.write("old.json", [1])
            let before = folder.contents
            for (status, arguments) in [
                (73, ["--map", "nowhere/map.png"]), (73, ["--map", "folder.json"]), (73, ["--map", "old.json"]),
                (64, ["--map", "map.npy"]), (64, ["--map", "map"]), (73, ["--map", "photo.png", "--force"]),
                (64, ["--map", "a.png", "-o", "./a.png"]),
            ] as [(Int32, [String])] {
                let result = try Tool.run(["estimate", "photo.png"] + arguments, in: folder)
                #expect(result.status == status && result.errors.split(separator: "\n").count == 1, "\(arguments): \(result.errors)")
            }
            #expect(folder.contents == before)
            #expect(try Tool.run(["estimate", "photo.png", "--model", "paper", "--map", "old.json", "--force"], in: folder).status == 0)
        }

        @Test func spatialSaysWhatItUsed() throws {
            try folder.photo("small.png")
            let result = try Tool.run(["upscale", "small.png", "--model", "paper", "--spatial", "--json"], in: folder)
            #expect(result.status == 0 && result.errors.contains("blur varies"), "\(result.errors)")
            let line = try object(Data(result.output.utf8))
            #expect((line["map"] as? [String: Any])?["uniform"] as? Bool == true)
            #expect(try ImageFile.read(folder("small_x2.png")).image.width == 48)
            // What one kernel gives: the photo is too small to show a variation.
            #expect(try Tool.run(["upscale", "small.png", "--model", "paper", "-o", "one.png"], in: folder).status == 0)
            let (a, b) = (try ImageFile.read(folder("small_x2.png")).image, try ImageFile.read(folder("one.png")).image)
            #expect(a == b)
            #expect(try Tool.run(["upscale", "small.png", "--spatial", "--kernel", "k.json"], in: folder).status == 64)
        }
    }
}
