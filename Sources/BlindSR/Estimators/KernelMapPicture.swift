import Foundation
import Pixels

/// A kernel map as a picture for people: over the dimmed photo an ellipse in each cell, the blur's standard deviations enlarged, in a colour
/// that says how sure the estimate is.
public struct KernelMapPicture {
    /// The longer side that is aimed at, in pixels, and the shorter side that is kept where the photo is long and narrow.
    static let side = 1200.0
    static let shortestSide = 96.0
    /// The most pixels; of a photo like a thread the sides are shorter.
    static let mostPixels = 4e6
    /// The error from which on the colour stays the same, as a share of the blur's standard deviations.
    public static let largestError = 0.1

    /// How many pixels of the picture stand for one HR pixel of the blur.
    public let magnification: Double
    private let map: KernelMap
    private let photo: Image
    private let zoom: Double

    /// - Parameters:
    ///   - map: The blur that is drawn.
    ///   - photo: The LR photo that the map belongs to.
    public init(_ map: KernelMap, photo: Image) {
        precondition(map.width == photo.width && map.height == photo.height, "a map belongs to one photo")
        self.map = map
        self.photo = photo
        let (longer, shorter) = (Double(max(photo.width, photo.height)), Double(min(photo.width, photo.height)))
        zoom = min(max(Self.side / longer, Self.shortestSide / shorter), (Self.mostPixels / (longer * shorter)).squareRoot())
        // The largest ellipse fills its cell, but no more than a tenth of the picture.
        let cell = min(Double(map.width) / Double(map.columns), Double(map.height) / Double(map.rows)) * zoom
        magnification = 0.45 * min(cell, Self.side / 10) / map.deviations.upperBound
    }

    /// From pale yellow, which is sure, to blue.
    public static func colour(error: Double) -> SIMD3<Float> {
        let share = Float(min(max(error / largestError, 0), 1))
        let (sure, unsure): (SIMD3<Float>, SIMD3<Float>) = ([1, 0.93, 0.55], [0.25, 0.5, 1])
        return sure + (unsure - sure) * share
    }

    /// Draws the picture: RGB, with the photo's proportions.
    public func render() -> Image {
        var picture = dimmed()
        for index in map.cells.indices {
            let middle = map.middle(of: index)
            draw(map.cells[index], x: middle.x * zoom, y: middle.y * zoom, on: &picture)
        }
        return picture
    }

    /// The photo in dark grey.
    private func dimmed() -> Image {
        let resized = photo.resizedBicubic(scale: zoom)
        let plane = resized.width * resized.height
        let grey = (0..<plane).map { index in
            let sum = (0..<resized.channels).reduce(Float(0)) { $0 + resized.samples[$1 * plane + index] }
            return 0.5 * min(max(sum / Float(resized.channels), 0), 1)
        }
        return Image(width: resized.width, height: resized.height, channels: 3, samples: grey + grey + grey)
    }

    private func draw(_ cell: KernelMap.Cell, x: Double, y: Double, on picture: inout Image) {
        let ellipse = Ellipse(cell.blur, centreX: x, centreY: y, scale: magnification)
        let colour = Self.colour(error: cell.error)
        let reach = max(cell.blur.variance1, cell.blur.variance2).squareRoot() * magnification + 5
        for row in max(0, Int(y - reach))..<min(picture.height, Int(y + reach) + 1) {
            for column in max(0, Int(x - reach))..<min(picture.width, Int(x + reach) + 1) {
                let distance = ellipse.distance(x: Double(column) + 0.5, y: Double(row) + 0.5, radius: 1)
                guard distance < 5 else { continue }
                let pixel = SIMD3(picture[column, row, 0], picture[column, row, 1], picture[column, row, 2])
                // Twice as wide as in a kernel's picture: these pictures are larger, and are looked at whole.
                let inked = Ellipse.ink(colour, over: pixel, distance: distance / 2)
                for channel in 0..<3 { picture[column, row, channel] = inked[channel] }
            }
        }
    }
}
