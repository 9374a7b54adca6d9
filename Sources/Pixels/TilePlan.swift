import Foundation

/// How a low-resolution (LR) image is cut into tiles that are enlarged one by one and blended.
///
/// Every tile is computed from its `source`, which carries context on all sides that are not the image's border, and
/// contributes to its `core`. The cores of neighbours overlap; there both fade into one another with cosine weights that
/// sum to exactly one. On the enlarged grid, sources begin at multiples of 8 pixels, so that networks which pool by 8 see
/// the same grid in every tile.
public struct TilePlan: Sendable {
    /// One tile, in LR pixels.
    public struct Tile: Sendable, Equatable {
        /// What the tile is computed from: core and context, inside the image.
        public let source: Rectangle
        /// What the tile contributes to, inside `source`.
        public let core: Rectangle
    }

    /// Width of the whole LR image.
    public let width: Int
    /// Height of the whole LR image.
    public let height: Int
    /// Enlargement factor.
    public let scale: Int
    /// The tiles, row by row from the top left. A small image is one tile.
    public let tiles: [Tile]

    private let columns: [TileSpan]
    private let rows: [TileSpan]

    /// - Parameters:
    ///   - width: Width of the LR image.
    ///   - height: Height of the LR image.
    ///   - scale: Enlargement factor, at least 1.
    ///   - tile: Longest side of a core, overlap included; below 24 it counts as 24.
    ///   - context: LR pixels around a core that are computed and thrown away.
    ///   - overlap: LR pixels in which neighbouring cores blend; at most `tile / 3 − 8` are used.
    ///   - whole: The longest side that is not cut: nil for `tile + 2 × context`, below which cutting saves nothing.
    public init(width: Int, height: Int, scale: Int, tile: Int, context: Int = 40, overlap: Int = 16, whole: Int? = nil) {
        precondition(width > 0 && height > 0 && scale >= 1 && context >= 0 && overlap >= 0, "a tile plan needs a size and a scale")
        self.width = width
        self.height = height
        self.scale = scale
        func spans(_ length: Int) -> [TileSpan] {
            length <= whole ?? max(24, tile) + 2 * context
                ? [TileSpan(source: 0..<length, core: 0..<length, fadeIn: 0, fadeOut: 0)]
                : TileSpan.cut(length: length, scale: scale, tile: max(24, tile), context: context, overlap: overlap)
        }
        let columns = spans(width)
        let rows = spans(height)
        self.columns = columns
        self.rows = rows
        tiles = rows.flatMap { row in
            columns.map { column in
                Tile(source: Self.rectangle(column.source, row.source), core: Self.rectangle(column.core, row.core))
            }
        }
    }

    private static func rectangle(_ columns: Range<Int>, _ rows: Range<Int>) -> Rectangle {
        Rectangle(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }

    /// The weights of a tile over the columns and rows of its enlarged core; the weight of a pixel is their product.
    func weights(tile index: Int) -> (x: [Float], y: [Float]) {
        (columns[index % columns.count].weights(scale: scale), rows[index / columns.count].weights(scale: scale))
    }
}

/// A tile along one axis, in LR pixels.
private struct TileSpan {
    let source: Range<Int>
    let core: Range<Int>
    /// LR pixels at the core's begin and end that are shared with the neighbour.
    let fadeIn: Int
    let fadeOut: Int

    static func cut(length: Int, scale: Int, tile: Int, context: Int, overlap: Int) -> [TileSpan] {
        let alignment = [1, 2, 4, 8].first { $0 * scale % 8 == 0 } ?? 8
        let overlap = min(overlap, tile / 3 - 8)
        let boundaries = boundaries(length: length, alignment: alignment, step: (tile - overlap) / alignment * alignment)
        return (1..<boundaries.count).map { i in
            let isFirst = i == 1
            let isLast = i == boundaries.count - 1
            let begin = isFirst ? 0 : boundaries[i - 1] - overlap / 2
            let end = isLast ? length : boundaries[i] - overlap / 2 + overlap
            return TileSpan(
                source: max(0, begin - context) / alignment * alignment..<min(length, end + context), core: begin..<end,
                fadeIn: isFirst ? 0 : overlap, fadeOut: isLast ? 0 : overlap)
        }
    }

    /// Equal steps, so that most tiles have one size; a short last step is evened out with the one before it.
    private static func boundaries(length: Int, alignment: Int, step: Int) -> [Int] {
        var boundaries = Array(stride(from: 0, to: length, by: step)) + [length]
        let last = boundaries.count - 2
        if last > 0, length - boundaries[last] < step / 2 {
            let half = (length - boundaries[last - 1]) / 2
            boundaries[last] = boundaries[last - 1] + (half + alignment - 1) / alignment * alignment
        }
        return boundaries
    }

    func weights(scale: Int) -> [Float] {
        var weights = [Float](repeating: 1, count: core.count * scale)
        for (i, weight) in Self.fade(fadeIn * scale).enumerated() { weights[i] = weight }
        for (i, weight) in Self.fade(fadeOut * scale).enumerated() { weights[weights.count - fadeOut * scale + i] = 1 - weight }
        return weights
    }

    /// A rising cosine in multiples of 2⁻¹²: products of two weights are then exact in single precision, and so are their sums.
    private static func fade(_ count: Int) -> [Float] {
        (0..<count).map { i in
            let rise = 0.5 - 0.5 * cos(Double.pi * (Double(i) + 0.5) / Double(count))
            return Float((rise * 4096).rounded() / 4096)
        }
    }
}
