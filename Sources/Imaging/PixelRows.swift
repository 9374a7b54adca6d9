import Foundation
import Pixels

/// Pixels that an encoder asks for, row by row and from several threads at once.
protocol PixelRows: Sendable {
    var width: Int { get }
    var height: Int { get }
    var layout: PixelLayout { get }

    /// Writes `width` interleaved pixels of row `y` from column `x` on. False where they cannot be had.
    func give(x: Int, y: Int, width: Int, into pixels: UnsafeMutableRawPointer) -> Bool
}

/// The pixels of a photo in memory.
struct PhotoRows: PixelRows {
    private let photo: Photo
    let layout: PixelLayout

    init(_ photo: Photo, format: ImageFormat) {
        self.photo = photo
        layout = PixelLayout(photo, format: format)
    }

    var width: Int { photo.colour.width }
    var height: Int { photo.colour.height }

    func give(x: Int, y: Int, width: Int, into pixels: UnsafeMutableRawPointer) -> Bool {
        layout.interleave(photo.colour, photo.alpha, x: x, y: y, width: width, into: pixels)
        return true
    }
}
