import Pixels

extension Image {
    /// Enlarges a photo tile by tile, once a network has learned from all of it: memory for the network is needed for one tile.
    ///
    /// - Parameters:
    ///   - progress: Called after each tile with the share that is done, 1 at the end. What it throws ends the work.
    ///   - enlarge: From a tile with its context to `scale` times its size.
    func enlargedInTiles(scale: Int, progress: ProgressHandler, enlarge: (Image) throws -> Image) throws -> Image {
        // Eight pixels for the network, and some LR pixels for each back-projection.
        let plan = TilePlan(width: width, height: height, scale: scale, tile: 256, context: 24)
        var blender = TileBlender(plan: plan, channels: channels)
        var assembly = ImageAssembly(height: height * scale)
        for (index, tile) in plan.tiles.enumerated() {
            if let rows = blender.add(try enlarge(cropped(tile.source))) { assembly.add(rows) }
            try progress(Double(index + 1) / Double(plan.tiles.count))
        }
        return assembly.result()
    }
}
