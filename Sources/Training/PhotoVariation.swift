import BlindSR
import Foundation
import Pixels

/// Photos differ in sharpness, contrast, compression and grain of their own, which an estimator must not take for the kernel's. Before the
/// blur, the HR crop is varied at random, so that the network learns what belongs to the photo.
struct PhotoVariation: Codable, Equatable, Sendable {
    /// Probability of shrinking, and the range of factors.
    var shrinking = 0.75
    var factors = 0.45...1.0
    /// Probability of an unsharp mask (3×3 box), and its largest strength.
    var sharpening = 0.6
    var strength = 1.2
    /// Probability of another contrast around middle grey, and the range of factors.
    var contrasting = 0.0
    var contrasts = 0.5...1.3
    /// Probability of compression, and the range of JPEG qualities.
    var compression = 0.0
    var qualities = 70...96
    /// Probability of grain, and its largest σ in 0…255 units.
    var graining = 0.0
    var grain = 4.0

    /// Shrinking and sharpening alone.
    static let sharpness = PhotoVariation()
    /// Everything.
    static let thorough = PhotoVariation(contrasting: 0.6, compression: 0.5, graining: 0.4)

    /// What is done to one crop.
    struct Draw {
        var factor = 1.0
        var sharpening = 0.0
        var contrast = 1.0
        var quality: Int?
        /// σ in [0, 1] units.
        var grain = 0.0

        /// Whether more than shrinking and sharpening is done.
        var changesValues: Bool { contrast != 1 || quality != nil || grain > 0 }
    }

    /// Random numbers are used up for what may happen at all.
    func draw(_ random: inout CounterRandom) -> Draw {
        let (shrinks, factor) = (random.uniform() < shrinking, random.uniform(in: factors))
        let (sharpens, strength) = (random.uniform() < sharpening, random.uniform(in: 0...strength))
        var draw = Draw(factor: shrinks ? factor : 1, sharpening: sharpens ? strength : 0)
        if contrasting > 0, random.uniform() < contrasting { draw.contrast = random.uniform(in: contrasts) }
        if compression > 0, random.uniform() < compression {
            draw.quality = qualities.lowerBound + random.integer(below: qualities.count)
        }
        if graining > 0, random.uniform() < graining { draw.grain = random.uniform(in: 0...grain) / 255 }
        return draw
    }
}

extension Image {
    /// x + strength · (x − 3×3 box mean), clipped to [0, 1].
    func unsharpMasked(_ strength: Float) -> Image {
        var result = self
        var rows = [Float](repeating: 0, count: width * height)
        for channel in 0..<channels {
            let base = channel * width * height
            samples.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    let (up, down) = (max(y - 1, 0) * width + base, min(y + 1, height - 1) * width + base)
                    let here = y * width + base
                    for x in 0..<width { rows[y * width + x] = source[up + x] + source[here + x] + source[down + x] }
                }
                result.samples.withUnsafeMutableBufferPointer { target in
                    for y in 0..<height {
                        for x in 0..<width {
                            let row = y * width
                            let mean = (rows[row + max(x - 1, 0)] + rows[row + x] + rows[row + min(x + 1, width - 1)]) / 9
                            let value = source[base + row + x]
                            target[base + row + x] = min(max(value + strength * (value - mean), 0), 1)
                        }
                    }
                }
            }
        }
        return result
    }
}
