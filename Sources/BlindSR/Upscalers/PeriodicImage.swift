import Foundation
import Pixels

/// A photo as one period of an endless image without a jump, for models that assume a circular border.
///
/// Beyond its right side a photo is continued by its mirror image, and before the left side likewise; in the gap between two periods
/// one continuation fades into the other.
struct PeriodicImage {
    /// One period.
    let period: Image
    /// Where in `period` the photo begins, in x and y.
    let origin: Int
    /// Width of the photo.
    let width: Int
    /// Height of the photo.
    let height: Int

    /// - Parameters:
    ///   - image: The photo.
    ///   - margin: Half the gap's width at least, a multiple of 8, so that a network that pools by 8 sees the photo on the same grid at any
    ///     enlargement; the period's sides become multiples of 8 that transform fast. With 0 the photo is its own period.
    init(_ image: Image, margin: Int) {
        precondition(margin >= 0 && margin % 8 == 0, "margins are multiples of 8")
        origin = margin
        (width, height) = (image.width, image.height)
        guard margin > 0 else {
            period = image
            return
        }
        let columns = Self.continuation(of: image.width, margin: margin)
        let rows = Self.continuation(of: image.height, margin: margin)
        var samples: [Float] = []
        samples.reserveCapacity(image.channels * rows.count * columns.count)
        image.samples.withUnsafeBufferPointer { source in
            for channel in 0..<image.channels {
                for row in rows {
                    let first = (channel * image.height + row.first) * image.width
                    let second = (channel * image.height + row.second) * image.width
                    for column in columns {
                        let above = column.blend(source[first + column.first], source[first + column.second])
                        let below = column.blend(source[second + column.first], source[second + column.second])
                        samples.append(row.blend(above, below))
                    }
                }
            }
        }
        period = Image(width: columns.count, height: rows.count, channels: image.channels, samples: samples)
    }

    /// Two of the photo's rows (or columns) and how much of the second is taken.
    private struct Mixture {
        let first: Int
        let second: Int
        let share: Float

        func blend(_ a: Float, _ b: Float) -> Float { share == 0 ? a : a + share * (b - a) }
    }

    /// The rows (or columns) of one period.
    private static func continuation(of length: Int, margin: Int) -> [Mixture] {
        let total = fastLength(atLeast: length + 2 * margin)
        let gap = total - length
        func mirrored(_ i: Int) -> Int {
            let position = i % (2 * length)
            return position < length ? position : 2 * length - 1 - position
        }
        return (0..<total).map { position in
            let inside = position - margin
            if (0..<length).contains(inside) { return Mixture(first: inside, second: inside, share: 0) }
            let i = inside < 0 ? inside + gap : inside - length
            let share = 0.5 - 0.5 * cos(Double.pi * (Double(i) + 0.5) / Double(gap))
            return Mixture(first: length - 1 - mirrored(i), second: mirrored(gap - 1 - i), share: Float(share))
        }
    }

    /// The next multiple of 8 without a prime factor above 13: Fourier transforms of other lengths can take three times as long.
    static func fastLength(atLeast length: Int) -> Int {
        func isFast(_ count: Int) -> Bool {
            var rest = count
            for prime in [2, 3, 5, 7, 11, 13] { while rest % prime == 0 { rest /= prime } }
            return rest == 1
        }
        var eighths = (length + 7) / 8
        while !isFast(eighths) { eighths += 1 }
        return 8 * eighths
    }

    /// A part of the photo with context where it meets the photo's border, its sides such that they transform fast. Along an axis that it
    /// covers whole, it is the period, which has no jump.
    func surroundings(of part: Rectangle, context: Int) -> Rectangle {
        func side(_ begin: Int, _ count: Int, of length: Int, period: Int) -> (begin: Int, count: Int) {
            guard count < length else { return (-origin, period) }
            let first = begin == 0 ? -context : begin
            let end = begin + count == length ? length + context : begin + count
            return (first, Self.fastLength(atLeast: end - first))
        }
        let columns = side(part.x, part.width, of: width, period: period.width)
        let rows = side(part.y, part.height, of: height, period: period.height)
        return Rectangle(x: columns.begin, y: rows.begin, width: columns.count, height: rows.count)
    }

    /// A part of the endless image; (0, 0) is the photo's top-left pixel.
    func window(_ window: Rectangle) -> Image {
        func wrapped(_ position: Int, _ length: Int) -> Int { ((position + origin) % length + length) % length }
        let columns = (window.x..<window.x + window.width).map { wrapped($0, period.width) }
        var samples: [Float] = []
        samples.reserveCapacity(period.channels * window.height * window.width)
        period.samples.withUnsafeBufferPointer { source in
            for channel in 0..<period.channels {
                for y in window.y..<window.y + window.height {
                    let start = (channel * period.height + wrapped(y, period.height)) * period.width
                    for column in columns { samples.append(source[start + column]) }
                }
            }
        }
        return Image(width: window.width, height: window.height, channels: period.channels, samples: samples)
    }
}
