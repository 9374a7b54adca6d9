import BlindSR
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// `estimate` and `degrade`.
    @Suite struct Kernels {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.photo("photo.png", 49, 35)
        }

        @Test func degradeWritesThePhotoAndItsKernel() throws {
            let arguments = ["degrade", "photo.png", "-o", "lr.png", "--eigenvalues", "3,0.8", "--angle", "40"]
            let result = try Tool.run(arguments, in: folder)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
            let lr = try ImageFile.read(folder("lr.png")).image
            #expect((lr.width, lr.height) == (24, 17))
            let kernel = try KernelFile.read(folder("lr_kernel.json"))
            let fit = GaussianParameters.fit(to: kernel)
            #expect(kernel.height == 11 && abs(fit.variance1 - 3) < 1e-3 && abs(fit.variance2 - 0.8) < 1e-3 && abs(fit.degrees - 40) < 1e-2)
        }

        @Test func anAngleMayBeNegative() throws {
            let arguments = ["degrade", "photo.png", "-o", "lr.png", "--eigenvalues", "3,0.8", "--angle", "-30"]
            let result = try Tool.run(arguments, in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let kernel = try KernelFile.read(folder("lr_kernel.json"))
            #expect(abs(GaussianParameters.fit(to: kernel).degrees - 150) < 1e-2)
        }

        /// The defining sum at some pixels: true convolution, circular border, rows and columns 0, s, 2s, …
        @Test func degradeFollowsThePaper() throws {
            try folder.write("kernel.json", Array("[[0.1,0.2,0],[0,0.4,0.05],[0.15,0,0.1]]".utf8))
            #expect(
                try Tool.run(["degrade", "photo.png", "-o", "lr.png", "--scale", "3", "--kernel", "kernel.json"], in: folder).status == 0)
            let hr = try ImageFile.read(folder("photo.png")).image.cropped(toMultipleOf: 3)
            let lr = try ImageFile.read(folder("lr.png")).image
            let kernel = try KernelFile.read(folder("kernel.json"))
            for (x, y) in [(0, 0), (5, 3), (15, 10), (0, 10)] {
                var sum: Float = 0
                for v in 0..<3 {
                    for u in 0..<3 {
                        let (column, row) = ((3 * x - u + 1 + hr.width) % hr.width, (3 * y - v + 1 + hr.height) % hr.height)
                        sum += kernel[v, u] * hr[column, row, 1]
                    }
                }
                #expect(abs(lr[x, y, 1] - sum) <= 0.5 / 255 + 1e-5)
            }
        }

        @Test func theSeedDecides() throws {
            func degrade(_ output: String, _ seed: String) throws -> [Data?] {
                let arguments = ["degrade", "photo.png", "-o", output, "--random", "--seed", seed, "--noise", "8", "--jpeg", "70"]
                #expect(try Tool.run(arguments, in: folder).status == 0)
                return [folder.contents[output], folder.contents[output.replacingOccurrences(of: ".png", with: "_kernel.json")]]
            }
            let first = try degrade("a.png", "5")
            #expect(try degrade("b.png", "5") == first)
            let other = try degrade("c.png", "6")
            #expect(other[0] != first[0] && other[1] != first[1])
        }

        @Test func oneBlurIsNeeded() throws {
            for blur in [
                [], ["--random", "--eigenvalues", "1,1"], ["--eigenvalues", "1"], ["--eigenvalues", "1,-1"], ["--eigenvalues", "a,b"],
            ] {
                #expect(try Tool.run(["degrade", "photo.png", "-o", "lr.png"] + blur, in: folder).status == 64)
            }
            #expect(folder.names == ["photo.png"])
        }

        @Test func estimateAsNumbersAndAsAPicture() throws {
            for name in ["kernel.npy", "kernel.json", "kernel.png"] {
                let result = try Tool.run(["estimate", "photo.png", "-o", name], in: folder)
                #expect(result.status == 0 && result.output.contains("eigenvalues"), "\(result.errors)")
            }
            let kernel = try KernelFile.read(folder("kernel.npy"))
            #expect(kernel.height == 15)
            #expect(try kernel.kernelPSNR(to: KernelFile.read(folder("kernel.json"))) > 120)
            #expect(try ImageFile.read(folder("kernel.png")).image.width >= 200)
            #expect(try Tool.run(["estimate", "photo.png", "-o", "kernel.npy"], in: folder).status == 73)
            #expect(try Tool.run(["estimate", "photo.png", "-o", "kernel.txt"], in: folder).status == 64)
        }

        /// What upscale takes with the same system.
        @Test func weightsOfTheUpscalerMayBeNamed() throws {
            for options in [
                ["--weights", "wiener-x2"], ["--weights", "spectrum-x2", "--weights", "wiener-x2"],
                ["--model", "spectrum", "--weights", "wiener-x2"], ["--model", "paper", "--weights", "usrnet-tiny"],
            ] {
                let result = try Tool.run(["estimate", "photo.png"] + options, in: folder)
                #expect(result.status == 0, "\(options): \(result.errors)")
            }
            let other = try Tool.run(["estimate", "photo.png", "--model", "paper", "--weights", "wiener-x2"], in: folder)
            #expect(other.status == 69 && other.errors.contains("wiener-x2"), "\(other.errors)")
        }

        @Test func estimateInJSON() throws {
            let result = try Tool.run(["estimate", "photo.png", "--model", "kenet", "--scale", "4", "--json"], in: folder)
            #expect(result.status == 0 && result.lines.count == 1)
            let record = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(((record["kernel"] as? [String: Any])?["values"] as? [Double])?.count == 441)
            #expect((record["weights"] as? [String])?.count == 1)
        }
    }
}
