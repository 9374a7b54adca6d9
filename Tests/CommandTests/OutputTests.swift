import BlindSR
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// Format, size and part of the results, and what photos carry.
    @Suite struct Outputs {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.photo("photo.png")
        }

        private func upscale(_ arguments: String...) throws -> Tool.Result {
            try Tool.run(["upscale", "photo.png"] + arguments, in: folder)
        }

        private func refused(_ arguments: String...) throws -> (status: Int32, sentence: String) {
            let before = folder.names
            let result = try Tool.run(["upscale", "photo.png"] + arguments, in: folder)
            #expect(result.errors.split(separator: "\n").count == 1 && folder.names == before)
            return (result.status, result.errors)
        }

        @Test(arguments: [("jpeg", "photo_x2.jpg"), ("webp", "photo_x2.webp"), ("tiff", "photo_x2.tif"), ("avif", "photo_x2.avif")])
        func theFormatThatIsAskedFor(format: String, name: String) throws {
            let result = try upscale("--format", format, "--quality", "70")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try ImageFile.read(folder(name)).format == ImageFormat(name: format))
        }

        @Test func theFormatAndTheExtensionAgree() throws {
            #expect(try refused("--format", "jpeg", "-o", "a.png").status == 64)
            #expect(try refused("--format", "gif").status == 64)
            #expect(try refused("--quality", "0").status == 64)
        }

        @Test func sizes() throws {
            #expect(try upscale().status == 0 && upscale("--size", "48x40").status == 0)
            // The natural size is the result itself.
            #expect(try ImageFile.read(folder("photo_48x40.png")).image == ImageFile.read(folder("photo_x2.png")).image)
            for (argument, name, size, scale) in [
                (["--size", "36x"], "photo_w36.png", (36, 30), 2), (["--size", "x50"], "photo_h50.png", (60, 50), 3),
                (["--max-side", "30", "--scale", "4"], "photo_30.png", (30, 25), 4),
                (["--size", "24x20"], "photo_24x20.png", (24, 20), 1),
            ] {
                let result = try Tool.run(["upscale", "photo.png", "--json"] + argument, in: folder)
                #expect(result.status == 0, "\(result.errors)")
                let image = try ImageFile.read(folder(name)).image
                #expect((image.width, image.height) == size)
                // The smallest scale that has weights and reaches the size.
                #expect(result.output.contains("\"scale\":\(scale)"))
            }
        }

        @Test func sizesThatCannotBe() throws {
            for size in ["48", "axb", "x", "0x5", "-3x", "1x2x3"] { #expect(try refused("--size=\(size)").status == 64) }
            #expect(try refused("--size", "100x10").sentence.contains("--size 100x makes it 100×83"))
            #expect(try refused("--size", "17000x", "-o", "a.webp").status == 64)
            #expect(try refused("--size", "48x40", "--preview", "0,0,4,4").status == 64)
        }

        @Test func aSizeBeyondTheLargestScale() throws {
            let result = try upscale("--size", "120x100")
            #expect(result.status == 0 && result.errors.contains("the rest is interpolated"), "\(result.errors)")
            #expect(try ImageFile.read(folder("photo_120x100.png")).image.width == 120)
        }

        @Test func aPreviewIsWhatTheWholeHasThere() throws {
            try folder.photo("large.png", 300, 240)
            for arguments in [[], ["--preview", "130,100,40,30"], ["--preview", "0,200,50,40", "--format", "tiff"]] {
                let result = try Tool.run(["upscale", "large.png"] + arguments, in: folder)
                #expect(result.status == 0, "\(result.errors)")
            }
            let whole = try ImageFile.read(folder("large_x2.png")).image
            for (name, x, y) in [("large_preview_x2.png", 260, 200), ("large_preview_x2.tif", 0, 400)] {
                let part = try ImageFile.read(folder(name)).image
                let same = whole.cropped(x: x, y: y, width: part.width, height: part.height)
                let difference = zip(part.samples, same.samples).map { abs($0 - $1) }.max() ?? 1
                #expect(difference <= 1.01 / 255, "\(name): \(difference * 255) levels")
            }
            #expect(try refused("--preview", "10,10,20,20").status == 65)
            #expect(try refused("--preview", "1,2,3").status == 64)
            #expect(try refused("--preview", "1,2,3,4", "--spatial").status == 64)
        }

        /// The opacity lies on the grid of the restored colours: an edge in both is one edge.
        @Test func edgesInColourAndOpacityCoincide() throws {
            // A step along x + 0.4 y, blurred by a Gaussian of one pixel of the enlarged grid, of which every second is kept.
            func step(_ x: Int, _ y: Int) -> Float {
                let distance = (Double(2 * x) + 0.4 * Double(2 * y) - 92) / (1 + 0.16).squareRoot()
                return Float(0.5 * (1 + erf(distance / 2.0.squareRoot())))
            }
            var photo = Photo(Image(width: 64, height: 64, channels: 3))
            var alpha = Image(width: 64, height: 64, channels: 1)
            for y in 0..<64 {
                for x in 0..<64 {
                    for c in 0..<3 { photo.colour[x, y, c] = 0.2 + 0.6 * step(x, y) }
                    alpha[x, y, 0] = 0.3 + 0.6 * step(x, y)
                }
            }
            photo.alpha = alpha
            photo.bitsPerSample = 16
            try ImageFile.write(photo, to: folder("edge.png"))
            let kernel = try GaussianParameters(checking: 1, 1, degrees: 0).kernel(size: BlurKernel.defaultSize(scale: 2))
            try KernelFile.write(kernel, to: folder("kernel.npy"))
            let result = try Tool.run(["upscale", "edge.png", "--kernel", "kernel.npy"], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let restored = try ImageFile.read(folder("edge_x2.png"))
            let opacity = try #require(restored.alpha)
            #expect(restored.bitsPerSample == 16)
            func crossing(_ image: Image, _ level: Float, row: Int) throws -> Double {
                let x = try #require((20..<108).first { image[$0, row, 0] < level && image[$0 + 1, row, 0] >= level })
                return Double(x) + Double((level - image[x, row, 0]) / (image[x + 1, row, 0] - image[x, row, 0]))
            }
            let distances = try (24..<104).map { row in
                try crossing(restored.colour, 0.5, row: row) - crossing(opacity, 0.6, row: row)
            }
            // A network draws the steps of a slanted edge by itself; half a pixel of the grid would be 0.5 in every row.
            let mean = distances.reduce(0, +) / Double(distances.count)
            #expect(abs(mean) < 0.05, "\(mean) px")
            #expect(distances.allSatisfy { abs($0) < 0.2 }, "\(distances.map(abs).max() ?? 0) px")
        }

        @Test func whatIsLostIsSaid() throws {
            var photo = Photo(Image(width: 16, height: 16, channels: 3, repeating: 0.5))
            photo.alpha = Image(width: 16, height: 16, channels: 1, repeating: 0.5)
            photo.bitsPerSample = 16
            try ImageFile.write(photo, to: folder("deep.png"))
            let result = try Tool.run(["upscale", "deep.png", "--format", "jpeg", "--quiet"], in: folder)
            #expect(result.status == 0 && result.errors.contains("transparency") && result.errors.contains("16 bits"), "\(result.errors)")
        }

        @Test(arguments: ["sp ace 🌻.png", "-dash.png", "--force.png", "a'b\"c$d`.png", "日本.png", "x.y.png"])
        func namesAreNames(name: String) throws {
            try folder.photo(name)
            let result = try Tool.run(["upscale", "--", name], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try ImageFile.read(folder((name as NSString).deletingPathExtension + "_x2.png")).image.width == 48)
        }
    }
}
