import Pixels

/// Conversion between libvips's interleaved integers and the planar floats of `Image`.
enum PixelConversion {
    /// Interleaved stored pixels as an upright planar image; the sample type's largest value becomes 1.
    static func image<Sample: FixedWidthInteger & UnsignedInteger>(
        _ stored: UnsafeBufferPointer<Sample>, width: Int, height: Int, channels: Int, orientation: Orientation
    ) -> Image {
        let place = orientation.placement(width: width, height: height)
        let plane = width * height
        let samples = [Float](unsafeUninitializedCapacity: plane * channels) { samples, initialized in
            for y in 0..<height {
                for channel in 0..<channels {
                    var from = y * width * channels + channel
                    var to = channel * plane + place.origin + y * place.rowStep
                    for _ in 0..<width {
                        samples.initializeElement(at: to, to: Float(stored[from]) / Float(Sample.max))
                        from += channels
                        to += place.columnStep
                    }
                }
            }
            initialized = plane * channels
        }
        let swaps = orientation.swapsSides
        return Image(width: swaps ? height : width, height: swaps ? width : height, channels: channels, samples: samples)
    }

    /// Planar floats as interleaved 8-bit samples: clipped to 0…1, rounded to the nearest level.
    static func interleaved8Bit(_ image: Image) -> [UInt8] {
        let plane = image.width * image.height
        let channels = image.channels
        return image.samples.withUnsafeBufferPointer { samples in
            [UInt8](unsafeUninitializedCapacity: plane * channels) { bytes, initialized in
                for channel in 0..<channels {
                    for i in 0..<plane {
                        bytes.initializeElement(at: i * channels + channel, to: Image.level8Bit(samples[channel * plane + i]))
                    }
                }
                initialized = plane * channels
            }
        }
    }
}
