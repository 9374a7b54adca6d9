import BlindSR
import Torch

/// What happens to a photo behind the lens, after the blur and the decimation: noise of the sensor, 8 bit, and often JPEG.
///
/// Noise has the variance σ²(1 − a + 2a·x) for a value x in [0, 1], with a share a of shot noise uniform in [0, 1] and σ = `noise`·u² with u
/// uniform: many photos have little, few have much.
public struct PhotoDegradation: Codable, Equatable, Sendable {
    /// The share of photos with noise; the others have exactly none.
    public var noisy = 0.7
    /// The largest σ in 0…255 units.
    public var noise = 15.0
    /// The share of noisy photos whose channels have the same noise, as after a camera has cleaned the colours.
    public var grey = 0.4
    /// The share of compressed photos, the JPEG qualities, and the share of them whose chroma has half the resolution.
    public var compressed = 0.5
    public var qualities = 40...100
    public var halved = 0.5

    /// Noise and compression as photos have them.
    public static let photo = PhotoDegradation()
}

/// Photos as a camera writes them.
public struct DegradedPhotos {
    /// N×3×h×w in [0, 1], 8-bit values.
    public let lr: Tensor
    /// The noise of each in [0, 1] units, N: the root of the mean squared difference to the clean photo, less the twelfth of a squared level
    /// that rounding to 8 bit adds, and exactly 0 where there is neither noise nor JPEG. What JPEG takes away counts as noise, too.
    public let sigma: Tensor
}

extension PhotoDegradation {
    /// What is done to one photo.
    private struct Draw {
        /// In [0, 1] units.
        let sigma: Double
        let shot: Double
        let isGrey: Bool
        let quality: Int?
        let chroma: JPEGCompression.Chroma
        /// Where the blocks of JPEG begin: a photo may have been cropped before.
        let x: Int
        let y: Int

        init(_ degradation: PhotoDegradation, _ random: inout CounterRandom) {
            let (isNoisy, u) = (random.uniform() < degradation.noisy, random.uniform())
            sigma = isNoisy ? degradation.noise / 255 * u * u : 0
            shot = random.uniform()
            isGrey = random.uniform() < degradation.grey
            let isCompressed = random.uniform() < degradation.compressed
            let quality = degradation.qualities.lowerBound + random.integer(below: degradation.qualities.count)
            self.quality = isCompressed ? quality : nil
            chroma = random.uniform() < degradation.halved ? .halved : .full
            (x, y) = (random.integer(below: 8), random.integer(below: 8))
        }
    }

    /// Degrades photos; each is a pure function of its clean version and its generator.
    ///
    /// - Parameters:
    ///   - clean: N×3×h×w in [0, 1], blurred and decimated, not rounded.
    ///   - random: N generators, which are advanced.
    public func callAsFunction(_ clean: Tensor, _ random: inout [CounterRandom]) throws(TorchError) -> DegradedPhotos {
        let draws = random.indices.map { Draw(self, &random[$0]) }
        var lr = clean
        if draws.contains(where: { $0.sigma > 0 }) { lr = try clean + Self.noise(clean, draws, &random) }
        lr = try Self.compressed(lr.roundedTo8Bit(), draws)
        let isDegraded = draws.map { Float($0.sigma > 0 || $0.quality != nil ? 1 : 0) }
        let rounding = 1 / (12.0 * 255 * 255)
        let sigma = try ((lr - clean).squared().mean([1, 2, 3]) - rounding).clamped(to: 0...1).squareRoot()
        return DegradedPhotos(lr: lr, sigma: try sigma * Tensor(isDegraded, shape: [draws.count], device: clean.device))
    }

    private static let normal = NormalTable()

    private static func noise(_ clean: Tensor, _ draws: [Draw], _ random: inout [CounterRandom]) throws(TorchError) -> Tensor {
        let shape = clean.shape
        let plane = shape[2] * shape[3]
        var values = [Float](repeating: 0, count: clean.count)
        values.withUnsafeMutableBufferPointer { values in
            for (i, draw) in draws.enumerated() where draw.sigma > 0 {
                let own = UnsafeMutableBufferPointer(rebasing: values[3 * i * plane..<3 * (i + 1) * plane])
                guard draw.isGrey else {
                    normal.fill(own, &random[i])
                    continue
                }
                normal.fill(UnsafeMutableBufferPointer(rebasing: own[..<plane]), &random[i])
                for j in plane..<3 * plane { own[j] = own[j - plane] }
            }
        }
        func column(_ values: [Double]) throws(TorchError) -> Tensor {
            try Tensor(values.map(Float.init), shape: [draws.count, 1, 1, 1], device: clean.device)
        }
        let read = try column(draws.map { $0.sigma * $0.sigma * (1 - $0.shot) })
        let shot = try column(draws.map { 2 * $0.sigma * $0.sigma * $0.shot })
        let deviation = try (clean.clamped(to: 0...1) * shot + read).squareRoot()
        return try Tensor(values, shape: shape, device: clean.device) * deviation
    }

    /// The photos that are to be compressed are, the others stay.
    private static func compressed(_ photos: Tensor, _ draws: [Draw]) throws(TorchError) -> Tensor {
        var results = try draws.indices.map { (i) throws(TorchError) in try photos.slice(0, i..<i + 1) }
        let (height, width) = (photos.shape[2], photos.shape[3])
        let jpeg = try JPEGCompression(device: photos.device)
        for chroma in [JPEGCompression.Chroma.full, .halved] {
            let chosen = draws.indices.filter { draws[$0].quality != nil && draws[$0].chroma == chroma }
            guard !chosen.isEmpty else { continue }
            let shifted = try chosen.map { (i) throws(TorchError) in
                try results[i].padded(left: draws[i].x, right: 8 - draws[i].x, top: draws[i].y, bottom: 8 - draws[i].y, .replicate)
            }
            let decoded = try jpeg(.concatenate(shifted, dim: 0), qualities: chosen.compactMap { draws[$0].quality }, chroma: chroma)
            for (place, i) in chosen.enumerated() {
                results[i] = try decoded.slice(0, place..<place + 1)
                    .slice(2, draws[i].y..<draws[i].y + height).slice(3, draws[i].x..<draws[i].x + width)
            }
        }
        return try .concatenate(results, dim: 0)
    }
}
