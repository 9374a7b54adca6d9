import Foundation
import Pixels
import Testing

@Suite struct ImageQualityTests {
    @Test func lumaOfBlackWhiteAndPrimaries() {
        let samples: [Float] = [0, 1, 1, 0, 0] + [0, 1, 0, 1, 0] + [0, 1, 0, 0, 1]
        let luma = Image(width: 5, height: 1, channels: 3, samples: samples).luma()
        for (value, expected) in zip(luma, [16, 235, 81.481, 144.553, 40.966]) { #expect(abs(value - expected) < 1e-12) }
    }

    @Test func lumaOfGreyIsThatOfEqualChannels() {
        let grey = noise(width: 7, height: 5, channels: 1)
        let rgb = Image(width: 7, height: 5, channels: 3, samples: grey.samples + grey.samples + grey.samples)
        #expect(zip(grey.luma(), rgb.luma()).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func constantDifferenceHasItsOwnPSNR() {
        let black = Image(width: 16, height: 16, channels: 3)
        let dark = Image(width: 16, height: 16, channels: 3, repeating: 10.0 / 255)
        #expect(abs(ImageQuality.psnrRGB(black, dark) - 20 * log10(25.5)) < 1e-9)
        // A grey step of 10 levels is one of 10 · 219 / 255 in luma.
        #expect(abs(ImageQuality.psnrY(black, dark) - 20 * log10(255 / (10 * 219 / 255))) < 1e-9)
    }

    @Test func constantImagesDifferInTheLuminanceTermOnly() {
        let a = Image(width: 12, height: 11, channels: 3)
        let b = Image(width: 12, height: 11, channels: 3, repeating: 1)
        let c1 = 0.01 * 255 * 0.01 * 255
        #expect(abs(ImageQuality.ssimRGB(a, b) - c1 / (255.0 * 255 + c1)) < 1e-9)
        #expect(abs(ImageQuality.ssimY(a, b) - (2 * 16 * 235 + c1) / (16 * 16 + 235 * 235 + c1)) < 1e-9)
    }

    @Test func equalImagesAreInfinitelyGood() {
        let image = noise(width: 20, height: 15)
        #expect(ImageQuality.psnrY(image, image) == .infinity)
        #expect(abs(ImageQuality.ssimY(image, image) - 1) < 1e-12)
        #expect(ImageQuality.ssimY(image, image, crop: 3).isNaN)
    }

    @Test func croppingLeavesTheBorderOut() {
        let image = noise(width: 20, height: 20)
        var changed = image
        changed[1, 10, 0] = 2
        #expect(ImageQuality.psnrRGB(image, changed, crop: 1) < .infinity)
        #expect(ImageQuality.psnrRGB(image, changed, crop: 2) == .infinity)
    }

    @Test func kernelPSNRHasPeakOne() {
        #expect(abs(ImageQuality.kernelPSNR([0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1]) - 20) < 1e-5)
    }
}
