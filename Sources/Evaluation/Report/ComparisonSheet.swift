import BlindSR
import Imaging
import Pixels
import Torch

/// What several methods make of one photo, side by side with captions.
public struct ComparisonSheet {
    private static let gap = 12
    private static let captionHeight = 22

    /// Of the results, in pixels.
    public let width: Int
    public let height: Int
    /// What stands under each panel.
    public private(set) var captions: [String]
    private var panels: [Image]

    /// Runs the methods.
    ///
    /// - Parameters:
    ///   - draws: Where the blur comes from if `image` is an HR image; nil for a photo that is restored as it is.
    ///   - name: Of the image, for its draw.
    ///   - progress: Called before each method; what it throws ends the work.
    /// - Throws: ``EvaluationError``, `ModelError`, `TorchError`, what methods throw.
    public init(
        _ image: Image, scale: Int, degradedWith draws: Draws?, name: String, methods: [MethodName], store: ModelStore, device: Device,
        progress: () throws -> Void
    ) throws {
        let blur = draws?.blurs(of: name, set: "", scale: scale).first
        if blur != nil, min(image.width, image.height) < scale {
            throw EvaluationError.notADataSet(name, reason: "an image of \(image.width)×\(image.height) is too small")
        }
        let test = try blur.map {
            try TestCase(degrading: image.rounded8Bit(), by: $0.kernel(size: BlurKernel.defaultSize(scale: scale)), scale: scale)
        }
        let lr = test?.lr ?? image
        (width, height) = (lr.width * scale, lr.height * scale)
        panels = [Image(lr, repeatedBy: scale)]
        captions = ["LR"]
        for method in methods {
            try progress()
            if method.usesTrueKernel, test == nil {
                throw EvaluationError.nothingToRun(reason: "the true kernel of \(name) is not known; leave \(method) out.")
            }
            let loaded = try Method(method, scale: scale, store: store, device: device)
            let result = try loaded(test ?? TestCase(photo: image, scale: scale)).result
            guard let result else { continue }
            panels.append(result.rounded8Bit())
            captions.append("\(method)" + (test.map { Self.score(result.rounded8Bit(), $0.hr) } ?? ""))
        }
        if let test {
            panels.append(test.hr)
            captions.append("HR")
        }
    }

    private static func score(_ image: Image, _ hr: Image) -> String {
        "  " + String(format: "%.2f dB", ImageQuality.psnrY(image, hr))
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

extension Image {
    /// Copies an image onto this one, which is RGB and holds it whole.
    fileprivate mutating func draw(_ image: Image, x left: Int, y top: Int) {
        for channel in 0..<3 {
            for y in 0..<image.height {
                for x in 0..<image.width { self[left + x, top + y, channel] = image[x, y, min(channel, image.channels - 1)] }
            }
        }
    }
}
