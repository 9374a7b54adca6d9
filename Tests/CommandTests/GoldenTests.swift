import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// A tiny picture through the tool: against what NumPy made of it, and with the shipped weights.
    @Suite struct Golden {
        private let folder: WorkFolder
        init() throws { folder = try WorkFolder() }

        @Test(arguments: [(2, "3,0.8", "40"), (4, "3.5,1.5", "120")])
        func degradeMakesTheGoldenPicture(scale: Int, eigenvalues: String, angle: String) throws {
            let result = try Tool.run(
                [
                    "degrade", Fixture.smallPath("asters.png"), "-o", "lr.png", "--scale", "\(scale)", "--eigenvalues", eigenvalues,
                    "--angle", angle,
                ], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(try ImageFile.read(folder("lr.png")).image == ImageFile.read(Fixture.smallPath("asters_x\(scale).png")).image)
        }

        @Test(arguments: [2, 4]) func theShippedWeightsBeatAlignedBicubic(scale: Int) throws {
            let weights = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Weights").path
            let small = Fixture.smallPath("asters_x\(scale).png")
            let result = try Tool.run(
                ["upscale", small, "-o", "sr.png", "--scale", "\(scale)", "--border", "circular", "--weights", "clean"], in: folder,
                environment: ["KENET_WEIGHTS": weights])
            #expect(result.status == 0, "\(result.errors)")
            let hr = try ImageFile.read(Fixture.smallPath("asters.png")).image
            let restored = ImageQuality.psnrY(try ImageFile.read(folder("sr.png")).image, hr)
            let bicubic = ImageQuality.psnrY(try ImageFile.read(small).image.enlargedOnModelGrid(scale: scale).rounded8Bit(), hr)
            print(String(format: "asters ×%d, PSNR-Y in dB: spectrum+wiener %.2f, aligned bicubic %.2f", scale, restored, bicubic))
            #expect(restored > bicubic + 0.5)
        }
    }
}
