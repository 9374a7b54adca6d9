import Foundation
import Testing

@testable import Pixels

@Suite struct SubpixelShiftTests {
    private func waves(_ offset: Double) -> Image {
        var image = Image(width: 47, height: 41, channels: 3)
        for c in 0..<3 {
            for y in 0..<41 {
                for x in 0..<47 {
                    let (u, v) = (Double(x) + offset, Double(y) + offset)
                    image[x, y, c] = Float(0.5 + 0.2 * sin(0.9 * u + 0.7 * v + Double(c)) + 0.2 * cos(1.5 * u - 0.3 * v))
                }
            }
        }
        return image
    }

    /// Sines up to half of the highest frequency are read at their true values, away from the border.
    @Test(arguments: [0.5, 1.5, 0.25, -0.5]) func wavesAreMoved(offset: Double) {
        let (moved, expected) = (waves(0).shifted(by: offset), waves(offset))
        for c in 0..<3 {
            for y in 8..<33 {
                for x in 8..<39 { #expect(abs(moved[x, y, c] - expected[x, y, c]) < 2e-3) }
            }
        }
    }

    @Test func wholePixelsAreCopied() {
        let (image, moved) = (waves(0), waves(0).shifted(by: 1))
        for y in 0..<40 {
            for x in 0..<46 { #expect(abs(moved[x, y, 1] - image[x + 1, y + 1, 1]) < 1e-6) }
        }
        #expect(abs(moved[46, 40, 1] - image[46, 40, 1]) < 1e-6)
    }

    /// What a plain resizer gives, moved, is what interpolation on the degradation's grid gives, as far as soft images go.
    @Test(arguments: [2, 3, 4]) func bothGridsMeet(scale: Int) {
        var small = Image(width: 30, height: 26, channels: 1)
        for y in 0..<26 {
            for x in 0..<30 { small[x, y, 0] = Float(0.5 + 0.3 * sin(Double(x) / 4 + Double(y) / 5)) }
        }
        let moved = small.resizedBicubic(scale: Double(scale)).movedFromResizerGrid(scale: scale)
        let direct = small.enlargedOnModelGrid(scale: scale)
        for y in 5 * scale..<20 * scale {
            for x in 5 * scale..<24 * scale { #expect(abs(moved[x, y, 0] - direct[x, y, 0]) < 2e-3) }
        }
    }
}
