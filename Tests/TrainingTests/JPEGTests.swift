import BlindSR
import Fixtures
import Foundation
import Imaging
import Pixels
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct JPEGTests {
    /// Against libjpeg behind libvips, whose integer arithmetic rounds some values to the neighbouring step.
    @Test(arguments: [40, 55, 70, 85, 95], [JPEGCompression.Chroma.full, .halved])
    func filesSayTheSame(quality: Int, chroma: JPEGCompression.Chroma) throws {
        let image = Self.picture(width: 75, height: 53)
        let ours = try Image(JPEGCompression(device: .cpu)(image.rgbTensor(), qualities: [quality], chroma: chroma))
        let theirs =
            switch chroma {
            case .full:
                try ImageFile.decode(
                    ImageFile.encode(image, as: .jpeg, options: EncodingOptions(quality: quality), name: "test"), name: "test"
                ).image
            case .halved: try ImageFile.jpegRoundTrip(image, quality: quality)
            }
        let difference = Deviation(ours.samples.map(Double.init), theirs.samples.map(Double.init)).rootMeanSquare
        let change = Deviation(ours.samples.map(Double.init), image.samples.map(Double.init)).rootMeanSquare
        #expect(-20 * log10(difference) > 43, "\(-20 * log10(difference)) dB")
        #expect(change > 2 * difference)
    }

    @Test func eachImageHasItsQuality() throws {
        let image = try Self.picture(width: 40, height: 24).rgbTensor()
        let jpeg = try JPEGCompression(device: .cpu)
        for chroma in [JPEGCompression.Chroma.full, .halved] {
            let both = try jpeg(.concatenate([image, image], dim: 0), qualities: [90, 45], chroma: chroma)
            for (i, quality) in [90, 45].enumerated() {
                #expect(try both.slice(0, i..<i + 1).floats() == jpeg(image, qualities: [quality], chroma: chroma).floats())
            }
        }
    }

    /// Blocks whose coefficients are multiples of the steps already are left as they are.
    @Test(arguments: [30, 75, 95]) func compressingTwiceIsCompressingOnce(quality: Int) throws {
        let image = try Self.soft(height: 21, width: 34)
        let jpeg = try JPEGCompression(device: .cpu)
        let once = try jpeg.luminance(of: image, qualities: [quality])
        let twice = try jpeg.luminance(of: once, qualities: [quality])
        #expect(try Deviation(once.elements(), image.elements()).maximum > 1e-4)
        #expect(
            try Deviation(twice.slice(2, 0..<16).slice(3, 0..<32).elements(), once.slice(2, 0..<16).slice(3, 0..<32).elements()).maximum
                < 1e-4)
    }

    @Test func lowerQualityMeansLargerError() throws {
        let image = try Self.soft(height: 32, width: 32)
        let jpeg = try JPEGCompression(device: .cpu)
        let errors = try [98, 90, 75, 40].map { quality in
            try Deviation(jpeg.luminance(of: image, qualities: [quality]).elements(), image.elements()).rootMeanSquare
        }
        #expect(errors == errors.sorted() && errors[0] < 0.01 && errors[3] > errors[0])
    }

    @Test func stepsAreThoseOfTheStandard() {
        #expect(BlockQuantisation.steps(.luminance, quality: 50).prefix(4) == [16, 11, 10, 16])
        #expect(BlockQuantisation.steps(.luminance, quality: 75).prefix(4) == [8, 6, 5, 8])
        #expect(BlockQuantisation.steps(.chrominance, quality: 75).prefix(4) == [9, 9, 12, 24])
        for component in [BlockQuantisation.Component.luminance, .chrominance] {
            #expect(BlockQuantisation.steps(component, quality: 50).count == 64)
            #expect(BlockQuantisation.steps(component, quality: 100).allSatisfy { $0 == 1 })
        }
    }

    /// Shading, edges and grain in 8 bit, different in each channel.
    private static func picture(width: Int, height: Int) -> Image {
        var random = CounterRandom(seed: 5, index: 0)
        var image = Image(width: width, height: height, channels: 3)
        for channel in 0..<3 {
            for y in 0..<height {
                for x in 0..<width {
                    let (u, v, c) = (Double(x), Double(y), Double(channel))
                    let edge = sin(u / 11 + v / 17 + 0.3 * c) > 0.3 ? 0.25 : 0
                    let texture = 0.05 * sin(1.9 * u) * sin(1.3 * v) + 0.02 * random.normal()
                    image[x, y, channel] = Float(0.4 + 0.2 * sin(u / 37 + 0.9 * c) * cos(v / 29) + edge + texture)
                }
            }
        }
        return image.rounded8Bit()
    }

    /// 1×3×H×W well inside [0, 1].
    private static func soft(height: Int, width: Int) throws -> Tensor {
        let values = (0..<3 * height * width).map { i in
            let (x, y, channel) = (Double(i % width), Double(i / width % height), Double(i / (height * width)))
            return Float(0.5 + 0.15 * sin(0.7 * x + channel) * cos(1.1 * y))
        }
        return try Tensor(values, shape: [1, 3, height, width])
    }
}
