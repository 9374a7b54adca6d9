import Pixels

/// How photos of any size go through a system: the border is continued, tiles are enlarged one by one and blended, the result is checked.
struct TiledWork {
    /// LR pixels around a tile that are computed and thrown away. On photos blurred by known kernels 40 leave the result within 1/255 of
    /// what 72 give (2/255 at single pixels of the worst); 24 leave 3/255 to 4/255.
    static let leastContext = 40
    /// LR pixels by which a photo is continued beyond its border, where nothing is known: 40 instead change PSNR by 0.001 dB.
    static let leastMargin = 16
    /// What a tile may take: a tile of USRNet-tiny has 1024 pixels a side on the enlarged grid.
    static let usualMemory = 1 << 30

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
        let context = room(atLeast: Self.leastContext)
        let periodic = PeriodicImage(lr, margin: options.border == .extend ? room(atLeast: Self.leastMargin) : 0)
        let plan = try plan(periodic, context: context)
        guard plan.tiles.count > 1 else {
            let enlarged = try enlarge(periodic.period, plan.tiles[0].core).finite()
            let origin = periodic.origin * scale
            try rows(enlarged.cropped(x: origin, y: origin, width: lr.width * scale, height: lr.height * scale))
            return try progress(1)
        }
        var blender = TileBlender(plan: plan, channels: lr.channels)
        for (index, tile) in plan.tiles.enumerated() {
            let window = periodic.surroundings(of: tile.source, context: context)
            let enlarged = try enlarge(periodic.window(window), tile.core).finite()
            let finished = blender.add(
                enlarged.cropped(
                    x: (tile.source.x - window.x) * scale, y: (tile.source.y - window.y) * scale,
                    width: tile.source.width * scale, height: tile.source.height * scale))
            if let finished { try rows(finished) }
            try progress(Double(index + 1) / Double(plan.tiles.count))
        }
    }

    /// Wide kernels need more room than the usual.
    private func room(atLeast least: Int) -> Int { (max(least, 2 * ((kernelSide + scale - 1) / scale)) + 7) / 8 * 8 }

    /// The tiles: of the side that is wanted, else as large as they may be by usual and by ``longest``; smaller where the memory asks for it.
    ///
    /// - Throws: `UpscalingError.memory`.
    private func plan(_ photo: PeriodicImage, context: Int) throws(UpscalingError) -> TilePlan {
        func plan(_ tile: Int) -> TilePlan {
            TilePlan(
                width: photo.width, height: photo.height, scale: scale, tile: tile, context: context, whole: longest == nil ? nil : tile)
        }
        let side = Int((Double(Self.usualMemory) / Double(bytesPerPixel)).squareRoot()) / 128 * 128
        let usual = options.border == .circular ? max(photo.width, photo.height) : max(128, side / scale - 2 * context)
        var tile = options.tile ?? min(usual, longest ?? usual)
        guard let limit = options.memory else { return plan(tile) }
        while true {
            let plan = plan(tile)
            let needed = memory(plan, photo, context: context)
            if needed <= limit { return plan }
            guard tile > Self.smallestTile else { throw .memory(needed: needed, limit: limit) }
            tile = max(Self.smallestTile, tile * 7 / 8)
        }
    }

    /// Bytes of the photo's period, of the largest tile at work, and of the rows that tiles have begun: those, what is finished of them, a copy.
    private func memory(_ plan: TilePlan, _ photo: PeriodicImage, context: Int) -> Int {
        let windows = plan.tiles.map { photo.surroundings(of: $0.source, context: context) }
        let pixels = windows.map { $0.width * $0.height }.max()! * scale * scale
        let rows = plan.tiles.map(\.core.height).max()! * scale
        return 4 * photo.period.samples.count + pixels * bytesPerPixel
            + 4 * photo.period.channels * plan.width * scale * rows * (plan.tiles.count > 1 ? 3 : 2)
    }
}

extension Image {
    /// The image itself; throws where a sample is no number.
    func finite() throws(UpscalingError) -> Image {
        guard samples.allSatisfy(\.isFinite) else { throw .notFinite }
        return self
    }
}
