import Foundation

extension Image {
    /// From the grid of a plain resizer, on which LR and HR image cover the same rectangle, to the degradation's, on which HR pixels
    /// 0, s, 2s, … are those of the LR image: a shift by (s − 1)/2 HR pixels to the left and up.
    ///
    /// - Parameter scale: s, the factor by which the image has been enlarged.
    public func movedFromResizerGrid(scale: Int) -> Image { shifted(by: Double(scale - 1) / 2) }

    /// Pixel (x, y) becomes what lies at (x + offset, y + offset), read between pixels with a Lanczos window of six lobes and beyond the
    /// border in the mirror.
    func shifted(by offset: Double) -> Image {
        let shift = LanczosShift(offset)
        let columns = (0..<width).flatMap { shift.sources(of: $0, count: width) }
        var rows = [Float](repeating: 0, count: samples.count)
        var result = rows
        samples.withUnsafeBufferPointer { input in
            rows.withUnsafeMutableBufferPointer { rows in
                for line in 0..<channels * height {
                    let (plane, y) = (line / height * height, line % height)
                    for (weight, source) in zip(shift.weights, shift.sources(of: y, count: height)) {
                        for x in 0..<width { rows[line * width + x] += weight * input[(plane + source) * width + x] }
                    }
                }
            }
        }
        rows.withUnsafeBufferPointer { rows in
            result.withUnsafeMutableBufferPointer { result in
                columns.withUnsafeBufferPointer { columns in
                    shift.weights.withUnsafeBufferPointer { weights in
                        for start in stride(from: 0, to: rows.count, by: width) {
                            for x in 0..<width {
                                var sum: Float = 0
                                for tap in 0..<weights.count { sum += weights[tap] * rows[start + columns[x * weights.count + tap]] }
                                result[start + x] = sum
                            }
                        }
                    }
                }
            }
        }
        return Image(width: width, height: height, channels: channels, samples: result)
    }
}

/// How a sample between samples is read.
private struct LanczosShift {
    private static let lobes = 6
    private let whole: Int
    /// Of consecutive samples; their sum is one.
    let weights: [Float]

    init(_ offset: Double) {
        whole = Int(offset.rounded(.down))
        let fraction = offset - Double(whole)
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
        let values = (1 - Self.lobes...Self.lobes).map { i in
            let x = fraction - Double(i)
            return sinc(x) * sinc(x / Double(Self.lobes))
        }
        let sum = values.reduce(0, +)
        weights = values.map { Float($0 / sum) }
    }

    /// The samples from which the one at `position` is made.
    func sources(of position: Int, count: Int) -> [Int] {
        weights.indices.map { tap in
            let index = position + whole + tap + 1 - Self.lobes
            let mirrored = ((index % (2 * count)) + 2 * count) % (2 * count)
            return mirrored < count ? mirrored : 2 * count - 1 - mirrored
        }
    }
}
