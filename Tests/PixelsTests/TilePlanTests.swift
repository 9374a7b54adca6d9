import Testing

@testable import Pixels

@Suite struct TilePlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let width: Int
        let height: Int
        let scale: Int
        let tile: Int
        let context: Int
        let overlap: Int

        var plan: TilePlan {
            TilePlan(width: width, height: height, scale: scale, tile: tile, context: context, overlap: overlap)
        }
        var testDescription: String { "\(width)×\(height) ×\(scale), tile \(tile), context \(context), overlap \(overlap)" }
    }

    static let cases = [
        Case(width: 131, height: 90, scale: 2, tile: 48, context: 8, overlap: 8),
        Case(width: 107, height: 203, scale: 3, tile: 56, context: 5, overlap: 9),
        Case(width: 97, height: 65, scale: 4, tile: 24, context: 0, overlap: 0),
        Case(width: 150, height: 61, scale: 1, tile: 64, context: 3, overlap: 100),
        Case(width: 129, height: 20, scale: 2, tile: 64, context: 0, overlap: 12),
        Case(width: 300, height: 30, scale: 2, tile: 1, context: 10, overlap: 4),
    ]

    @Test(arguments: cases) func everyPixelIsCoveredWithWeightOne(_ example: Case) {
        let plan = example.plan
        #expect(plan.tiles.count > 1)
        let blended = blended(plan, channels: 1) { _, tile in
            Image(width: tile.width, height: tile.height, channels: 1, repeating: 1)
        }
        #expect(blended.samples.allSatisfy { $0 == 1 })
    }

    @Test(arguments: cases) func cropsOfAnImageGiveItBack(_ example: Case) {
        let plan = example.plan
        let image = noise(width: example.width * example.scale, height: example.height * example.scale)
        let blended = blended(plan, channels: 3) { _, tile in image.cropped(tile) }
        let difference = zip(blended.samples, image.samples).map { abs($0 - $1) }.max()
        #expect(difference! <= 1e-6)
    }

    @Test(arguments: cases) func sourcesAreAlignedAndCarryTheirContext(_ example: Case) {
        for tile in example.plan.tiles {
            let (source, core) = (tile.source, tile.core)
            #expect(source.x * example.scale % 8 == 0 && source.y * example.scale % 8 == 0)
            #expect(core.width <= max(24, example.tile) || core.width == example.width)
            #expect(core.height <= max(24, example.tile) || core.height == example.height)
            #expect(source.x == 0 || core.x - source.x >= example.context)
            #expect(source.y == 0 || core.y - source.y >= example.context)
            let right = source.x + source.width
            let bottom = source.y + source.height
            #expect(right == example.width || right - core.x - core.width == example.context)
            #expect(bottom == example.height || bottom - core.y - core.height == example.context)
            #expect(right <= example.width && bottom <= example.height)
        }
    }

    @Test func allSizesAreCoveredAtAnyTileSize() {
        for length in 1...400 {
            for tile in [24, 37, 64] {
                let plan = TilePlan(width: length, height: 1, scale: 2, tile: tile, context: 4, overlap: 6)
                let blended = blended(plan, channels: 1) { _, tile in Image(width: tile.width, height: 2, channels: 1, repeating: 1) }
                #expect(blended.samples.allSatisfy { $0 == 1 }, "length \(length), tile \(tile)")
            }
        }
    }

    @Test func aSmallImageIsOneTile() {
        let plan = TilePlan(width: 109, height: 55, scale: 4, tile: 128)
        #expect(plan.tiles.count == 1)
        #expect(plan.tiles[0].source == Rectangle(x: 0, y: 0, width: 109, height: 55))
        #expect(plan.tiles[0].core == plan.tiles[0].source)
    }

    @Test func tilesFadeSmoothlyIntoOneAnother() {
        let plan = TilePlan(width: 200, height: 20, scale: 2, tile: 96, context: 8, overlap: 24)
        let blended = blended(plan, channels: 1) { i, tile in
            Image(width: tile.width, height: tile.height, channels: 1, repeating: i.isMultiple(of: 2) ? 0 : 1)
        }
        let row = blended.samples.prefix(400)
        let steps = zip(row, row.dropFirst()).map { abs($0 - $1) }
        #expect(steps.max()! < 0.04 && steps.max()! > 0.02)
    }

    /// Rows come as soon as they are finished, and no more are held than a row of tiles covers.
    @Test(arguments: cases) func rowsComeInBands(_ example: Case) {
        let plan = example.plan
        var blender = TileBlender(plan: plan, channels: 1)
        var (count, largest) = (0, 0)
        for tile in plan.tiles {
            let source = tile.source
            let rows = blender.add(Image(width: source.width * example.scale, height: source.height * example.scale, channels: 1))
            #expect((rows == nil) == (tile.core.x + tile.core.width < example.width))
            count += rows?.height ?? 0
            largest = max(largest, rows?.height ?? 0)
        }
        #expect(count == example.height * example.scale)
        #expect(largest <= plan.tiles.map(\.core.height).max()! * example.scale)
    }

    /// The blended image of tiles that are made from their index and place on the enlarged grid.
    private func blended(_ plan: TilePlan, channels: Int, tile: (Int, Rectangle) -> Image) -> Image {
        var blender = TileBlender(plan: plan, channels: channels)
        var assembly = ImageAssembly(height: plan.height * plan.scale)
        for (i, part) in plan.tiles.enumerated() {
            if let rows = blender.add(tile(i, part.source.scaled(by: plan.scale))) { assembly.add(rows) }
        }
        return assembly.result()
    }
}
