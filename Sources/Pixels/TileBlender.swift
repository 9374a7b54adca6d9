/// Puts enlarged tiles together into the whole image: every tile of the plan is added once, in any order.
public struct TileBlender: Sendable {
    private let plan: TilePlan
    private var output: Image
    private var missing: Set<Int>

    /// An empty image of the plan's enlarged size.
    public init(plan: TilePlan, channels: Int) {
        self.plan = plan
        output = Image(width: plan.width * plan.scale, height: plan.height * plan.scale, channels: channels)
        missing = Set(plan.tiles.indices)
    }

    /// Adds a tile: its enlarged source, context included, of the source's size times the plan's scale.
    public mutating func add(_ upscaledSource: Image, tile index: Int) {
        let tile = plan.tiles[index]
        let source = tile.source.scaled(by: plan.scale)
        let core = tile.core.scaled(by: plan.scale)
        precondition(missing.remove(index) != nil, "a tile is added once")
        precondition(
            upscaledSource.width == source.width && upscaledSource.height == source.height && upscaledSource.channels == output.channels,
            "an enlarged tile has the size of its source times the scale")
        let weights = plan.weights(tile: index)
        let (width, height) = (output.width, output.height)
        upscaledSource.samples.withUnsafeBufferPointer { input in
            output.samples.withUnsafeMutableBufferPointer { output in
                weights.x.withUnsafeBufferPointer { columnWeights in
                    for channel in 0..<upscaledSource.channels {
                        for y in 0..<core.height {
                            let rowWeight = weights.y[y]
                            let from = (channel * source.height + core.y - source.y + y) * source.width + core.x - source.x
                            let to = (channel * height + core.y + y) * width + core.x
                            for x in 0..<core.width { output[to + x] += rowWeight * columnWeights[x] * input[from + x] }
                        }
                    }
                }
            }
        }
    }

    /// The blended image; every tile has been added.
    public consuming func result() -> Image {
        precondition(missing.isEmpty, "every tile of the plan is added before the result is taken")
        return output
    }
}
