import BlindSR
import Pixels

/// Photo, result and kernel side by side: on the left the photo enlarged by bicubic interpolation onto the result's grid, in the middle
/// the result, on the right the kernel where there is one. Of large photos the middle part is shown.
struct ContactSheet {
    /// The longest side of a part that is shown, in pixels of the result.
    private static let longestSide = 1200
    private static let gap = 16

    private let panels: [Image]

    init(photo: Image, result: Image, kernel: BlurKernel?, scale: Int) {
        let (width, height) = (min(photo.width, Self.longestSide / scale), min(photo.height, Self.longestSide / scale))
        let (x, y) = ((photo.width - width) / 2, (photo.height - height) / 2)
        let before = photo.cropped(x: x, y: y, width: width, height: height).enlargedOnModelGrid(scale: scale)
        let after = result.cropped(x: x * scale, y: y * scale, width: width * scale, height: height * scale)
        panels = [before, after] + (kernel.map { [KernelPicture($0).render()] } ?? [])
    }

    /// Draws the sheet on white.
    func render() -> Image {
        let width = panels.reduce(0) { $0 + $1.width } + Self.gap * (panels.count - 1)
        let height = panels.reduce(0) { max($0, $1.height) }
        var sheet = Image(width: width, height: height, channels: 3, repeating: 1)
        var left = 0
        for panel in panels {
            sheet.draw(panel, x: left, y: 0)
            left += panel.width + Self.gap
        }
        return sheet
    }
}
