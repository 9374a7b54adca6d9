/// Puts enlarged tiles together, row by row of tiles, and gives out the rows of the whole image as they are finished: no more of it is held
/// than one row of tiles covers.
public struct TileBlender: Sendable {
    private let plan: TilePlan
    private let channels: Int
    /// The rows of the enlarged image that tiles have begun and not finished.
    private var pending: Image?
    /// Where ``pending`` begins in the enlarged image.
    private var top = 0
    private var next = 0

    public init(plan: TilePlan, channels: Int) {
        self.plan = plan
        self.channels = channels
    }

    /// Adds the next tile of the plan: its enlarged source, context included, of the source's size times the plan's scale.
    ///
    /// - Returns: The rows of the enlarged image that this tile finishes, which follow on those given before; nil where it finishes none.
    public mutating func add(_ upscaledSource: Image) -> Image? {
        precondition(next < plan.tiles.count, "every tile is added once")
        let tile = plan.tiles[next]
        let source = tile.source.scaled(by: plan.scale)
        let core = tile.core.scaled(by: plan.scale)
        precondition(
            upscaledSource.width == source.width && upscaledSource.height == source.height && upscaledSource.channels == channels,
            "an enlarged tile has the size of its source times the scale")
        if tile.core.x == 0 { extend(to: core.y + core.height) }
        blend(upscaledSource, source: source, core: core)
        next += 1
        guard next == plan.tiles.count || plan.tiles[next].core.x == 0 else { return nil }
        return finish(before: next == plan.tiles.count ? plan.height * plan.scale : plan.tiles[next].core.y * plan.scale)
    }

    /// Makes room for the rows before `end`.
    private mutating func extend(to end: Int) {
        var taller = Image(width: plan.width * plan.scale, height: end - top, channels: channels)
        if let pending { taller.draw(pending, x: 0, y: 0) }
        pending = taller
    }

    /// Takes the rows before `end` out of ``pending``.
    private mutating func finish(before end: Int) -> Image? {
        guard let rows = pending, end > top else { return nil }
        let count = end - top
        top = end
        guard count < rows.height else {
            pending = nil
            return rows
        }
        pending = rows.cropped(x: 0, y: count, width: rows.width, height: rows.height - count)
        return rows.cropped(x: 0, y: 0, width: rows.width, height: count)
    }

    private mutating func blend(_ tile: Image, source: Rectangle, core: Rectangle) {
        let weights = plan.weights(tile: next)
        let (width, height) = (pending!.width, pending!.height)
        tile.samples.withUnsafeBufferPointer { input in
            pending!.samples.withUnsafeMutableBufferPointer { output in
                weights.x.withUnsafeBufferPointer { columnWeights in
                    for channel in 0..<channels {
                        for y in 0..<core.height {
                            let rowWeight = weights.y[y]
                            let from = (channel * source.height + core.y - source.y + y) * source.width + core.x - source.x
                            let to = (channel * height + core.y - top + y) * width + core.x
                            for x in 0..<core.width { output[to + x] += rowWeight * columnWeights[x] * input[from + x] }
                        }
                    }
                }
            }
        }
    }
}

/// An image that is put together from bands of its rows, the top one first.
public struct ImageAssembly: Sendable {
    private let height: Int
    private var image: Image?
    private var count = 0

    /// - Parameter height: Rows of the whole image.
    public init(height: Int) { self.height = height }

    public mutating func add(_ rows: Image) {
        precondition(count + rows.height <= height, "an image has no more rows than its height")
        if count == 0 {
            image = rows.height == height ? rows : Image(width: rows.width, height: height, channels: rows.channels)
        }
        if rows.height < height { image!.draw(rows, x: 0, y: count) }
        count += rows.height
    }

    /// The whole image, once all rows have been added.
    public consuming func result() -> Image {
        precondition(count == height, "an image is whole once it has all rows")
        return image!
    }
}
