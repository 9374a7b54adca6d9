import Pixels

/// How a photo is to be restored.
public struct UpscalingOptions: Sendable {
    /// The blur on the enlarged grid, where it is known; else it is estimated. Systems that take no kernel ignore it.
    public var kernel: BlurKernel?
    /// Whether a blur that varies over the photo is followed. Takes longer.
    public var isSpatial = false
    /// Border, tiles and noise.
    public var restoration = Restoration.Options()

    public init(kernel: BlurKernel? = nil, isSpatial: Bool = false, restoration: Restoration.Options = .init()) {
        self.kernel = kernel
        self.isSpatial = isSpatial
        self.restoration = restoration
    }
}

/// What takes time when a photo is restored.
public enum UpscalingStage: Sendable {
    case estimating, mapping, restoring
}

/// Told of the finished part, 0…1, of each stage; what it throws ends the work.
public typealias StageHandler = (UpscalingStage, Double) throws -> Void

/// What was found out about a photo when it was restored.
public struct Findings: Sendable {
    /// The kernel that was used; nil where a system that speaks of none made the image.
    public let estimate: KernelEstimate?
    /// Where a mild kernel took the place of an estimate: why, as part of a sentence.
    public let doubt: String?
    /// The blur from place to place, where it was asked for.
    public let map: KernelMap?
    /// The standard deviation of the noise that was reckoned with, for samples in 0…1.
    public let noise: Double
}

extension BlindSystem {
    /// Estimates the blur where it is not given, with a mild kernel where it cannot be told, and restores.
    ///
    /// - Parameter lr: RGB or grey in 0…1.
    /// - Returns: The image, not clipped, on the grid whose pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: ``UpscalingError``, ``EstimationError``, ``ModelError``, `TorchError`, what `progress` throws.
    public func upscale(
        _ lr: Image, options: UpscalingOptions = .init(), progress: StageHandler = { _, _ in }
    ) throws -> (image: Image, findings: Findings) {
        var assembly = ImageAssembly(height: lr.height * scale)
        let findings = try upscale(lr, options: options, progress: progress) { assembly.add($0) }
        return (assembly.result(), findings)
    }

    /// The same in bands of rows: the whole result is never held.
    ///
    /// - Parameter rows: Gets the rows of the result, not clipped, from the top to the bottom, some at a time.
    public func upscale(
        _ lr: Image, options: UpscalingOptions, progress: StageHandler, rows: (Image) throws -> Void
    ) throws -> Findings {
        var settings = options.restoration
        func restoring(_ part: Double) throws { try progress(.restoring, part) }
        if let whole {
            let kernel = try BlindRestoration(upscaler: whole, options: settings)(lr, scale: scale, progress: restoring, rows: rows)
            return Findings(estimate: kernel.map { KernelEstimate(kernel: $0) }, doubt: nil, map: nil, noise: settings.noise ?? 0)
        }
        let (estimate, doubt) =
            try options.kernel.map { (KernelEstimate(kernel: $0), nil) } ?? trustedKernel(lr) { try progress(.estimating, $0) }
        settings.noise = settings.noise ?? estimate.noise
        settings.confidence = estimate.confidence?.expected
        let map =
            options.isSpatial && options.kernel == nil && doubt == nil
            ? try estimateMap(lr, whole: estimate) { try progress(.mapping, $0) } : nil
        let blur: Restoration.Blur = map.map { $0.isUniform ? .kernel(estimate.kernel) : .map($0) } ?? .kernel(estimate.kernel)
        try restoration(settings)(lr, blur, scale: scale, progress: restoring, rows: rows)
        return Findings(estimate: estimate, doubt: doubt, map: map, noise: settings.noise ?? 0)
    }
}
