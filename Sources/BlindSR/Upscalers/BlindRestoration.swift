import Pixels

/// Enlarges photos of any size with a blind system, as ``Restoration`` does with a non-blind one.
struct BlindRestoration {
    let upscaler: any BlindUpscaler
    let options: Restoration.Options

    /// - Parameters:
    ///   - progress: Called after each tile with the share that is done, 1 at the end. What it throws ends the work.
    ///   - rows: Gets the rows of the result, not clipped, from the top to the bottom, some at a time.
    /// - Returns: The kernel that was found, of several tiles the one in the middle; nil where the system does not say.
    /// - Throws: `UpscalingError`, what the system throws, what `progress` and `rows` throw.
    func callAsFunction(
        _ lr: Image, scale: Int, progress: ProgressHandler, rows: (Image) throws -> Void
    ) throws -> BlurKernel? {
        guard upscaler.scales.contains(scale) else { throw UpscalingError.scale(scale, supported: upscaler.scales) }
        guard upscaler.mayBeTiled else {
            let result = try upscaler.upscale(lr, scale: scale, progress: progress)
            try rows(result.image.finite())
            return result.kernel
        }
        var kernel: BlurKernel?
        let work = TiledWork(scale: scale, options: options, bytesPerPixel: upscaler.bytesPerPixel)
        try work(lr, progress: progress, rows: rows) { window, core in
            let result = try upscaler.upscale(window, scale: scale)
            if core.x <= lr.width / 2, core.y <= lr.height / 2 { kernel = result.kernel ?? kernel }
            return result.image
        }
        return kernel
    }
}
