extension Image {
    /// The luma plane of ITU-R BT.601 in studio range (16…235 for samples in 0…1), `height × width` values, unrounded:
    /// Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255 with R, G, B in 0…255. A grey image counts as R = G = B.
    public func luma() -> [Double] {
        let count = width * height
        let isGrey = channels == 1
        return samples.withUnsafeBufferPointer { samples in
            [Double](unsafeUninitializedCapacity: count) { luma, initialized in
                for i in 0..<count {
                    let red = Image.level(samples[i])
                    let green = isGrey ? red : Image.level(samples[count + i])
                    let blue = isGrey ? red : Image.level(samples[2 * count + i])
                    luma.initializeElement(at: i, to: 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255)
                }
                initialized = count
            }
        }
    }

    /// One channel in the range 0…255, `height × width` values.
    func levels(channel: Int) -> [Double] {
        samples[channel * width * height..<(channel + 1) * width * height].map(Image.level)
    }

    /// A sample in the range 0…255. The product is taken in single precision, where k/255 · 255 is exactly k for every
    /// 8-bit k, so that metrics of 8-bit images carry no rounding of the samples.
    private static func level(_ sample: Float) -> Double { Double(sample * 255) }
}
