import BlindSR
import Foundation
import Pixels
import Torch

/// HR crops from a pack. Crop i is a pure function of (seed, i).
struct CropSource {
    let side: Int
    /// Kept alive: the pictures point into its memory.
    private let pack: TrainingPack
    private let pictures: [TrainingPack.Picture]
    private let variation: PhotoVariation?

    /// - Parameters:
    ///   - set: Which of the pack's pictures.
    ///   - side: Of the crops, in HR pixels.
    init(
        _ pack: TrainingPack, _ set: KeyPath<TrainingPack, [TrainingPack.Picture]>, side: Int, variation: PhotoVariation? = nil
    ) throws(TrainingError) {
        pictures = pack[keyPath: set].filter { min($0.width, $0.height) >= side }
        guard !pictures.isEmpty else { throw .imagesTooSmall(path: pack.path, needed: side) }
        self.pack = pack
        self.side = side
        self.variation = variation
    }

    /// 1 where the variation makes photos grey.
    private var channels: Int { variation?.mixing == nil ? 3 : 1 }

    /// A batch N×C×side×side in [0, 1] with C = 3, or 1 for grey crops: one crop for each generator, which it advances.
    func batch(_ random: inout [CounterRandom], device: Device) throws(TorchError) -> Tensor {
        let plane = channels * side * side
        var values = [UInt8](repeating: 0, count: random.count * plane)
        let draws = values.withUnsafeMutableBufferPointer { buffer in
            random.indices.map { index in
                crop(&random[index], into: UnsafeMutableBufferPointer(rebasing: buffer[index * plane..<(index + 1) * plane]))
            }
        }
        let crops = try Tensor(values, shape: [random.count, channels, side, side], device: device).to(.float32) / 255
        guard draws.contains(where: \.changesValues) else { return crops }
        let compression = try JPEGCompression(device: device)
        let finished = try draws.indices.map { (index) throws(TorchError) in
            var crop = try crops.slice(0, index..<index + 1)
            if draws[index].exponent != 1 { crop = try (crop + 1e-4).power(draws[index].exponent).clamped(to: 0...1) }
            if draws[index].contrast != 1 { crop = try ((crop - 0.5) * draws[index].contrast + 0.5).clamped(to: 0...1) }
            if let quality = draws[index].quality { crop = try compression.luminance(of: crop, qualities: [quality]) }
            return draws[index].grain > 0 ? try grained(crop, draws[index].grain, &random[index]) : crop
        }
        return try .concatenate(finished, dim: 0)
    }

    /// Adds independent noise to all values: sums of four uniform numbers, which are near enough to normal ones for grain.
    private func grained(_ crop: Tensor, _ sigma: Double, _ random: inout CounterRandom) throws(TorchError) -> Tensor {
        let unit = Float(sigma * 3.0.squareRoot() / 65_536)
        let noise = (0..<crop.count).map { _ in
            let bits = random.next()
            let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + bits >> 48
            return (Float(sum) - 131_070) * unit
        }
        return try (crop + Tensor(noise, shape: crop.shape, device: crop.device)).clamped(to: 0...1)
    }

    private func crop(_ random: inout CounterRandom, into target: UnsafeMutableBufferPointer<UInt8>) -> PhotoVariation.Draw {
        let picture = pictures[random.integer(below: pictures.count)]
        let orientation = DihedralElement(rawValue: random.integer(below: 8))!
        let draw = variation?.draw(&random) ?? PhotoVariation.Draw()
        let source = min(Int((Double(side) / draw.factor).rounded(.up)), picture.width, picture.height)
        let x = random.integer(below: picture.width - source + 1)
        let y = random.integer(below: picture.height - source + 1)
        if draw.factor == 1, draw.sharpening == 0, draw.weights == nil {
            copy(picture, x, y, orientation, into: target)
        } else {
            var image = draw.weights.map { grey(picture, x, y, source, $0) } ?? part(picture, x, y, source)
            if source != side { image = image.resizedBicubic(scale: Double(side) / Double(source)) }
            if draw.sharpening > 0 { image = image.unsharpMasked(Float(draw.sharpening), radius: draw.radius) }
            let varied = orientation.apply(to: image.cropped(x: 0, y: 0, width: side, height: side))
            varied.samples.withUnsafeBufferPointer { samples in
                for i in samples.indices { target[i] = UInt8(min(max(samples[i] * 255, 0), 255) + 0.5) }
            }
        }
        return draw
    }

    private func copy(
        _ picture: TrainingPack.Picture, _ x: Int, _ y: Int, _ orientation: DihedralElement, into target: UnsafeMutableBufferPointer<UInt8>
    ) {
        // The orientation is affine in the coordinates: a start and two steps describe it.
        func offset(_ column: Int, _ row: Int) -> Int {
            let source = orientation.source(x: column, y: row, width: side, height: side)
            return (y + source.y) * picture.width + x + source.x
        }
        let start = offset(0, 0)
        let (right, down) = (offset(1, 0) - start, offset(0, 1) - start)
        for channel in 0..<3 {
            let base = channel * picture.width * picture.height + start
            for row in 0..<side {
                let line = base + row * down
                let output = (channel * side + row) * side
                for column in 0..<side { target[output + column] = picture.bytes[line + column * right] }
            }
        }
    }

    private func part(_ picture: TrainingPack.Picture, _ x: Int, _ y: Int, _ size: Int) -> Image {
        var samples = [Float](repeating: 0, count: 3 * size * size)
        for channel in 0..<3 {
            for row in 0..<size {
                let line = (channel * picture.height + y + row) * picture.width + x
                for column in 0..<size { samples[(channel * size + row) * size + column] = Float(picture.bytes[line + column]) / 255 }
            }
        }
        return Image(width: size, height: size, channels: 3, samples: samples)
    }

    /// The sum of red, green and blue under `weights`.
    private func grey(_ picture: TrainingPack.Picture, _ x: Int, _ y: Int, _ size: Int, _ weights: [Float]) -> Image {
        var samples = [Float](repeating: 0, count: size * size)
        samples.withUnsafeMutableBufferPointer { samples in
            for (channel, weight) in weights.enumerated() {
                for row in 0..<size {
                    let line = (channel * picture.height + y + row) * picture.width + x
                    for column in 0..<size { samples[row * size + column] += weight / 255 * Float(picture.bytes[line + column]) }
                }
            }
        }
        return Image(width: size, height: size, channels: 1, samples: samples)
    }
}
