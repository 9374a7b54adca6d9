import Pixels

/// Restores photos of any size with a non-blind system: continues the border, works tile by tile and checks the result.
public struct Restoration {
    /// What is assumed beyond the image's border.
    public enum Border: String, Sendable, CaseIterable {
        /// The photo is continued smoothly before it is restored and cut off afterwards, so that nothing rings. The default.
        case extend
        /// The image repeats itself, as in the literature's test protocol.
        case circular
    }

    public struct Options: Sendable, Equatable {
        /// What is assumed beyond the image's border.
        public var border: Border
        /// Side of a tile in LR pixels. Nil: chosen by the size of the output, and one tile under a circular border.
        public var tile: Int?
        /// Standard deviation of the noise, for samples in 0…1. Nil: what is estimated where something is, else 0.
        public var noise: Double?

        /// The expected kernel PSNR in dB; nil for a kernel that is known.
        public var confidence: Double?

        /// Bytes that may be taken beside those of the photo: tiles are made smaller to keep it. Nil for no limit.
        public var memory: Int?

        public init(border: Border = .extend, tile: Int? = nil, noise: Double? = nil, confidence: Double? = nil, memory: Int? = nil) {
            self.border = border
            self.tile = tile
            self.noise = noise
            self.confidence = confidence
            self.memory = memory
        }
    }

    /// The smallest tile in LR pixels that a map asks for.
    static let smallestMapTile = 96
    /// How much a map's log-covariance may change over a tile before smaller ones are taken: eigenvalues by ±10 % of the tile's.
    static let largestChange = 0.2

    private let upscaler: any NonBlindUpscaler
    private let options: Options

    public init(upscaler: any NonBlindUpscaler, options: Options = Options()) {
        self.upscaler = upscaler
        self.options = options
    }

    /// What is known of a photo's blur.
    enum Blur {
        /// The same everywhere.
        case kernel(BlurKernel)
        /// It varies: every tile is restored with the kernel of its place, and neighbours fade into one another. Without a tile size of the
        /// caller's, tiles are as small as the map is steep, within bounds: the context around small ones costs time. A system that may not
        /// be tiled is given the kernel of the middle.
        case map(KernelMap)
    }

    /// - Parameters:
    ///   - lr: RGB or grey, 0…1.
    ///   - kernel: The blur on the enlarged grid.
    ///   - scale: One of the system's scales.
    ///   - progress: Called after each tile with the share that is done, 1 at the end. What it throws ends the work.
    /// - Returns: `scale` times as wide and high, with as many channels, not clipped; its pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: `UpscalingError`, what the system throws, what `progress` throws.
    public func callAsFunction(
        _ lr: Image, kernel: BlurKernel, scale: Int, progress: ProgressHandler = { _ in }
    ) throws -> Image {
        try whole(lr, .kernel(kernel), scale: scale, progress: progress)
    }

    /// The same for a blur that varies.
    public func callAsFunction(
        _ lr: Image, map: KernelMap, scale: Int, progress: ProgressHandler = { _ in }
    ) throws -> Image {
        try whole(lr, .map(map), scale: scale, progress: progress)
    }

    private func whole(_ lr: Image, _ blur: Blur, scale: Int, progress: ProgressHandler) throws -> Image {
        var assembly = ImageAssembly(height: lr.height * scale)
        try self(lr, blur, scale: scale, progress: progress) { assembly.add($0) }
        return assembly.result()
    }

    /// The same in bands of rows, from the top to the bottom: the whole result is never held.
    func callAsFunction(
        _ lr: Image, _ blur: Blur, scale: Int, progress: ProgressHandler, rows: (Image) throws -> Void
    ) throws {
        guard upscaler.mayBeTiled else {
            let middle = Rectangle(x: lr.width / 2, y: lr.height / 2, width: 1, height: 1)
            return try rows(upscaled(lr, kernel: blur.kernel(over: middle), scale: scale, progress: progress).finite())
        }
        try tiles(blur, scale: scale)(lr, progress: progress, rows: rows) { window, core in
            try upscaled(window, kernel: blur.kernel(over: core), scale: scale)
        }
    }

    private func tiles(_ blur: Blur, scale: Int) -> TiledWork {
        var work = TiledWork(scale: scale, options: options, bytesPerPixel: upscaler.bytesPerPixel)
        switch blur {
        case .kernel(let kernel): work.kernelSide = max(kernel.height, kernel.width)
        case .map(let map):
            work.kernelSide = map.kernelSize
            if !map.isUniform { work.longest = max(Self.smallestMapTile, Int(min(Self.largestChange / map.steepness, 1e6))) }
        }
        return work
    }

    private func upscaled(_ image: Image, kernel: BlurKernel, scale: Int, progress: ProgressHandler = { _ in }) throws -> Image {
        guard upscaler.scales.contains(scale) else { throw UpscalingError.scale(scale, supported: upscaler.scales) }
        return try upscaler.upscale(
            image, kernel: kernel, noise: options.noise ?? 0, confidence: options.confidence, scale: scale, progress: progress)
    }
}

extension Restoration.Blur {
    /// The kernel of a part of the photo.
    fileprivate func kernel(over rectangle: Rectangle) -> BlurKernel {
        switch self {
        case .kernel(let kernel): kernel
        case .map(let map): map.kernel(over: rectangle)
        }
    }
}
