import BlindSR
import Fixtures
import Pixels
import Testing

struct BlurKernelTests {
    /// A kernel without any symmetry.
    private func asymmetric(height: Int = 3, width: Int = 4) throws -> BlurKernel {
        try BlurKernel(height: height, width: width, values: (1...height * width).map(Float.init), normalize: false)
    }

    @Test func normalizesStrangersKernels() throws {
        let kernel = try BlurKernel(height: 1, width: 3, values: [1, 2, 1], normalize: true)
        #expect(kernel.values == [0.25, 0.5, 0.25])
        let huge = try BlurKernel(height: 2, width: 1, doubles: [1e38, 3e38], normalize: true)
        #expect(huge.values == [0.25, 0.75])
        let tiny = try BlurKernel(height: 2, width: 1, values: [.leastNonzeroMagnitude, .leastNonzeroMagnitude], normalize: true)
        #expect(tiny.values == [0.5, 0.5])
        let lobes = try BlurKernel(height: 1, width: 3, values: [-0.1, 1.2, -0.1], normalize: true)
        #expect(abs(lobes.sum - 1) < 1e-6)
    }

    @Test func refusesWhatIsNoKernel() {
        func error(_ height: Int, _ width: Int, _ values: [Float]) -> BlurKernelError? {
            do throws(BlurKernelError) {
                _ = try BlurKernel(height: height, width: width, values: values, normalize: true)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(0, 3, []) == .size(height: 0, width: 3))
        #expect(error(1, 102, [Float](repeating: 1, count: 102)) == .size(height: 1, width: 102))
        #expect(error(.max, .max, []) == .size(height: .max, width: .max))
        #expect(error(2, 2, [1, 2, 3]) == .count(expected: 4, found: 3))
        #expect(error(1, 2, [1, .nan]) == .notFinite)
        #expect(error(1, 2, [1, .infinity]) == .notFinite)
        #expect(error(1, 2, [0, 0]) == .noWeight)
        #expect(error(1, 2, [-1, -2]) == .noWeight)
        #expect(error(1, 2, [-1, 1]) == .negative)
        #expect(error(1, 3, [-1, 3, -1]) == .negative)
        #expect(error(1, 2, [0, 0])?.description == "This is not a blur kernel (no value is positive).")
    }

    @Test func flipsAndTurns() throws {
        let kernel = try asymmetric(height: 2, width: 3)
        #expect(kernel.rotated180.values == [6, 5, 4, 3, 2, 1])
        #expect(DihedralElement.flippedHorizontally.apply(to: kernel).values == [3, 2, 1, 6, 5, 4])
        #expect(DihedralElement.flippedVertically.apply(to: kernel).values == [4, 5, 6, 1, 2, 3])
        #expect(kernel.transposed.values == [1, 4, 2, 5, 3, 6])
        let turned = DihedralElement.rotated90.apply(to: kernel)
        #expect(turned.values == [4, 1, 5, 2, 6, 3] && turned.height == 3 && turned.width == 2)
    }

    @Test func canvasKeepsTheCentre() throws {
        for (old, new) in [(3, 5), (3, 6), (4, 7), (4, 8), (5, 3), (6, 3), (7, 4), (5, 5)] {
            let kernel = try asymmetric(height: old, width: old)
            let resized = kernel.resizedCanvas(to: new)
            #expect(resized[new / 2, new / 2] == kernel[old / 2, old / 2], "\(old) to \(new)")
            #expect(resized.height == new && resized.width == new)
            if new >= old { #expect(resized.resizedCanvas(to: old) == kernel) }
        }
    }

    @Test func kernelPSNR() throws {
        let a = try BlurKernel(height: 1, width: 2, values: [0.5, 0.5], normalize: false)
        let b = try BlurKernel(height: 1, width: 2, values: [0.6, 0.4], normalize: false)
        #expect(abs(a.kernelPSNR(to: b) - 20) < 1e-5)
        #expect(a.kernelPSNR(to: a) == .infinity)
        #expect(a.kernelPSNR(to: a.resizedCanvas(height: 5, width: 4)) == .infinity)
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func kernelPSNRAgreesWithTheReference() throws {
        let file = try Fixture.conformance("metrics")
        let pairs = file.names.filter { $0.hasSuffix(".kernel_psnr") }.map { String($0.split(separator: ".")[1]) }
        #expect(!pairs.isEmpty)
        for pair in pairs {
            let kernels = try file.names.filter { $0.hasPrefix("input.\(pair).") }.sorted().map { name in
                let shape = Array(try file.shape(name).suffix(2))
                return try BlurKernel(height: shape[0], width: shape[1], values: file.floats(name), normalize: false)
            }
            try #require(kernels.count == 2)
            let name = "output.\(pair).kernel_psnr"
            let deviation = try Fixture.compare([kernels[0].kernelPSNR(to: kernels[1])], to: file, name)
            let tolerance = try #require(try Fixture.tolerance(of: name, in: file).absolute)
            #expect(deviation.maximum <= tolerance)
        }
    }

    @Test func readsGreyPictures() throws {
        let grey = Image(width: 3, height: 1, channels: 1, samples: [0.2, 0.6, 0.2])
        #expect(try BlurKernel(image: grey).values == [0.2, 0.6, 0.2])
        let rgb = Image(width: 2, height: 1, channels: 3, samples: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(try BlurKernel(image: rgb).values == [0.5, 0.5])
        let coloured = Image(width: 2, height: 1, channels: 3, samples: [0.5, 0.5, 0.5, 0.5, 0.5, 0.4])
        #expect(throws: BlurKernelError.coloured) { try BlurKernel(image: coloured) }
        #expect(throws: BlurKernelError.noWeight) { try BlurKernel(image: Image(width: 2, height: 2, channels: 1)) }
        #expect(throws: BlurKernelError.size(height: 1, width: 102)) {
            try BlurKernel(image: Image(width: 102, height: 1, channels: 1, repeating: 1))
        }
    }
}
