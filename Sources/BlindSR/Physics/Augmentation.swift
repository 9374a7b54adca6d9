import Pixels

/// The eight ways to flip and turn a picture by quarters, for images and blur kernels alike.
///
/// A flip or turn of the image asks for the same of its kernel: `g(k) ⊗ g(x) = g(k ⊗ x)` for each element g.
public enum DihedralElement: Int, Sendable, CaseIterable {
    case identity
    /// A quarter turn from the x axis (right) towards the y axis (down), clockwise to the eye.
    case rotated90
    case rotated180
    case rotated270
    /// Left and right exchanged.
    case flippedHorizontally
    /// Top and bottom exchanged.
    case flippedVertically
    /// Rows and columns exchanged.
    case transposed
    /// Mirrored at the other diagonal.
    case antitransposed

    /// The element that undoes this one.
    public var inverse: DihedralElement {
        switch self {
        case .rotated90: .rotated270
        case .rotated270: .rotated90
        default: self
        }
    }

    /// Whether width and height change places.
    public var exchangesAxes: Bool {
        switch self {
        case .rotated90, .rotated270, .transposed, .antitransposed: true
        case .identity, .rotated180, .flippedHorizontally, .flippedVertically: false
        }
    }

    /// Where the pixel (`x`, `y`) of the result comes from in a picture of `width` × `height`.
    public func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .identity: (x, y)
        case .rotated90: (y, height - 1 - x)
        case .rotated180: (width - 1 - x, height - 1 - y)
        case .rotated270: (width - 1 - y, x)
        case .flippedHorizontally: (width - 1 - x, y)
        case .flippedVertically: (x, height - 1 - y)
        case .transposed: (y, x)
        case .antitransposed: (width - 1 - y, height - 1 - x)
        }
    }

    /// The flipped or turned kernel.
    public func apply(to kernel: BlurKernel) -> BlurKernel {
        let values = apply(to: kernel.values, width: kernel.width, height: kernel.height)
        return exchangesAxes
            ? BlurKernel(height: kernel.width, width: kernel.height, unchecked: values)
            : BlurKernel(height: kernel.height, width: kernel.width, unchecked: values)
    }

    /// The flipped or turned image.
    public func apply(to image: Image) -> Image {
        let plane = image.width * image.height
        let samples = (0..<image.channels).flatMap { channel in
            apply(to: Array(image.samples[channel * plane..<(channel + 1) * plane]), width: image.width, height: image.height)
        }
        return exchangesAxes
            ? Image(width: image.height, height: image.width, channels: image.channels, samples: samples)
            : Image(width: image.width, height: image.height, channels: image.channels, samples: samples)
    }

    /// The flipped or turned plane of `width` × `height` elements, row by row.
    func apply<Element>(to plane: [Element], width: Int, height: Int) -> [Element] {
        let (newWidth, newHeight) = exchangesAxes ? (height, width) : (width, height)
        var result: [Element] = []
        result.reserveCapacity(plane.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let source = source(x: x, y: y, width: width, height: height)
                result.append(plane[source.y * width + source.x])
            }
        }
        return result
    }
}
