import Imaging
import Pixels
import Testing

/// All suites that use libvips; they run one after another.
@Suite(.serialized) enum ImagingTests {}

/// A smooth picture whose corners all differ: red grows to the right, green downwards, blue along the diagonal.
func gradient(width: Int, height: Int) -> Image {
    var image = Image(width: width, height: height, channels: 3)
    for y in 0..<height {
        for x in 0..<width {
            image[x, y, 0] = Float(x) / Float(max(width - 1, 1))
            image[x, y, 1] = Float(y) / Float(max(height - 1, 1))
            image[x, y, 2] = Float(x + y) / Float(max(width + height - 2, 1))
        }
    }
    return image.rounded8Bit()
}

func largestDifference(_ a: Image, _ b: Image) -> Float {
    guard a.width == b.width, a.height == b.height, a.channels == b.channels else { return .infinity }
    return zip(a.samples, b.samples).map { abs($0 - $1) }.max() ?? 0
}

/// What `body` throws, if it is an `ImagingError`.
func refusal(_ body: () throws -> Void) -> ImagingError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ImagingError
    }
}
