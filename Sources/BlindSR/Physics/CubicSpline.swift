/// The cubic spline through samples at 0, 1, 2, …, continued by mirroring at the first and the last sample (Unser 1999).
struct CubicSpline {
    private let coefficients: [Double]

    /// - Parameter samples: At least one.
    init(through samples: [Double]) {
        let last = samples.count - 1
        guard last > 0 else {
            coefficients = samples
            return
        }
        // A sample is (c[i − 1] + 4c[i] + c[i + 1])/6; at the ends the only neighbour counts twice. Elimination, then substitution.
        var upper = [Double](repeating: 0.5, count: last + 1)
        var solution = samples.map { 6 * $0 }
        solution[0] /= 4
        for i in 1...last {
            let lower: Double = i == last ? 2 : 1
            upper[i] = 1 / (4 - lower * upper[i - 1])
            solution[i] = (solution[i] - lower * solution[i - 1]) * upper[i]
        }
        for i in (0..<last).reversed() { solution[i] -= upper[i] * solution[i + 1] }
        coefficients = solution
    }

    /// The spline at any position.
    func callAsFunction(_ position: Double) -> Double {
        let below = position.rounded(.down)
        let (t, first) = (position - below, Int(below) - 1)
        let r = 1 - t
        let weights = (r * r * r, 4 - 3 * t * t * (1 + r), 4 - 3 * r * r * (1 + t), t * t * t)
        let sum =
            weights.0 * self[first] + weights.1 * self[first + 1] + weights.2 * self[first + 2] + weights.3 * self[first + 3]
        return sum / 6
    }

    private subscript(index: Int) -> Double {
        let last = coefficients.count - 1
        if (0...last).contains(index) { return coefficients[index] }
        guard last > 0 else { return coefficients[0] }
        let remainder = index % (2 * last)
        let position = remainder < 0 ? remainder + 2 * last : remainder
        return coefficients[position <= last ? position : 2 * last - position]
    }
}

/// What is taken for the values beyond a plane's first and last row and column.
enum PlaneBorder {
    case zero, mirror
}

/// A plane moved by parts of a pixel, by the cubic spline along columns and then along rows.
///
/// - Parameters:
///   - plane: Row by row, `rows` × `columns`.
///   - down: Rows that it moves down.
///   - right: Columns that it moves to the right.
func shifted(_ plane: [Double], rows: Int, columns: Int, down: Double, right: Double, border: PlaneBorder) -> [Double] {
    func line(_ samples: [Double], by shift: Double) -> [Double] {
        let spline = CubicSpline(through: samples)
        return samples.indices.map { i in
            let position = Double(i) - shift
            return border == .zero && !(0...Double(samples.count - 1)).contains(position) ? 0 : spline(position)
        }
    }
    var result = plane
    for column in 0..<columns {
        let moved = line((0..<rows).map { result[$0 * columns + column] }, by: down)
        for row in 0..<rows { result[row * columns + column] = moved[row] }
    }
    for row in 0..<rows {
        let range = row * columns..<(row + 1) * columns
        result.replaceSubrange(range, with: line(Array(result[range]), by: right))
    }
    return result
}

/// The mean row and column of a plane's values, from 0. Their sum is not zero.
func centreOfMass(_ plane: [Double], columns: Int) -> (row: Double, column: Double) {
    var (sum, row, column) = (0.0, 0.0, 0.0)
    for (index, value) in plane.enumerated() {
        sum += value
        row += value * Double(index / columns)
        column += value * Double(index % columns)
    }
    return (row / sum, column / sum)
}
