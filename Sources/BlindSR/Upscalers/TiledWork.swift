import Pixels

/// How photos of any size go through a system: the border is continued, tiles are enlarged one by one and blended, the result is checked.
struct TiledWork {
    /// LR pixels around a photo and around a tile that are computed and thrown away. On photos blurred by known kernels 40 leave the
    /// result within 1/255 of what 72 give (2/255 at single pixels of the worst); 24 leave 3/255 to 4/255, none 200/255 and more.
    static let leastContext = 40
    /// Side of a tile with its context on the enlarged grid; 1024 keep a tile of USRNet-tiny below 1 GB.
    static let enlargedSide = 1024

    /// The smallest tile in LR pixels that a memory limit makes: smaller ones cost far more time than they save memory.
    static let smallestTile = 48

    let scale: Int
    let options: Restoration.Options
    /// What the system takes at work for each pixel of an enlarged tile.
    let bytesPerPixel: Int
    /// Side of the largest kernel on the enlarged grid.
    var kernelSide = 0
    /// The longest side of a tile where it is chosen, also where the whole photo would do.
    var longest: Int?

    /// - Parameters:
    ///   - progress: Called after each tile with the share that is done, 1 at the end.
    ///   - rows: Gets the rows of the enlarged image, not clipped, from the top to the bottom, some at a time.
    ///   - enlarge: Gets pixels of `lr` with context, and the part of `lr` to which they contribute.
    func callAsFunction(
        _ lr: Image, progress: ProgressHandler, rows: (Image) throws -> Void, enlarge: (Image, Rectangle) throws -> Image
    ) throws {
        // Wide kernels need more room than the usual.
        let context = (max(Self.leastContext, 2 * ((kernelSide + scale - 1) / scale)) + 7) / 8 * 8
        let periodic = PeriodicImage(lr, margin: options.border == .extend ? context : 0)
        let plan = try plan(width: lr.width, height: lr.height, channels: lr.channels, context: context)
        guard plan.tiles.count > 1 else {
            let enlarged = try enlarge(periodic.period, plan.tiles[0].core).finite()
            let origin = periodic.origin * scale
            try rows(enlarged.cropped(x: origin, y: origin, width: lr.width * scale, height: lr.height * scale))
            return try progress(1)
        }
        var blender = TileBlender(plan: plan, channels: lr.channels)
        for (index, tile) in plan.tiles.enumerated() {
            let window = Self.window(around: tile.source, width: lr.width, height: lr.height, context: context)
            let enlarged = try enlarge(periodic.window(window), tile.core).finite()
            let finished = blender.add(
                enlarged.cropped(
                    x: (tile.source.x - window.x) * scale, y: (tile.source.y - window.y) * scale,
                    width: tile.source.width * scale, height: tile.source.height * scale))
            if let finished { try rows(finished) }
            try progress(Double(index + 1) / Double(plan.tiles.count))
        }
    }

    /// The tiles: of the side that is wanted, else as large as they may be by usual, by ``longest`` and by the memory.
    ///
    /// - Throws: `UpscalingError.memory`.
    private func plan(width: Int, height: Int, channels: Int, context: Int) throws(UpscalingError) -> TilePlan {
        func plan(_ tile: Int) -> TilePlan {
            TilePlan(width: width, height: height, scale: scale, tile: tile, context: context, whole: longest == nil ? nil : tile)
        }
        if let tile = options.tile { return plan(tile) }
        let usual = options.border == .circular ? max(width, height) : max(128, Self.enlargedSide / scale - 2 * context)
        var tile = min(usual, longest ?? usual)
        guard let limit = options.memory else { return plan(tile) }
        let period = 4 * channels * (width + 2 * context) * (height + 2 * context)
        while true {
            let plan = plan(tile)
            let needed = period + memory(plan, channels: channels, context: context)
            if needed <= limit { return plan }
            guard tile > Self.smallestTile else { throw .memory(needed: needed, limit: limit) }
            tile = max(Self.smallestTile, tile * 7 / 8)
        }
    }

    /// Bytes that the largest tile takes at work, and the rows that tiles have begun: those, what is finished of them, and a copy.
    private func memory(_ plan: TilePlan, channels: Int, context: Int) -> Int {
        let windows = plan.tiles.map { Self.window(around: $0.source, width: plan.width, height: plan.height, context: context) }
        let pixels = windows.map { $0.width * $0.height }.max()! * scale * scale
        let rows = plan.tiles.map(\.core.height).max()! * scale
        return pixels * bytesPerPixel + 4 * channels * plan.width * scale * rows * (plan.tiles.count > 1 ? 3 : 2)
    }

    /// A tile's source, with the context that it lacks where it meets the image's border.
    private static func window(around source: Rectangle, width: Int, height: Int, context: Int) -> Rectangle {
        let left = source.x == 0 ? context : 0
        let top = source.y == 0 ? context : 0
        let right = source.x + source.width == width ? context : 0
        let bottom = source.y + source.height == height ? context : 0
        return Rectangle(
            x: source.x - left, y: source.y - top, width: source.width + left + right, height: source.height + top + bottom)
    }
}

extension Image {
    /// The image itself; throws where a sample is no number.
    func finite() throws(UpscalingError) -> Image {
        guard samples.allSatisfy(\.isFinite) else { throw .notFinite }
        return self
    }
}
