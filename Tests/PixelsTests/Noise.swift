import Pixels

/// A picture of seeded noise in 0…1: the worst case for anything that should not alter a sample.
func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) -> Image {
    var state = seed
    let samples = (0..<width * height * channels).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 24)
    }
    return Image(width: width, height: height, channels: channels, samples: samples)
}
