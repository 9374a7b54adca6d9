import Pixels

/// Where decoded rows go: planar floats, upright; the sample type's largest value becomes 1.
struct UprightRows {
    private let colour: UnsafeMutablePointer<Float>
    private let alpha: UnsafeMutablePointer<Float>?
    private let width: Int
    private let plane: Int
    private let channels: Int
    private let bits: Int
    private let place: (origin: Int, columnStep: Int, rowStep: Int)

    /// - Parameters:
    ///   - colour: Room for `channels` planes of `width × height` samples.
    ///   - alpha: Room for one more; nil where rows hold no opacity.
    init(
        colour: UnsafeMutablePointer<Float>, alpha: UnsafeMutablePointer<Float>?, width: Int, height: Int, channels: Int, bits: Int,
        orientation: Orientation
    ) {
        self.colour = colour
        self.alpha = alpha
        self.width = width
        plane = width * height
        self.channels = channels
        self.bits = bits
        place = orientation.placement(width: width, height: height)
    }

    /// Puts row `y` of the stored picture where it belongs.
    func take(_ row: UnsafeRawPointer, y: Int) {
        if bits == 16 { take(row.assumingMemoryBound(to: UInt16.self), y) } else { take(row.assumingMemoryBound(to: UInt8.self), y) }
    }

    private func take<Sample: FixedWidthInteger & UnsignedInteger>(_ row: UnsafePointer<Sample>, _ y: Int) {
        let stored = channels + (alpha == nil ? 0 : 1)
        for channel in 0..<stored {
            let target = channel < channels ? colour + channel * plane : alpha!
            var to = place.origin + y * place.rowStep
            for x in 0..<width {
                (target + to).initialize(to: Float(row[x * stored + channel]) / Float(Sample.max))
                to += place.columnStep
            }
        }
    }
}

/// How the samples of an image lie in the rows of a file.
struct PixelLayout: Sendable, Equatable {
    /// Channels of colour, 1 or 3.
    let channels: Int
    /// Whether opacity follows the colour.
    let hasAlpha: Bool
    /// 8 or 16 bits per sample.
    let bits: Int

    /// What a format holds of a photo.
    init(_ photo: Photo, format: ImageFormat) {
        channels = photo.colour.channels
        hasAlpha = photo.alpha != nil && format.holdsAlpha
        bits = photo.bitsPerSample == 16 && format.holdsDepth ? 16 : 8
    }

    var samplesPerPixel: Int { channels + (hasAlpha ? 1 : 0) }
    var bytesPerPixel: Int { samplesPerPixel * bits / 8 }

    /// Interleaves `width` pixels of row `y` from column `x` on: clipped to 0…1, rounded to the nearest level. Opacity that the layout does
    /// not hold is laid onto white.
    func interleave(_ colour: Image, _ alpha: Image?, x: Int, y: Int, width: Int, into pixels: UnsafeMutableRawPointer) {
        if bits == 16 {
            let pixels = pixels.assumingMemoryBound(to: UInt16.self)
            interleave(colour, alpha, x, y, width, Image.level16Bit) { pixels[$0] = $1 }
        } else {
            let pixels = pixels.assumingMemoryBound(to: UInt8.self)
            interleave(colour, alpha, x, y, width, Image.level8Bit) { pixels[$0] = $1 }
        }
    }

    @inline(__always)
    private func interleave<Sample>(
        _ colour: Image, _ alpha: Image?, _ x: Int, _ y: Int, _ width: Int, _ level: (Float) -> Sample, _ store: (Int, Sample) -> Void
    ) {
        let stride = samplesPerPixel
        func opacity(_ body: (UnsafePointer<Float>?) -> Void) {
            guard let alpha else { return body(nil) }
            alpha.samples.withUnsafeBufferPointer { body($0.baseAddress! + y * alpha.width + x) }
        }
        colour.samples.withUnsafeBufferPointer { samples in
            opacity { opacity in
                for channel in 0..<channels {
                    let row = samples.baseAddress! + (channel * colour.height + y) * colour.width + x
                    if let opacity, !hasAlpha {
                        for i in 0..<width { store(i * stride + channel, level(opacity[i] * row[i] + (1 - opacity[i]))) }
                    } else {
                        for i in 0..<width { store(i * stride + channel, level(row[i])) }
                    }
                }
                if hasAlpha, let opacity {
                    for i in 0..<width { store(i * stride + channels, level(opacity[i])) }
                }
            }
        }
    }
}
