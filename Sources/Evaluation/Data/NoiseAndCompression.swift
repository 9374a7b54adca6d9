import BlindSR
import Foundation
import Imaging
import Pixels

/// What a camera does to an LR image after the blur: white Gaussian noise, 8 bit, JPEG.
public struct NoiseAndCompression: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Standard deviation for samples in 0…255.
    public var noise: Double
    /// JPEG quality, 1 to 100; nil for none.
    public var quality: Int?

    public init(noise: Double = 0, quality: Int? = nil) {
        self.noise = noise
        self.quality = quality
    }

    /// The degraded image, 8 bit. A JPEG has its colour at half resolution, as most programs write it.
    ///
    /// - Parameter random: The generator of the noise.
    public func callAsFunction(_ image: Image, _ random: CounterRandom) throws(ImagingError) -> Image {
        var (result, random) = (image, random)
        if noise > 0 {
            let deviation = Float(noise / 255)
            for i in result.samples.indices { result.samples[i] += deviation * Float(random.normal()) }
        }
        result = result.rounded8Bit()
        return try quality.map { (quality) throws(ImagingError) in try ImageFile.jpegRoundTrip(result, quality: quality) } ?? result
    }

    public var description: String {
        let parts = [noise > 0 ? String(format: "noise of σ %g", noise) : nil, quality.map { "JPEG of quality \($0)" }].compactMap { $0 }
        return parts.isEmpty ? "neither noise nor JPEG" : parts.joined(separator: ", ")
    }
}
