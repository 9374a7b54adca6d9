import Fixtures
import NeuralNetworks
import Pixels
import Testing

@Suite(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)")) struct ConformanceTests {
    @Test func lumaAndMetricsEqualTheReference() throws {
        let file = try Fixture.conformance("metrics")
        for name in file.names where name.hasSuffix(".luma_reference") {
            let pair = String(name.split(separator: ".")[1])
            let luma = try image(file, "input.\(pair).reference", peak: 255).luma()
            #expect(try Fixture.compare(luma, to: file, name).maximum <= allowed(file, name))
        }
        let outputs = file.names.filter { $0.hasPrefix("output.p") }
        #expect(!outputs.isEmpty)
        for name in outputs {
            let parts = name.split(separator: ".").map(String.init)
            let crop = try #require(Int(parts[2].dropFirst("crop".count)))
            let a = try image(file, "input.\(parts[1]).reference", peak: 255)
            let b = try image(file, "input.\(parts[1]).distorted", peak: 255)
            let value = try #require(measure(parts[3], a, b, crop: crop), "unknown metric \(name)")
            #expect(try Fixture.compare([value], to: file, name).maximum <= allowed(file, name), "\(name)")
        }
    }

    @Test func kernelPSNREqualsTheReference() throws {
        let file = try Fixture.conformance("metrics")
        for pair in ["k0", "k1", "k2"] {
            let value = try ImageQuality.kernelPSNR(file.floats("input.\(pair).estimate"), file.floats("input.\(pair).reference"))
            let name = "output.\(pair).kernel_psnr"
            #expect(try Fixture.compare([value], to: file, name).maximum <= allowed(file, name))
        }
    }

    @Test func bicubicEqualsTheReference() throws {
        let file = try Fixture.conformance("bicubic")
        let outputs = file.names.filter { $0.hasPrefix("output.") }
        #expect(!outputs.isEmpty)
        for name in outputs {
            let parts = name.split(separator: ".").map(String.init)
            let factor = try #require(Double(String(name.suffix(1))))
            let resized = try image(file, "input.\(parts[1])").resizedBicubic(scale: parts[2].hasPrefix("up") ? factor : 1 / factor)
            #expect(try [1, 3, resized.height, resized.width] == file.shape(name))
            let deviation = try Fixture.compare(resized.samples, to: file, name)
            #expect(try deviation.maximum <= allowed(file, name), "\(name)")
            let rootMeanSquare = try #require(try Fixture.tolerance(of: name, in: file).rootMeanSquare)
            #expect(deviation.rootMeanSquare <= rootMeanSquare, "\(name)")
        }
    }

    private func allowed(_ file: SafetensorsFile, _ name: String) throws -> Double {
        try #require(try Fixture.tolerance(of: name, in: file).absolute, "the fixture states no tolerance for \(name)")
    }

    private func image(_ file: SafetensorsFile, _ name: String, peak: Float = 1) throws -> Image {
        let shape = try file.shape(name)
        return Image(width: shape[3], height: shape[2], channels: shape[1], samples: try file.floats(name).map { $0 / peak })
    }

    private func measure(_ metric: String, _ a: Image, _ b: Image, crop: Int) -> Double? {
        switch metric {
        case "psnr_y": ImageQuality.psnrY(a, b, crop: crop)
        case "ssim_y": ImageQuality.ssimY(a, b, crop: crop)
        case "psnr_y_rounded": ImageQuality.psnrY(a, b, crop: crop, roundedLuma: true)
        case "ssim_y_rounded": ImageQuality.ssimY(a, b, crop: crop, roundedLuma: true)
        case "psnr_rgb": ImageQuality.psnrRGB(a, b, crop: crop)
        case "ssim_rgb_mean": ImageQuality.ssimRGB(a, b, crop: crop)
        default: nil
        }
    }
}
