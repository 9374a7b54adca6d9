/// The learning rate of ZSSR: a tenth as soon as the error no longer falls, by a line through its last values, and the end after the third time.
struct PlateauSchedule {
    /// Steps between two errors.
    static let interval = 50
    private static let checkInterval = 60
    private static let leastSteps = 256
    /// Errors that the line goes through.
    private static let window = 5
    private static let ratio = 1.5
    private static let lowestRate = 9e-6

    private(set) var rate = 1e-3
    private(set) var reductions = 0
    private var lastChange = 0
    private var errors: [(step: Int, value: Double)] = []

    var isFinished: Bool { rate < Self.lowestRate }

    mutating func record(_ error: Double, step: Int) { errors.append((step, error)) }

    /// To be called after each step, counted from 0.
    mutating func update(after step: Int) {
        guard (step + 1) % Self.checkInterval == 0, step - lastChange > Self.leastSteps, errors.count >= Self.window else { return }
        let line = Self.line(through: Array(errors.suffix(Self.window)))
        guard -Self.ratio * line.slope < line.deviation else { return }
        rate /= 10
        reductions += 1
        lastChange = step
    }

    /// The slope of the line of least squares, and its standard deviation with the factor that NumPy's `polyfit` used when ZSSR was
    /// published: squared residuals over n − 4 instead of n − 2.
    static func line(through points: [(step: Int, value: Double)]) -> (slope: Double, deviation: Double) {
        let count = Double(points.count)
        let meanStep = points.reduce(0) { $0 + Double($1.step) } / count
        let meanValue = points.reduce(0) { $0 + $1.value } / count
        var (squares, products) = (0.0, 0.0)
        for point in points {
            squares += (Double(point.step) - meanStep) * (Double(point.step) - meanStep)
            products += (Double(point.step) - meanStep) * (point.value - meanValue)
        }
        let slope = products / squares
        let residuals = points.reduce(0) { sum, point in
            let residual = point.value - meanValue - slope * (Double(point.step) - meanStep)
            return sum + residual * residual
        }
        return (slope, (residuals / (count - 4) / squares).squareRoot())
    }
}
