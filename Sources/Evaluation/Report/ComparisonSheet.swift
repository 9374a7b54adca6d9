import BlindSR
import Imaging
import Pixels

/// What several methods make of one photo, side by side with captions; see ``Comparison``.
public struct ComparisonSheet {
    private static let gap = 12
    private static let captionHeight = 22

    /// Of the results, in pixels.
    public let width: Int
    public let height: Int
    /// What stands under each panel.
    public private(set) var captions: [String] = []
    private var panels: [Image] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Puts a picture of the sheet's size on the right.
    mutating func add(_ panel: Image, caption: String) {
        panels.append(panel)
        captions.append(caption)
    }

    /// Draws the sheet on white; small parts are enlarged by repeating pixels.
    public func render(part: Rectangle? = nil) -> Image {
        let part = part ?? Rectangle(x: 0, y: 0, width: width, height: height)
        let factor = max(1, 320 / max(part.width, part.height))
        let (width, height) = (part.width * factor, part.height * factor)
        var sheet = Image(
            width: panels.count * (width + Self.gap) - Self.gap, height: height + Self.captionHeight, channels: 3, repeating: 1)
        for (index, panel) in panels.enumerated() {
            let left = index * (width + Self.gap)
            sheet.draw(Image(panel.cropped(part), repeatedBy: factor), x: left, y: 0)
            // A machine without fonts gets the pictures without captions.
            if let caption = try? Image(caption: captions[index]) {
                let shown = caption.cropped(
                    x: 0, y: 0, width: min(width, caption.width), height: min(Self.captionHeight - 4, caption.height))
                sheet.draw(shown, x: left, y: height + 4)
            }
        }
        return sheet
    }
}
