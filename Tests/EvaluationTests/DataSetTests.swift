import BlindSR
import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

@testable import Evaluation

@Suite(.serialized) struct DataSetTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kenet-sets-" + UUID().uuidString).path

    private func make(_ names: String...) throws {
        for name in names { try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true) }
    }

    @Test func folderOfImages() throws {
        let set = try ImageSet(path: Fixture.smallPath("miniature"))
        #expect(set.name == "miniature")
        #expect(try set.images(scale: 2) == ["otters", "skyline"])
        let blur = GaussianParameters(variance1: 2, variance2: 1, angle: 0.3)
        let test = try set.testCase("skyline", scale: 2, kernel: blur.kernel(size: 11))
        #expect((test.hr.width, test.hr.height, test.lr.width, test.lr.height) == (72, 60, 36, 30))
        #expect(test.border == .circular && test.kernel == blur.kernel(size: 11))
        #expect(test.lr == test.lr.rounded8Bit())
    }

    @Test func whatIsNoDataSet() throws {
        #expect(throws: EvaluationError.noDataSet(folder)) { try ImageSet(path: folder) }
        try make("empty", "half/HR", "half/LR")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: EvaluationError.self) { try ImageSet(path: folder + "/empty") }
        #expect(throws: EvaluationError.self) { try ImageSet(path: folder + "/half") }
    }

    /// Two files of one name stay two images.
    @Test func namesAreUnique() throws {
        try make("set")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a.png", "a.jpg", "b.png"] {
            try ImageFile.write(Image(width: 8, height: 8, channels: 1), to: folder + "/set/" + name)
        }
        let set = try ImageSet(path: folder + "/set")
        #expect(try set.images(scale: 2) == ["a.jpg", "a.png", "b"])
    }

    /// As DIV2KRK has it: kernels of MATLAB used by correlation, files that share a number.
    @Test func triples() throws {
        try make("gt", "lr_x2", "gt_k_x2")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hr = try ImageFile.read(Fixture.smallPath("miniature/otters.png")).image
        let kernel = try MatlabFile.kernel(Fixture.smallPath("kernel.mat"))
        let lr = try hr.degraded(by: kernel.rotated180, scale: 2).rounded8Bit()
        for number in [2, 10] {
            try ImageFile.write(hr, to: folder + "/gt/img_\(number)_gt.png")
            try ImageFile.write(lr, to: folder + "/lr_x2/im_\(number).png")
            try FileManager.default.copyItem(atPath: Fixture.smallPath("kernel.mat"), toPath: folder + "/gt_k_x2/kernel_\(number).mat")
        }
        let set = try ImageSet(path: folder)
        #expect(try set.images(scale: 2) == ["im_2", "im_10"])
        #expect(throws: EvaluationError.self) { try set.images(scale: 4) }
        let test = try set.testCase("im_10", scale: 2, kernel: nil)
        #expect(test.border == .extend && test.kernel == kernel.rotated180 && test.hr == hr && test.lr == lr)
        // Degrading the HR image with the kernel as it was read gives the LR image: the orientation is right.
        #expect(try test.hr.degraded(by: test.kernel, scale: 2).rounded8Bit() == test.lr)

        try ImageFile.write(hr.cropped(x: 0, y: 0, width: 40, height: 64), to: folder + "/gt/img_2_gt.png", overwrite: true)
        #expect(throws: EvaluationError.self) { try set.testCase("im_2", scale: 2, kernel: nil) }
    }

    @Test func matlabKernel() throws {
        let kernel = try MatlabFile.kernel(Fixture.smallPath("kernel.mat"))
        #expect((kernel.height, kernel.width) == (3, 5))
        // 0, 2, 3, … 15, whose sum is 119.
        #expect(kernel[0, 0] == 0 && abs(kernel[0, 1] - 2 / 119) < 1e-6 && abs(kernel[2, 4] - 15 / 119) < 1e-6)
        for bytes in [[], Array("MATLAB 5.0 MAT-file".utf8), [UInt8](repeating: 0xff, count: 4000)] {
            let path = folder + ".mat"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(throws: KernelFileError.self) { try MatlabFile.kernel(path) }
        }
    }

    /// A link leads to its file; a pipe, which would block, is refused.
    @Test func matlabFilesAreRegularFiles() throws {
        try make("kernels")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (file, link, pipe) = (Fixture.smallPath("kernel.mat"), folder + "/kernels/link.mat", folder + "/kernels/pipe.mat")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try MatlabFile.kernel(link) == MatlabFile.kernel(file))
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: KernelFileError.cannotRead(file: pipe, reason: "it is not a regular file")) { try MatlabFile.kernel(pipe) }
    }

    /// All kernels of a file or folder, with names, their centres of mass in the middle.
    @Test func namedKernels() throws {
        let kernels = try NamedKernel.all(in: Fixture.smallPath("kernels.mat"))
        #expect(kernels.map(\.name) == ["kernels:1", "kernels:2"])
        #expect(try kernels[0].kernel == BlurKernel(height: 3, width: 3, values: [Float](repeating: 1, count: 9), normalize: true))
        // Two up and a quarter left of the middle: moved down by two, the canvas four rows higher.
        let moved = kernels[1].kernel
        #expect((moved.height, moved.width) == (9, 5) && moved[4, 1] == 0.25 && moved[4, 2] == 0.75)
        try make("kernels", "none")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: Fixture.smallPath("kernels.mat"), toPath: folder + "/kernels/two.mat")
        try FileManager.default.copyItem(atPath: Fixture.smallPath("kernel.mat"), toPath: folder + "/kernels/one.mat")
        #expect(try NamedKernel.all(in: folder + "/kernels").map(\.name) == ["one", "two:1", "two:2"])
        #expect(throws: KernelFileError.self) { try NamedKernel.all(in: folder + "/none") }
        let draws = try Draws(kernels: folder + "/kernels", seed: 0)
        #expect(draws.kernels(of: "any", set: "set", scale: 4).count == 3 && draws.description.hasPrefix("the 3 kernels of kernels"))
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func publishedCollections() throws {
        #expect(try NamedKernel.all(in: Fixture.path("data/kernels/kernels_12.mat")).count == 12)
        #expect(try NamedKernel.all(in: Fixture.path("data/kernels/Levin09.mat")).count == 8)
        #expect(try NamedKernel.all(in: Fixture.path("data/kernels/dpsr")).count == 56)
    }

    /// σ is what was asked for, and the same seed, image and draw give the same noise.
    @Test func noiseAndCompression() throws {
        var grey = Image(width: 120, height: 100, channels: 3, repeating: 0.5)
        let noise = NoiseAndCompression(noise: 5)
        let draws = Draws(count: 2, seed: 3)
        let noisy = try noise(grey, draws.noise(of: "a", draw: 0))
        #expect(try noisy == noise(grey, draws.noise(of: "a", draw: 0)) && noisy == noisy.rounded8Bit())
        #expect(try noisy != noise(grey, draws.noise(of: "a", draw: 1)) && noisy != noise(grey, draws.noise(of: "b", draw: 0)))
        let squares = noisy.samples.reduce(0.0) { $0 + pow(Double($1 - 0.5) * 255, 2) }
        #expect(abs((squares / Double(noisy.samples.count)).squareRoot() - 5) < 0.1)
        grey[60, 50, 0] = 1
        let compressed = try NoiseAndCompression(quality: 70)(grey, draws.noise(of: "a", draw: 0))
        #expect(try compressed == ImageFile.jpegRoundTrip(grey.rounded8Bit(), quality: 70) && compressed != grey.rounded8Bit())
        #expect("\(NoiseAndCompression(noise: 2.5, quality: 80))" == "noise of σ 2.5, JPEG of quality 80")
    }

    /// A file that is cut or changed anywhere is a kernel or an error, never a crash.
    @Test(arguments: ["kernel.mat", "kernels.mat"]) func damagedMatlabFiles(name: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Fixture.smallPath(name)))
        let path = folder + ".mat"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = CounterRandom(seed: 3, index: 0)
        for trial in 0..<300 {
            var bytes = whole
            if trial % 2 == 0 {
                bytes = bytes.prefix(random.integer(below: whole.count))
            } else {
                for _ in 0..<3 { bytes[random.integer(below: whole.count)] = UInt8(random.integer(below: 256)) }
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            _ = try? MatlabFile.kernels(path)
        }
    }

    @Test(
        .enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"),
        arguments: [("kernels_12.mat", 12), ("Levin09.mat", 8), ("dpsr/m_01.mat", 1)])
    func publishedKernels(file: String, count: Int) throws {
        let path = try Fixture.path("data/kernels/" + file)
        let kernels = try MatlabFile.kernels(path)
        #expect(kernels.count == count && kernels.allSatisfy { $0.height >= 11 && abs($0.sum - 1) < 1e-5 })
        if count == 1 {
            #expect(try MatlabFile.kernel(path) == kernels[0])
        } else {
            #expect(throws: KernelFileError.self) { try MatlabFile.kernel(path) }
        }
    }

    @Test func drawsOfAFile() throws {
        let draws = try Draws(file: Fixture.smallPath("draws.json"), seed: 4)
        let blurs = draws.blurs(of: "otters", set: "miniature", scale: 2)
        #expect(blurs.count == 2 && blurs[0] == GaussianParameters(variance1: 2, variance2: 0.5, angle: 30 * .pi / 180))
        #expect(
            try Draws(file: Fixture.smallPath("draws.json"), limit: 1, seed: 4).blurs(of: "otters", set: "miniature", scale: 2).count == 1)
        // An image that the file does not name gets one of its own.
        #expect(draws.blurs(of: "stranger", set: "miniature", scale: 2).count == 1)
        #expect(throws: EvaluationError.self) { try Draws(file: folder + "/none.json", seed: 0) }
        #expect(throws: EvaluationError.self) { try Draws(file: Fixture.smallPath("README.md"), seed: 0) }
    }

    /// An image's draws depend on the seed and its name alone.
    @Test func randomDraws() {
        let three = Draws(count: 3, seed: 7)
        let blurs = three.blurs(of: "baby", set: "Set5", scale: 2)
        #expect(blurs.count == 3 && blurs == three.blurs(of: "baby", set: "elsewhere", scale: 4))
        #expect(Array(Draws(count: 5, seed: 7).blurs(of: "baby", set: "", scale: 2).prefix(3)) == blurs)
        #expect(Draws(count: 3, seed: 8).blurs(of: "baby", set: "Set5", scale: 2) != blurs)
        #expect(three.blurs(of: "bird", set: "Set5", scale: 2) != blurs)
        for blur in (0..<200).flatMap({ three.blurs(of: "image \($0)", set: "", scale: 2) }) {
            #expect((0.2...4).contains(blur.variance1) && (0.2...4).contains(blur.variance2) && (0...Double.pi).contains(blur.angle))
        }
    }
}
