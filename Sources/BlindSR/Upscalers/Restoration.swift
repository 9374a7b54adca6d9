import Pixels

/// Enlarges photos of any size with a non-blind system: continues the border, works tile by tile and checks the result.
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

        public init(border: Border = .extend, tile: Int? = nil, noise: Double? = nil, confidence: Double? = nil) {
            self.border = border
            self.tile = tile
            self.noise = noise
            self.confidence = confidence
        }
    }

    /// LR pixels around a photo and around a tile that are computed and thrown away. On photos blurred by known kernels 40 leave the
    /// result within 1/255 of what 72 give (2/255 at single pixels of the worst); 24 leave 3/255 to 4/255, none 200/255 and more.
    static let context = 40
    /// Side of a tile with its context on the enlarged grid; 1024 keep a tile of USRNet-tiny below 1 GB.
    static let enlargedSide = 1024
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

    /// - Parameters:
    ///   - lr: RGB or grey, 0…1.
    ///   - kernel: The blur on the enlarged grid.
    ///   - scale: One of the system's scales.
    ///   - progress: Called after each tile with the share that is done, 1 at the end. What it throws ends the work.
    /// - Returns: `scale` times as wide and high, with as many channels, not clipped; its pixels 0, s, 2s, … are those of `lr`.
    /// - Throws: `UpscalingError`, what the system throws, what `progress` throws.
    public func callAsFunction(
        _ lr: Image, kernel: BlurKernel, scale: Int, progress: (Double) throws -> Void = { _ in }
    ) throws -> Image {
        try restored(lr, scale: scale, kernelSide: max(kernel.height, kernel.width), progress: progress) { _ in kernel }
    }

    /// The same for a blur that varies: every tile is restored with the kernel of its place, and neighbours fade into one another.
    ///
    /// Without a tile size of the caller's, tiles are as small as the map is steep, within bounds: the context around small ones costs time.
    public func callAsFunction(
        _ lr: Image, map: KernelMap, scale: Int, progress: (Double) throws -> Void = { _ in }
    ) throws -> Image {
        precondition(map.width == lr.width && map.height == lr.height, "a map belongs to one photo")
        let longest = map.isUniform ? nil : max(Self.smallestMapTile, Int(min(Self.largestChange / map.steepness, 1e6)))
        return try restored(lr, scale: scale, kernelSide: map.kernelSize, longestTile: longest, progress: progress, kernel: map.kernel)
    }

    /// - Parameter kernel: The blur in a tile, in LR pixels.
    private func restored(
        _ lr: Image, scale: Int, kernelSide: Int, longestTile: Int? = nil, progress: (Double) throws -> Void,
        kernel: (Rectangle) -> BlurKernel
    ) throws -> Image {
        guard upscaler.scales.contains(scale) else { throw UpscalingError.scale(scale, supported: upscaler.scales) }
        // Wide kernels need more room than the usual.
        let context = (max(Self.context, 2 * ((kernelSide + scale - 1) / scale)) + 7) / 8 * 8
        let periodic = PeriodicImage(lr, margin: options.border == .extend ? context : 0)
        let usual = tile(for: lr, scale: scale, context: context)
        let tile = options.tile ?? min(usual, longestTile ?? usual)
        let plan = TilePlan(
            width: lr.width, height: lr.height, scale: scale, tile: tile, context: context, whole: longestTile == nil ? nil : tile)
        guard plan.tiles.count > 1 else {
            let whole = Rectangle(x: 0, y: 0, width: lr.width, height: lr.height)
            let enlarged = try upscaled(periodic.period, kernel: kernel(whole), scale: scale)
            try progress(1)
            let origin = periodic.origin * scale
            return enlarged.cropped(x: origin, y: origin, width: lr.width * scale, height: lr.height * scale)
        }
        var blender = TileBlender(plan: plan, channels: lr.channels)
        for (index, tile) in plan.tiles.enumerated() {
            let window = Self.window(around: tile.source, in: lr, context: context)
            let enlarged = try upscaled(periodic.window(window), kernel: kernel(tile.core), scale: scale)
            blender.add(
                enlarged.cropped(
                    x: (tile.source.x - window.x) * scale, y: (tile.source.y - window.y) * scale,
                    width: tile.source.width * scale, height: tile.source.height * scale), tile: index)
            try progress(Double(index + 1) / Double(plan.tiles.count))
        }
        return blender.result()
    }

    private func upscaled(_ image: Image, kernel: BlurKernel, scale: Int) throws -> Image {
        let result = try upscaler.upscale(image, kernel: kernel, noise: options.noise ?? 0, confidence: options.confidence, scale: scale)
        guard result.samples.allSatisfy(\.isFinite) else { throw UpscalingError.notFinite }
        return result
    }

    /// Side of a tile in LR pixels.
    private func tile(for lr: Image, scale: Int, context: Int) -> Int {
        options.border == .circular ? max(lr.width, lr.height) : max(128, Self.enlargedSide / scale - 2 * context)
    }

    /// A tile's source, with the context that it lacks where it meets the image's border.
    private static func window(around source: Rectangle, in lr: Image, context: Int) -> Rectangle {
        let left = source.x == 0 ? context : 0
        let top = source.y == 0 ? context : 0
        let right = source.x + source.width == lr.width ? context : 0
        let bottom = source.y + source.height == lr.height ? context : 0
        return Rectangle(
            x: source.x - left, y: source.y - top, width: source.width + left + right, height: source.height + top + bottom)
    }
}
