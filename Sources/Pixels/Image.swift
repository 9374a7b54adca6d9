/// A planar image of 32-bit floats: sRGB-encoded samples whose nominal range is 0 to 1.
///
/// Plane after plane, each row by row from the top left: `samples[(c * height + y) * width + x]`, so that an image
/// is the memory of a tensor of shape `channels × height × width`. Values outside 0…1 are allowed between two steps.
public struct Image: Sendable, Equatable {
    /// Columns, at least 1.
    public let width: Int
    /// Rows, at least 1.
    public let height: Int
    /// 1 (grey) or 3 (red, green, blue).
    public let channels: Int
    /// All samples; their number stays `channels × height × width`.
    public var samples: [Float]

    /// An image over existing samples; their count must be `channels × height × width`.
    public init(width: Int, height: Int, channels: Int, samples: [Float]) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        precondition(channels == 1 || channels == 3, "an image is grey (1 channel) or RGB (3 channels)")
        precondition(samples.count == channels * height * width, "an image has channels × height × width samples")
        self.width = width
        self.height = height
        self.channels = channels
        self.samples = samples
    }

    /// An image that holds one value everywhere.
    public init(width: Int, height: Int, channels: Int, repeating value: Float = 0) {
        self.init(
            width: width, height: height, channels: channels, samples: [Float](repeating: value, count: channels * height * width))
    }

    /// The sample at column `x`, row `y`, channel `c`.
    public subscript(x: Int, y: Int, c: Int) -> Float {
        get { samples[(c * height + y) * width + x] }
        _modify { yield &samples[(c * height + y) * width + x] }
    }

    /// Every sample clipped to 0…1 and rounded to the nearest multiple of 1/255 (ties to even); not-a-number becomes 0.
    public func rounded8Bit() -> Image {
        var rounded = self
        rounded.samples.withUnsafeMutableBufferPointer { samples in
            for i in samples.indices { samples[i] = Float(Self.level8Bit(samples[i])) / 255 }
        }
        return rounded
    }

    /// The nearest of the 8-bit levels 0…255 for a sample (ties to even); what lies outside 0…1 is clipped, not-a-number becomes 0.
    @inlinable public static func level8Bit(_ sample: Float) -> UInt8 {
        let clipped: Float = sample > 0 ? (sample < 1 ? sample : 1) : 0
        // At 2²³ the spacing of floats is one: the sum is rounded by the addition, and its low bits are the level. A call of
        // `rounded` costs several times as much where the processor's baseline has no instruction for it.
        return UInt8(truncatingIfNeeded: (clipped * 255 + 8_388_608).bitPattern)
    }

    /// The nearest of the 16-bit levels 0…65535 for a sample, as for 8 bits.
    @inlinable public static func level16Bit(_ sample: Float) -> UInt16 {
        let clipped: Float = sample > 0 ? (sample < 1 ? sample : 1) : 0
        return UInt16(truncatingIfNeeded: (clipped * 65_535 + 8_388_608).bitPattern)
    }

    /// The part of the image whose top-left pixel is (`x`, `y`); it must lie inside the image.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
        precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "a crop lies inside its image")
        var crop = [Float]()
        crop.reserveCapacity(channels * height * width)
        for channel in 0..<channels {
            for row in y..<y + height {
                let start = (channel * self.height + row) * self.width + x
                crop.append(contentsOf: samples[start..<start + width])
            }
        }
        return Image(width: width, height: height, channels: channels, samples: crop)
    }

    /// The part of the image inside `rectangle`.
    public func cropped(_ rectangle: Rectangle) -> Image {
        cropped(x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height)
    }

    /// The largest top-left part whose width and height are multiples of `factor`; both sides must hold at least one.
    public func cropped(toMultipleOf factor: Int) -> Image {
        cropped(x: 0, y: 0, width: width - width % factor, height: height - height % factor)
    }

    /// Copies an image onto this one, which holds it whole and has as many channels or three; `left` and `top` are the place of its top-left pixel.
    public mutating func draw(_ image: Image, x left: Int, y top: Int) {
        precondition(left >= 0 && top >= 0 && left + image.width <= width && top + image.height <= height, "what is drawn lies inside")
        samples.withUnsafeMutableBufferPointer { to in
            image.samples.withUnsafeBufferPointer { from in
                for channel in 0..<channels {
                    let plane = min(channel, image.channels - 1) * image.height
                    for y in 0..<image.height {
                        to.baseAddress!.advanced(by: (channel * height + top + y) * width + left).update(
                            from: from.baseAddress!.advanced(by: (plane + y) * image.width), count: image.width)
                    }
                }
            }
        }
    }
}
