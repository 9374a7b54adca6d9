import Pixels

/// Bicubic interpolation, the baseline of all tables.
public struct Bicubic: BlindUpscaler {
    /// Where the result's pixels lie.
    public enum Grid: Sendable {
        /// As a plain resizer has it: both images cover the same rectangle. Lies (s − 1)/2 HR pixels off what the degradation kept.
        case resizer
        /// On the degradation's grid: HR pixels 0, s, 2s, … are those of the LR image.
        case degradation
    }

    public let scales = [1, 2, 3, 4]
    public let mayBeTiled = true
    public let bytesPerPixel = 24
    private let grid: Grid

    public init(_ grid: Grid) { self.grid = grid }

    public func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) -> BlindResult {
        switch grid {
        case .resizer: BlindResult(image: lr.resizedBicubic(scale: Double(scale)))
        case .degradation: BlindResult(image: lr.enlargedOnModelGrid(scale: scale))
        }
    }
}
