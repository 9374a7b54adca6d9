/// How the stored pixels have to be turned to be upright, with the numbers of EXIF.
public enum Orientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirroredHorizontally
    case turnedHalf
    case mirroredVertically
    case transposed
    case turnedClockwise
    case transversed
    case turnedCounterclockwise

    /// Whether the upright picture's width is the stored picture's height.
    var swapsSides: Bool { rawValue >= 5 }

    /// Where the pixels of a stored picture of `width × height` go in the upright one: stored pixel (x, y) becomes sample
    /// `origin + x * columnStep + y * rowStep`.
    func placement(width: Int, height: Int) -> (origin: Int, columnStep: Int, rowStep: Int) {
        switch self {
        case .upright: (0, 1, width)
        case .mirroredHorizontally: (width - 1, -1, width)
        case .turnedHalf: (width * height - 1, -1, -width)
        case .mirroredVertically: ((height - 1) * width, 1, -width)
        case .transposed: (0, height, 1)
        case .turnedClockwise: (height - 1, height, -1)
        case .transversed: (width * height - 1, -height, -1)
        case .turnedCounterclockwise: ((width - 1) * height, -height, 1)
        }
    }
}
