import BlindSR
import Foundation
import Pixels

/// Photos differ in sharpness, tone, compression and grain of their own, which an estimator must not take for the kernel's. Before the
/// blur, the HR crop is varied at random, so that the network learns what belongs to the photo.
struct PhotoVariation: Codable, Equatable, Sendable {
    /// Probability of another size, and the range of factors: smaller photos are sharper, larger ones softer.
    var resizing = 0.75
    var factors = 0.45...1.0
    /// Probability of an unsharp mask, its largest strength, and the share of masks of 5×5 instead of 3×3 pixels.
    var sharpening = 0.6
    var strength = 1.2
    var wide = 0.0
    /// Nil for photos in colour. Else they become grey: the share whose red, green and blue are weighted at random, not by BT.601.
    var mixing: Double?
    /// Probability of another tone curve y = exp(g) ↦ xʸ, and the range of g.
    var toning = 0.0
    var tones = -0.6...0.6
    /// Probability of another contrast around middle grey, and the range of factors.
    var contrasting = 0.0
    var contrasts = 0.5...1.3
    /// Probability of compression, and the range of JPEG qualities.
    var compression = 0.0
    var qualities = 50...98
    /// Probability of grain, and its largest σ in 0…255 units.
    var graining = 0.0
    var grain = 6.0

    /// Shrinking and sharpening alone, in colour.
    static let sharpness = PhotoVariation()
    /// Shrinking, sharpening, compression and grain, grey.
    static let thorough = PhotoVariation(mixing: 0, compression: 0.5, qualities: 70...96, graining: 0.4, grain: 4)
    /// A little smaller and larger, in colour.
    static let sizes = PhotoVariation(resizing: 0.4, factors: 0.8...1.4, sharpening: 0)
    /// Everything, grey, and in wider ranges: for photos of any origin.
    static let boundless = PhotoVariation(
        factors: 0.3...1, strength: 1.6, wide: 0.3, mixing: 0.6, toning: 0.4, contrasting: 0.6, compression: 0.5, graining: 0.4)

    /// What is done to one crop.
    struct Draw {
        var factor = 1.0
        var sharpening = 0.0
        var radius = 1
        /// Of red, green and blue; nil for a crop in colour.
        var weights: [Float]?
        var exponent = 1.0
        var contrast = 1.0
        var quality: Int?
        /// σ in [0, 1] units.
        var grain = 0.0

        /// Whether more than resizing, sharpening and greying is done.
        var changesValues: Bool { exponent != 1 || contrast != 1 || quality != nil || grain > 0 }
    }

    /// Random numbers are used up for what may happen at all.
    func draw(_ random: inout CounterRandom) -> Draw {
        let (resizes, factor) = (random.uniform() < resizing, random.uniform(in: factors))
        let (sharpens, strength) = (random.uniform() < sharpening, random.uniform(in: 0...strength))
        var draw = Draw(factor: resizes ? factor : 1, sharpening: sharpens ? strength : 0)
        if wide > 0, random.uniform() < wide { draw.radius = 2 }
        if let mixing { draw.weights = random.uniform() < mixing ? Self.mixture(&random) : Self.luminance }
        if toning > 0, random.uniform() < toning { draw.exponent = exp(random.uniform(in: tones)) }
        if contrasting > 0, random.uniform() < contrasting { draw.contrast = random.uniform(in: contrasts) }
        if compression > 0, random.uniform() < compression {
            draw.quality = qualities.lowerBound + random.integer(below: qualities.count)
        }
        if graining > 0, random.uniform() < graining { draw.grain = random.uniform(in: 0...grain) / 255 }
        return draw
    }

    private static let luminance: [Float] = [0.299, 0.587, 0.114]

    /// Three weights with sum one, evenly spread over all there are.
    private static func mixture(_ random: inout CounterRandom) -> [Float] {
        let shares = (0..<3).map { _ in -log(1 - random.uniform()) }
        return shares.map { Float($0 / shares.reduce(0, +)) }
    }
}

extension Image {
    /// x + strength · (x − mean of the box of 2r + 1 pixels), clipped to [0, 1]; r is `radius`.
    func unsharpMasked(_ strength: Float, radius: Int = 1) -> Image {
        var result = self
        let (area, offsets) = (Float((2 * radius + 1) * (2 * radius + 1)), -radius...radius)
        var rows = [Float](repeating: 0, count: width * height)
        for channel in 0..<channels {
            let base = channel * width * height
            samples.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    for x in 0..<width { rows[y * width + x] = 0 }
                    for offset in offsets {
                        let line = base + min(max(y + offset, 0), height - 1) * width
                        for x in 0..<width { rows[y * width + x] += source[line + x] }
                    }
                }
                result.samples.withUnsafeMutableBufferPointer { target in
                    for y in 0..<height {
                        for x in 0..<width {
                            let sum = offsets.reduce(Float(0)) { $0 + rows[y * width + min(max(x + $1, 0), width - 1)] }
                            let value = source[base + y * width + x]
                            target[base + y * width + x] = min(max(value + strength * (value - sum / area), 0), 1)
                        }
                    }
                }
            }
        }
        return result
    }
}
