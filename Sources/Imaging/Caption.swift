import CVips
import Pixels

extension Image {
    /// One line of text, black on white, grey, about 15 pixels high, in the system's sans-serif font.
    ///
    /// - Throws: `unsupported` where the system has no fonts.
    public init(caption: String) throws(ImagingError) {
        self = try Vips.withLibrary(path: "caption") { () throws(ImagingError) in
            var samples: UnsafeMutableRawPointer?
            var (width, height) = (Int32(0), Int32(0))
            guard cvips_text(caption, &samples, &width, &height) == 0 else {
                throw .unsupported(path: "caption", reason: "text cannot be drawn: \(Vips.takeError())")
            }
            defer { cvips_free(samples) }
            let bytes = UnsafeRawBufferPointer(start: samples, count: Int(width) * Int(height))
            return Image(width: Int(width), height: Int(height), channels: 1, samples: bytes.map { Float($0) / 255 })
        }
    }
}
