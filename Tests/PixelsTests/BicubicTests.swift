import Pixels
import Testing

@Suite struct BicubicTests {
    @Test(arguments: [0.25, 1 / 3.0, 0.5, 2, 3, 4]) func constantImagesStayConstant(scale: Double) {
        let resized = Image(width: 17, height: 5, channels: 3, repeating: 0.25).resizedBicubic(scale: scale)
        #expect(resized.samples.allSatisfy { abs($0 - 0.25) < 1e-6 })
    }

    @Test func sizesAreRoundedUp() {
        let image = Image(width: 49, height: 35, channels: 1)
        for divisor in 2...7 {
            let resized = image.resizedBicubic(scale: 1 / Double(divisor))
            #expect(resized.width == (49 + divisor - 1) / divisor)
            #expect(resized.height == (35 + divisor - 1) / divisor)
        }
    }

    @Test func scaleOneChangesNothing() {
        let image = noise(width: 9, height: 6)
        #expect(image.resizedBicubic(scale: 1) == image)
        #expect(image.enlargedOnModelGrid(scale: 1) == image)
    }

    @Test(arguments: [2, 3, 4]) func theModelGridKeepsTheSamplesWhereDecimationTakesThem(scale: Int) {
        let image = noise(width: 8, height: 7)
        let enlarged = image.enlargedOnModelGrid(scale: scale)
        #expect(enlarged.width == 8 * scale && enlarged.height == 7 * scale)
        for y in 0..<7 {
            for x in 0..<8 { #expect(enlarged[x * scale, y * scale, 1] == image[x, y, 1]) }
        }
    }

    @Test func theModelGridHasNoHalfPixelShift() {
        let ramp = Image(width: 12, height: 1, channels: 1, samples: (0..<12).map { Float($0) / 12 })
        let enlarged = ramp.enlargedOnModelGrid(scale: 4)
        for x in 4..<40 { #expect(abs(enlarged[x, 0, 0] - Float(x) / 48) < 1e-6) }
    }
}
