import Pixels

/// How a photo is to be restored.
public struct UpscalingOptions: Sendable {
    /// The blur on the enlarged grid, where it is known or estimated already; else it is estimated. Systems that take no kernel ignore it.
    public var estimate: KernelEstimate?
    /// Whether a blur that varies over the photo is followed. Takes longer.
    public var isSpatial = false
    /// The part of the photo that is restored, in its pixels, as it is in the whole result; nil for all of it. The blur is that of the whole
    /// photo, and is not followed from place to place.
    public var part: Rectangle?
    /// Border, tiles and noise.
    public var restoration = Restoration.Options()

    /// Options for a blur that is to be estimated, or has been; the noise that an estimate tells of is used where `restoration` tells of none.
    public init(
        estimate: KernelEstimate? = nil, isSpatial: Bool = false, part: Rectangle? = nil, restoration: Restoration.Options = .init()
    ) {
        self.estimate = estimate
        self.isSpatial = isSpatial
        self.part = part
        self.restoration = restoration
    }

    /// Options for a blur that is known. The noise is estimated where `restoration` tells of none and the system's estimator looks for it.
    public init(kernel: BlurKernel, part: Rectangle? = nil, restoration: Restoration.Options = .init()) {
        self.init(estimate: KernelEstimate(kernel: kernel), part: part, restoration: restoration)
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
    /// The kernel that was estimated or given; nil where a system that speaks of none made the image.
    public let estimate: KernelEstimate?
    /// Where a mild kernel took the place of an estimate: why, as part of a sentence.
    public let doubt: String?
    /// The blur from place to place, where it was asked for.
    public let map: KernelMap?
    /// The standard deviation of the noise that was reckoned with, for samples in 0…1.
    public let noise: Double
    /// The weight files that were used, the estimator's first.
    public let weights: [WeightCard]
}

extension BlindSystem {
    /// Estimates the blur where it is not given, with a mild kernel where it cannot be told, and restores.
    ///
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1; a part lies inside.
    ///   - options: What is known of the blur, and how the photo is to be restored.
    ///   - progress: Told of each stage's progress; what it throws ends the work.
    /// - Returns: The image, not clipped, on the grid whose pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: ``UpscalingError``, ``EstimationError``, ``ModelError``, `TorchError`, what `progress` throws.
    public func upscale(
        _ lr: Image, options: UpscalingOptions = .init(), progress: StageHandler = { _, _ in }
    ) throws -> (image: Image, findings: Findings) {
        var assembly = ImageAssembly(height: (options.part?.height ?? lr.height) * scale)
        let findings = try upscale(lr, options: options, progress: progress) { assembly.add($0) }
        return (assembly.result(), findings)
    }

    /// The same in bands of rows: the whole result is never held.
    ///
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1; a part lies inside.
    ///   - options: What is known of the blur, and how the photo is to be restored.
    ///   - progress: Told of each stage's progress; what it throws ends the work.
    ///   - rows: Gets the rows of the result, not clipped, from the top to the bottom, some at a time.
    /// - Throws: As the other, and what `rows` throws.
    public func upscale(
        _ lr: Image, options: UpscalingOptions, progress: StageHandler, rows: (Image) throws -> Void
    ) throws -> Findings {
        guard let part = options.part else { return try restored(lr, of: lr, options: options, progress: progress, rows: rows) }
        // Networks pool by 8: the window begins where the whole image's grid has a step.
        let left = max(0, part.x - Self.partContext) / 8 * 8
        let top = max(0, part.y - Self.partContext) / 8 * 8
        let right = min(lr.width, part.x + part.width + Self.partContext)
        let bottom = min(lr.height, part.y + part.height + Self.partContext)
        let window = lr.cropped(x: left, y: top, width: right - left, height: bottom - top)
        var assembly = ImageAssembly(height: window.height * scale)
        let findings = try restored(window, of: lr, options: options, progress: progress) { assembly.add($0) }
        try rows(
            assembly.result().cropped(
                x: (part.x - left) * scale, y: (part.y - top) * scale, width: part.width * scale, height: part.height * scale))
        return findings
    }

    /// LR pixels around a part that are restored with it and thrown away: with them the part is within 1/255 of the whole result.
    private static let partContext = 72

    /// Restores a photo, or a window of it.
    ///
    /// - Parameter whole: The photo of which the blur is estimated.
    private func restored(
        _ lr: Image, of whole: Image, options: UpscalingOptions, progress: StageHandler, rows: (Image) throws -> Void
    ) throws -> Findings {
        var settings = options.restoration
        func restoring(_ part: Double) throws { try progress(.restoring, part) }
        if let blind {
            let kernel = try BlindRestoration(upscaler: blind, options: settings)(lr, scale: scale, progress: restoring, rows: rows)
            return Findings(
                estimate: kernel.map { KernelEstimate(kernel: $0) }, doubt: nil, map: nil, noise: settings.noise ?? 0, weights: weights)
        }
        let (estimate, doubt) =
            try options.estimate.map { ($0, nil) } ?? trustedKernel(whole) { try progress(.estimating, $0) }
        settings.noise = try settings.noise ?? estimate.noise ?? estimateNoise(whole)
        settings.confidence = estimate.confidence?.expected ?? settings.confidence
        let map =
            options.isSpatial && options.part == nil && options.estimate == nil && doubt == nil
            ? try estimateMap(lr, whole: estimate) { try progress(.mapping, $0) } : nil
        try restoring(0)
        let blur: Restoration.Blur =
            if let map, !map.isUniform { .map(estimate.restoringMap(map, scale: scale)) } else {
                .kernel(estimate.restoringKernel(scale: scale))
            }
        try restoration(for: estimate, settings)(lr, blur, scale: scale, progress: restoring, rows: rows)
        return Findings(
            estimate: estimate, doubt: doubt, map: map, noise: settings.noise ?? 0, weights: weights(for: estimate, noise: settings.noise))
    }
}
