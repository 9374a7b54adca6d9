import Pixels

/// The Gaussian blur of an LR photo from place to place: cells of equal size that cover the photo, between whose middles it is interpolated.
public struct KernelMap: Sendable {
    /// The blur in one cell.
    public struct Cell: Sendable, Equatable {
        /// On the enlarged grid.
        public let blur: GaussianParameters
        /// The expected error of the blur's standard deviations, as a share of them; at most 1.
        public let error: Double

        public init(blur: GaussianParameters, error: Double) {
            self.blur = blur
            self.error = error
        }
    }

    /// Width of the photo in LR pixels.
    public let width: Int
    /// Height of the photo in LR pixels.
    public let height: Int
    /// Columns of cells.
    public let columns: Int
    /// Rows of cells.
    public let rows: Int
    /// The cells, row by row from the top left.
    public let cells: [Cell]
    /// The side of its kernels in HR pixels.
    public let kernelSize: Int
    private let logarithms: [LogCovariance]

    /// A map over a photo of `width` × `height`; there are `columns` × `rows` cells.
    public init(width: Int, height: Int, columns: Int, rows: Int, cells: [Cell], kernelSize: Int) {
        precondition(width > 0 && height > 0 && columns > 0 && rows > 0 && cells.count == columns * rows, "a map has columns × rows cells")
        self.width = width
        self.height = height
        self.columns = columns
        self.rows = rows
        self.cells = cells
        self.kernelSize = kernelSize
        logarithms = cells.map { LogCovariance($0.blur) }
    }

    /// A map whose cells are asked for by their middle in LR pixels.
    init(width: Int, height: Int, columns: Int, rows: Int, kernelSize: Int, cell: (_ x: Double, _ y: Double) -> Cell) {
        let cells = (0..<columns * rows).map { index in
            let middle = Self.middle(index, width: width, height: height, columns: columns, rows: rows)
            return cell(middle.x, middle.y)
        }
        self.init(width: width, height: height, columns: columns, rows: rows, cells: cells, kernelSize: kernelSize)
    }

    /// Whether the blur is the same everywhere.
    public var isUniform: Bool { logarithms.allSatisfy { $0 == logarithms[0] } }

    /// The smallest and the largest standard deviation of all cells, in HR pixels.
    public var deviations: ClosedRange<Double> {
        let variances = cells.flatMap { [$0.blur.variance1, $0.blur.variance2] }
        return (variances.min() ?? 0).squareRoot()...(variances.max() ?? 0).squareRoot()
    }

    /// The middle of a cell in LR pixels; the first pixel reaches from 0 to 1.
    public func middle(of index: Int) -> (x: Double, y: Double) {
        Self.middle(index, width: width, height: height, columns: columns, rows: rows)
    }

    private static func middle(_ index: Int, width: Int, height: Int, columns: Int, rows: Int) -> (x: Double, y: Double) {
        let (column, row) = (Double(index % columns), Double(index / columns))
        return ((column + 0.5) * Double(width) / Double(columns), (row + 0.5) * Double(height) / Double(rows))
    }

    /// The blur at a place in LR pixels.
    public func blur(x: Double, y: Double) -> GaussianParameters { LogCovariance(numbers: numbers(x: x, y: y)).gaussian }

    /// The kernel of the mean blur in a rectangle of LR pixels.
    public func kernel(over rectangle: Rectangle) -> BlurKernel {
        let count = 4
        var sum = SIMD3<Double>()
        for i in 0..<count * count {
            sum += numbers(
                x: Double(rectangle.x) + (Double(i % count) + 0.5) * Double(rectangle.width) / Double(count),
                y: Double(rectangle.y) + (Double(i / count) + 0.5) * Double(rectangle.height) / Double(count))
        }
        return LogCovariance(numbers: sum / Double(count * count)).gaussian.kernel(size: kernelSize)
    }

    /// The largest change of a log-covariance's numbers between neighbouring cells, for each LR pixel of their distance.
    var steepness: Double {
        var largest = 0.0
        for row in 0..<rows {
            for column in 0..<columns {
                let here = logarithms[row * columns + column].numbers
                func rise(to index: Int, distance: Double) {
                    let change = logarithms[index].numbers - here
                    largest = max(largest, (change * change).sum().squareRoot() / distance)
                }
                if column + 1 < columns { rise(to: row * columns + column + 1, distance: Double(width) / Double(columns)) }
                if row + 1 < rows { rise(to: (row + 1) * columns + column, distance: Double(height) / Double(rows)) }
            }
        }
        return largest
    }

    /// Linear between the middles of cells, constant beyond the outer ones.
    private func numbers(x: Double, y: Double) -> SIMD3<Double> {
        func place(_ position: Double, _ length: Int, _ count: Int) -> (first: Int, second: Int, share: Double) {
            let cell = min(max(position * Double(count) / Double(length) - 0.5, 0), Double(count - 1))
            let first = Int(cell)
            return (first, min(first + 1, count - 1), cell - Double(first))
        }
        let (column, row) = (place(x, width, columns), place(y, height, rows))
        func line(_ row: Int) -> SIMD3<Double> {
            let (a, b) = (logarithms[row * columns + column.first].numbers, logarithms[row * columns + column.second].numbers)
            return a + (b - a) * column.share
        }
        return line(row.first) + (line(row.second) - line(row.first)) * row.share
    }
}
