import Pixels

/// Enlarges photos of any size with a blind system, as ``Restoration`` does with a non-blind one.
public struct BlindRestoration {
    private let upscaler: any BlindUpscaler
    private let options: Restoration.Options

    public init(upscaler: any BlindUpscaler, options: Restoration.Options = .init()) {
        self.upscaler = upscaler
        self.options = options
    }

    /// - Parameter progress: Called after each tile with the share that is done, 1 at the end. What it throws ends the work.
    /// - Returns: `scale` times as wide and high, with as many channels, not clipped; of several tiles the kernel that was found in the middle one.
    /// - Throws: `UpscalingError`, what the system throws, what `progress` throws.
    public func callAsFunction(_ lr: Image, scale: Int, progress: ProgressHandler = { _ in }) throws -> BlindResult {
        guard upscaler.scales.contains(scale) else { throw UpscalingError.scale(scale, supported: upscaler.scales) }
        guard upscaler.mayBeTiled else {
            let result = try upscaler.upscale(lr, scale: scale, progress: progress)
            return BlindResult(image: try result.image.finite(), kernel: result.kernel)
        }
        let tiles = TiledWork(scale: scale, border: options.border, side: options.tile)
        var kernel: BlurKernel?
        let image = try tiles(lr, progress: progress) { window, core in
            let result = try upscaler.upscale(window, scale: scale)
            let (x, y) = (lr.width / 2, lr.height / 2)
            if core.x <= x, core.y <= y { kernel = result.kernel ?? kernel }
            return result.image
        }
        return BlindResult(image: image, kernel: kernel)
    }
}
