import Pixels

/// How a photo is to be restored.
public struct UpscalingOptions: Sendable {
    /// The blur on the enlarged grid, where it is known; else it is estimated.
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

/// A restored photo, and what was found out on the way.
public struct Upscaling: Sendable {
    /// What takes time.
    public enum Stage: Sendable {
        case estimating, mapping, restoring
    }

    /// Told of the finished part of each stage; what it throws ends the work.
    public typealias StageHandler = (Stage, Double) throws -> Void

    /// Not clipped.
    public let image: Image
    /// The kernel that was used; nil where a system without kernels made the image.
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
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - options: A kernel is ignored by systems that take none.
    /// - Throws: ``UpscalingError``, ``EstimationError``, ``ModelError``, `TorchError`, what `progress` throws.
    public func upscale(
        _ lr: Image, options: UpscalingOptions = .init(), progress: Upscaling.StageHandler = { _, _ in }
    ) throws -> Upscaling {
        var settings = options.restoration
        if isWhole {
            let result = try enlarge(lr, options: settings) { try progress(.restoring, $0) }
            return Upscaling(
                image: result.image, estimate: result.kernel.map { KernelEstimate(kernel: $0) }, doubt: nil, map: nil,
                noise: settings.noise ?? 0)
        }
        let (estimate, doubt) =
            try options.kernel.map { (KernelEstimate(kernel: $0), nil) } ?? trustedKernel(lr) { try progress(.estimating, $0) }
        settings.noise = settings.noise ?? estimate.noise
        settings.confidence = estimate.confidence?.expected
        let map =
            options.isSpatial && options.kernel == nil && doubt == nil
            ? try estimateMap(lr, whole: estimate) { try progress(.mapping, $0) } : nil
        let image: Image
        if let map, !map.isUniform {
            image = try restore(lr, map: map, options: settings) { try progress(.restoring, $0) }
        } else {
            image = try restore(lr, kernel: estimate.kernel, options: settings) { try progress(.restoring, $0) }
        }
        return Upscaling(image: image, estimate: estimate, doubt: doubt, map: map, noise: settings.noise ?? 0)
    }
}
