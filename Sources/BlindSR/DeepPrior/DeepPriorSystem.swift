import Foundation
import Pixels
import Torch

/// A system that fits image and kernel to one photo, from nothing (DIP-FKP, Double-DIP): slow, and bound to no training photos.
protocol DeepPriorSystem: KernelEstimator, BlindUpscaler {
    var settings: DeepPriorSettings { get }
    var device: Device { get }

    /// Where the search for the kernel begins.
    func makePrior(scale: Int) throws(TorchError) -> any KernelPrior
    /// What the search found, on this library's grid, the kernel in the middle of its canvas.
    func aligned(_ image: Image, _ kernel: BlurKernel) -> (image: Image, kernel: BlurKernel)
}

/// How long is searched, with what, and from where.
public struct DeepPriorSettings: Sendable {
    /// The authors: 1000.
    public var iterations = 1000
    /// The image network.
    public var network = SkipNetwork.Configuration.published
    /// Of the network's first parameters, its noise and the first kernel.
    public var seed: UInt64 = 5

    public init() {}
}

extension DeepPriorSystem {
    public var mayBeTiled: Bool { false }
    public var smallestSide: Int { 16 }

    /// The longest side on the HR grid that is searched at once, in about 2 GB. What is larger is searched in tiles.
    private var largestSide: Int { 512 }
    /// LR pixels around a tile that are searched and thrown away.
    private var context: Int { 16 }

    /// The kernel of the photo, or of its middle where it is large.
    ///
    /// - Throws: ``EstimationError``, `TorchError`, what `progress` throws.
    public func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate {
        try check(lr, scale: scale)
        let (width, height) = (min(lr.width, largestSide / scale), min(lr.height, largestSide / scale))
        let part = lr.cropped(x: (lr.width - width) / 2, y: (lr.height - height) / 2, width: width, height: height)
        return KernelEstimate(kernel: try search(part, scale: scale, progress: progress).kernel)
    }

    /// The image of the search itself, and the kernel. In a photo that is searched in tiles, the kernel is that of the middle one.
    ///
    /// - Throws: ``UpscalingError``, `TorchError`, what `progress` throws.
    public func upscale(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> BlindResult {
        guard scales.contains(scale) else { throw UpscalingError.scale(scale, supported: scales) }
        let plan = TilePlan(
            width: lr.width, height: lr.height, scale: scale, tile: largestSide / scale - 2 * context, context: context)
        var blender = TileBlender(plan: plan, channels: lr.channels)
        var assembly = ImageAssembly(height: lr.height * scale)
        var middle: (distance: Double, kernel: BlurKernel)?
        for (index, tile) in plan.tiles.enumerated() {
            let found = try search(lr.cropped(tile.source), scale: scale) { try progress((Double(index) + $0) / Double(plan.tiles.count)) }
            if let rows = blender.add(found.image) { assembly.add(rows) }
            let distance = hypot(
                Double(tile.core.x) + Double(tile.core.width - lr.width) / 2, Double(tile.core.y) + Double(tile.core.height - lr.height) / 2
            )
            if distance < middle?.distance ?? .infinity { middle = (distance, found.kernel) }
        }
        return BlindResult(image: assembly.result(), kernel: middle?.kernel)
    }

    /// Searches the image and the kernel of a part of a photo.
    func search(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> (image: Image, kernel: BlurKernel) {
        let sides = [lr.height, lr.width].map { max(SkipNetwork.smallestSide, $0 * scale) }
        let search = try DeepPriorSearch(
            lr: lr.rgbTensor(device: device),
            noise: .searchNoise(shape: [1, settings.network.inputs] + sides, seed: settings.seed, device: device), scale: scale,
            network: SkipNetwork(settings.network, seed: settings.seed, device: device), prior: makePrior(scale: scale),
            isFast: settings.network.isFastInBFloat16)
        for iteration in 1..<settings.iterations {
            _ = try search.step(iteration)
            try progress(Double(iteration) / Double(settings.iterations))
        }
        let state = try search.step(settings.iterations)
        guard try state.image.isFinite(), try state.kernel.isFinite() else { throw UpscalingError.notFinite }
        let size = state.kernel.shape
        let values = try state.kernel.detached().floats().map { max($0, 0) }
        let result = aligned(
            try Image(state.image.detached(), grey: lr.channels == 1),
            try BlurKernel(height: size[2], width: size[3], values: values, normalize: true))
        try progress(1)
        return result
    }
}
