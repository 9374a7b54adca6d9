import Foundation
import Testing

@testable import BlindSR

struct BlurShapeTests {
    /// Weight, centre of mass and central second moments.
    private static func moments(_ kernel: BlurKernel) -> (sum: Double, x: Double, y: Double, xx: Double, xy: Double, yy: Double) {
        var (sum, x, y, xx, xy, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for row in 0..<kernel.height {
            for column in 0..<kernel.width {
                let (value, u, v) = (Double(kernel[row, column]), Double(column - kernel.width / 2), Double(row - kernel.height / 2))
                (sum, x, y) = (sum + value, x + value * u, y + value * v)
                (xx, xy, yy) = (xx + value * u * u, xy + value * u * v, yy + value * v * v)
            }
        }
        return (sum, x, y, xx - x * x, xy - x * y, yy - y * y)
    }

    @Test(arguments: [0.5, 1.7, 3.0]) func aDiscHasTheVarianceOfADisc(radius: Double) {
        let found = Self.moments(BlurShape.defocus(radius: radius, variance: 0.5).kernel(size: 21))
        #expect(abs(found.sum - 1) < 1e-5 && hypot(found.x, found.y) < 1e-4)
        // r²/4 along each axis, and the softening's.
        for variance in [found.xx, found.yy] { #expect(abs(variance / (radius * radius / 4 + 0.5) - 1) < 0.03) }
        #expect(abs(found.xy) < 0.03 * found.xx)
    }

    /// A wide disc is flat inside and empty outside.
    @Test func aDiscIsFlat() {
        let kernel = BlurShape.defocus(radius: 5, variance: 0.2).kernel(size: 21)
        let level = 1 / (Double.pi * 25)
        for (row, column) in [(10, 10), (10, 13), (8, 12), (12, 8)] { #expect(abs(Double(kernel[row, column]) / level - 1) < 0.05) }
        #expect(kernel[10, 17] < 1e-4 && kernel[3, 10] < 1e-4)
    }

    @Test func aStraightPathIsALine() {
        let found = Self.moments(BlurShape.motion(length: 6, bend: 0, angle: 0, variance: 0.5).kernel(size: 21))
        #expect(abs(found.sum - 1) < 1e-5 && hypot(found.x, found.y) < 1e-4)
        #expect(abs(found.xx - (36.0 / 12 + 0.5)) < 0.05 && abs(found.yy - 0.5) < 0.01)
        let turned = Self.moments(BlurShape.motion(length: 6, bend: 0, angle: .pi / 4, variance: 0.5).kernel(size: 21))
        #expect(turned.xy > 1.4)
    }

    /// A path that bends leaves its line, and a kernel and its half turn differ.
    @Test func aBentPathIsNotSymmetric() {
        let kernel = BlurShape.motion(length: 8, bend: 1, angle: 0.3, variance: 0.3).kernel(size: 21)
        let found = Self.moments(kernel)
        #expect(hypot(found.x, found.y) < 5e-3)
        #expect(kernel.kernelPSNR(to: kernel.rotated180) < 60)
    }

    @Test(arguments: 1...4) func photosHaveAllFamiliesAndTheCanvasHoldsThem(scale: Int) {
        let distribution = KernelDistribution.photo(scale: scale)
        let size = distribution.size(scale: scale)
        var (random, families) = (CounterRandom(seed: 6, index: 0), [0, 0, 0])
        for _ in 0..<2000 {
            let shape = distribution.sample(using: &random)
            switch shape {
            case .gaussian: families[0] += 1
            case .defocus: families[1] += 1
            case .motion: families[2] += 1
            }
        }
        #expect(zip(families, [1400, 300, 300]).allSatisfy { abs($0 - $1) < 90 })
        for _ in 0..<50 {
            let shape = distribution.sample(using: &random)
            let (kernel, wide) = (shape.kernel(size: size), shape.kernel(size: 2 * size + 1))
            #expect(abs(kernel.sum - 1) < 1e-5)
            let inside = wide.resizedCanvas(to: size).sum
            #expect(inside > 0.985, "\(shape) has \(inside) on \(size) pixels")
        }
    }

    /// Recipes of the paper's distribution are written as ever.
    @Test func distributionsAreKeptAsJSON() throws {
        #expect(String(decoding: try JSONEncoder().encode(KernelDistribution()), as: UTF8.self) == #"{"variances":[0.2,4]}"#)
        for distribution in [KernelDistribution(), .photo(scale: 2), KernelDistribution().favouringNarrow(power: 2)] {
            let data = try JSONEncoder().encode(distribution)
            #expect(try JSONDecoder().decode(KernelDistribution.self, from: data) == distribution)
        }
        var (one, other) = (CounterRandom(seed: 2, index: 0), CounterRandom(seed: 2, index: 0))
        #expect(KernelDistribution().sample(using: &one) == .gaussian(KernelDistribution().gaussian(using: &other)))
        #expect(KernelDistribution().size(scale: 3) == BlurKernel.defaultSize(scale: 3))
    }
}
