import Pixels
import Testing

@Suite struct ImageTests {
    @Test func samplesArePlanarAndRowMajor() {
        var image = Image(width: 3, height: 2, channels: 3)
        image[2, 1, 1] = 0.5
        #expect(image.samples[(1 * 2 + 1) * 3 + 2] == 0.5)
        #expect(image[2, 1, 1] == 0.5)
    }

    @Test func roundingClipsAndTiesGoToEven() {
        let values: [Float] = [-1, 0, 0.5 / 255, 1.5 / 255, 100.4 / 255, 1, 2, .nan]
        let rounded = Image(width: 8, height: 1, channels: 1, samples: values).rounded8Bit()
        #expect(rounded.samples == [0, 0, 0, 2, 100, 255, 255, 0].map { $0 / 255 })
        #expect(rounded.rounded8Bit() == rounded)
    }

    @Test func everyLevelSurvivesRounding() {
        for level in 0...255 {
            #expect(Image.level8Bit(Float(level) / 255) == UInt8(level))
            #expect(Image.level8Bit((Float(level) + 0.49) / 255) == UInt8(level))
        }
    }

    @Test func croppingKeepsEveryChannelInPlace() {
        let image = noise(width: 13, height: 9)
        let crop = image.cropped(x: 2, y: 3, width: 5, height: 4)
        for c in 0..<3 {
            for y in 0..<4 {
                for x in 0..<5 { #expect(crop[x, y, c] == image[x + 2, y + 3, c]) }
            }
        }
        #expect(image.cropped(toMultipleOf: 4) == image.cropped(x: 0, y: 0, width: 12, height: 8))
    }
}
