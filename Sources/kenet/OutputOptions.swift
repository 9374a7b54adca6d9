import ArgumentParser
import Foundation
import Imaging
import Pixels

/// What is written of a photo: format, size, part, and what it carries.
struct OutputOptions: ParsableArguments {
    @Option(
        help:
            "Format of the results: png, jpeg, webp, tiff, avif or heic (default: by the extension of the output or photo; PNG without one)."
    )
    var format: ImageFormat?

    @Option(help: "Quality of JPEG, WebP, AVIF and HEIC, 1 to 100 (default: 95 for JPEG, lossless WebP, 90 for the others).")
    var quality: Int?

    @Flag(help: "Leave out EXIF, XMP, IPTC and comments; the colour profile stays.")
    var stripMetadata = false

    @Option(
        help: ArgumentHelp(
            "Size of the results in pixels; one side may be left out (1920x). Without --scale the smallest scale that reaches it is taken.",
            valueName: "WxH"))
    var size: ResultSize?

    @Option(help: ArgumentHelp("Longest side of the results in pixels, as --size.", valueName: "pixels"))
    var maxSide: Int?

    @Option(
        help: ArgumentHelp(
            """
            Restore only this part, in pixels of the photo: what the whole result has there, written as NAME_preview…. Systems that learn \
            from a photo learn from the part alone.
            """,
            valueName: "x,y,w,h"))
    var preview: PreviewPart?

    func validate() throws {
        if let quality, !(1...100).contains(quality) { throw ValidationError("The quality is a number from 1 to 100.") }
        if let maxSide, !(1..<1 << 31).contains(maxSide) {
            throw ValidationError("The longest side has at least one pixel, and less than 2³¹.")
        }
        if [size != nil, maxSide != nil, preview != nil].filter({ $0 }).count > 1 {
            throw ValidationError("Choose one of --size, --max-side and --preview.")
        }
    }

    var encoding: EncodingOptions { EncodingOptions(quality: quality, stripsMetadata: stripMetadata) }

    /// The size that is asked for; nil for what the scale gives.
    var resultSize: ResultSize? { size ?? maxSide.map { .longestSide($0) } }

    /// What is put behind a photo's name.
    func suffix(scale: Int) -> String { (preview == nil ? "" : "_preview") + (resultSize?.suffix ?? "_x\(scale)") }
}

extension ImageFormat: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
}

/// The size of a result that is asked for.
enum ResultSize: ExpressibleByArgument, Equatable {
    case sides(width: Int?, height: Int?)
    case longestSide(Int)

    /// `1920x1080`, `1920x` or `x1080`.
    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        let sides = parts.map { Int($0) }
        guard parts.count == 2, argument.count > 1,
            zip(parts, sides).allSatisfy({ $0.isEmpty || $1.map { $0 > 0 && $0 < 1 << 31 } == true })
        else { return nil }
        self = .sides(width: sides[0], height: sides[1])
    }

    var suffix: String {
        switch self {
        case .sides(let width?, let height?): "_\(width)x\(height)"
        case .sides(let width?, nil): "_w\(width)"
        case .sides(_, let height): "_h\(height ?? 0)"
        case .longestSide(let side): "_\(side)"
        }
    }

    /// Width and height for a photo.
    ///
    /// - Throws: ``Failure`` where the photo would be squeezed: by more than a hundredth and more than a pixel.
    func pixels(width: Int, height: Int, of photo: String) throws(Failure) -> (width: Int, height: Int) {
        func scaled(_ side: Int, by other: Int, over own: Int) -> Int {
            max(1, Int((Double(side) * Double(other) / Double(own)).rounded()))
        }
        switch self {
        case .longestSide(let side):
            return width >= height ? (side, scaled(height, by: side, over: width)) : (scaled(width, by: side, over: height), side)
        case .sides(let w?, nil): return (w, scaled(height, by: w, over: width))
        case .sides(nil, let h?): return (scaled(width, by: h, over: height), h)
        case .sides(let w, let h):
            let (w, h) = (w ?? width, h ?? height)
            let fitting = scaled(height, by: w, over: width)
            guard abs(fitting - h) <= max(1, fitting / 100) else {
                throw Failure(
                    .badData, "\(photo): \(w)×\(h) would squeeze a photo of \(width)×\(height); --size \(w)x makes it \(w)×\(fitting)")
            }
            return (w, h)
        }
    }
}

/// A rectangle in pixels of the photo, `x,y,w,h`.
struct PreviewPart: ExpressibleByArgument {
    let rectangle: Rectangle

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3],
            [x, y].allSatisfy((0..<1 << 31).contains), [width, height].allSatisfy((1..<1 << 31).contains)
        else { return nil }
        rectangle = Rectangle(x: x, y: y, width: width, height: height)
    }

    /// The rectangle, which lies inside a photo of this size.
    ///
    /// - Throws: ``Failure``.
    func part(width: Int, height: Int, of photo: String) throws(Failure) -> Rectangle {
        guard rectangle.x + rectangle.width <= width, rectangle.y + rectangle.height <= height else {
            throw Failure(.badData, "\(photo): the part to preview reaches beyond the photo, which has \(width)×\(height) pixels")
        }
        return rectangle
    }
}
