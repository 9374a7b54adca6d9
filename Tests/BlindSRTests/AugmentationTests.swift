import BlindSR
import Pixels
import Testing

struct AugmentationTests {
    /// A plane and a kernel without symmetry, of unequal sides.
    private func plane(width: Int, height: Int, seed: UInt64) -> [Float] {
        var random = CounterRandom(seed: seed, index: 0)
        return (0..<width * height).map { _ in Float(random.integer(below: 16)) }
    }

    /// True convolution without a border, by plain loops; whole numbers, so that sums are exact.
    private func degrade(_ image: Image, _ kernel: BlurKernel) -> Image {
        let (width, height) = (image.width - kernel.width + 1, image.height - kernel.height + 1)
        var result = Image(width: width, height: height, channels: image.channels)
        for channel in 0..<image.channels {
            for y in 0..<height {
                for x in 0..<width {
                    for v in 0..<kernel.height {
                        for u in 0..<kernel.width {
                            result[x, y, channel] +=
                                kernel[v, u] * image[x + kernel.width - 1 - u, y + kernel.height - 1 - v, channel]
                        }
                    }
                }
            }
        }
        return result
    }

    @Test(arguments: DihedralElement.allCases)
    func kernelFollowsTheImage(element: DihedralElement) throws {
        for (kernelHeight, kernelWidth) in [(3, 3), (3, 5), (4, 2)] {
            let image = Image(
                width: 9, height: 8, channels: 3, samples: (0..<3).flatMap { plane(width: 9, height: 8, seed: UInt64($0)) })
            let kernel = try BlurKernel(
                height: kernelHeight, width: kernelWidth, values: plane(width: kernelWidth, height: kernelHeight, seed: 9), normalize: false
            )
            let first = degrade(element.apply(to: image), element.apply(to: kernel))
            #expect(first == element.apply(to: degrade(image, kernel)))
            // The test can tell: with the kernel left as it is, only the identity passes.
            if element != .identity && !element.exchangesAxes {
                #expect(first != degrade(element.apply(to: image), kernel))
            }
        }
    }

    @Test func theEightElementsAreAGroup() throws {
        let kernel = try BlurKernel(height: 2, width: 3, values: [1, 2, 3, 4, 5, 6], normalize: false)
        let results = DihedralElement.allCases.map { $0.apply(to: kernel) }
        for (index, element) in DihedralElement.allCases.enumerated() {
            #expect(element.inverse.apply(to: results[index]) == kernel)
            #expect(!results[..<index].contains(results[index]))
            for other in DihedralElement.allCases {
                #expect(results.contains(other.apply(to: results[index])))
            }
        }
        let quarter = DihedralElement.rotated90
        #expect(quarter.apply(to: quarter.apply(to: kernel)) == kernel.rotated180)
    }

    @Test func sourcesMatchTheResult() {
        let image = Image(width: 3, height: 2, channels: 1, samples: [0, 1, 2, 3, 4, 5])
        for element in DihedralElement.allCases {
            let result = element.apply(to: image)
            for y in 0..<result.height {
                for x in 0..<result.width {
                    let source = element.source(x: x, y: y, width: 3, height: 2)
                    #expect(result[x, y, 0] == image[source.x, source.y, 0])
                }
            }
        }
    }
}
