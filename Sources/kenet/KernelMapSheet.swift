import BlindSR
import Foundation
import Imaging
import Pixels

/// The picture of a kernel map with its legend below: what size and colour of the ellipses mean.
struct KernelMapSheet {
    private static let margin = 12
    private static let legendHeight = 40
    private static let barWidth = 120

    private let picture: KernelMapPicture
    private let map: KernelMap

    init(_ map: KernelMap, photo: Image) {
        self.map = map
        picture = KernelMapPicture(map, photo: photo)
    }

    func render() -> Image {
        let body = picture.render()
        var sheet = Image(width: body.width, height: body.height + Self.legendHeight, channels: 3, repeating: 1)
        sheet.draw(body, x: 0, y: 0)
        let (top, barHeight) = (body.height + Self.margin, Self.legendHeight - 2 * Self.margin)
        var bar = Image(width: Self.barWidth, height: barHeight, channels: 3)
        for x in 0..<bar.width {
            let colour = KernelMapPicture.colour(error: KernelMapPicture.largestError * Double(x) / Double(bar.width - 1))
            for y in 0..<bar.height { for channel in 0..<3 { bar[x, y, channel] = colour[channel] } }
        }
        var left = Self.margin
        for part in [
            text("Blur widths \(map.range), drawn \(String(format: "%.0f", picture.magnification)) times as large. Expected error: 0"), bar,
            text(String(format: "%.0f %% and more", 100 * KernelMapPicture.largestError)),
        ] {
            // A narrow picture gets as much of the legend as fits.
            guard let part, left + part.width <= sheet.width else { break }
            sheet.draw(part, x: left, y: top)
            left += part.width + Self.margin / 2
        }
        return sheet
    }

    /// Nil on a machine without fonts, which gets the picture alone.
    private func text(_ line: String) -> Image? { try? Image(caption: line) }
}
