import Foundation

/// The unknowns: inverse covariance L·Lᵀ with L = [[eᵃ, 0], [b, eᶜ]], and the mean.
struct GaussianUnknowns {
    var a, b, c, centreX, centreY: Double

    var covariance: (xx: Double, xy: Double, yy: Double, determinant: Double) {
        let (la, lc) = (exp(-a), exp(-c))
        // Σ = L⁻ᵀ L⁻¹ with L⁻¹ = [[e⁻ᵃ, 0], [−b e⁻ᵃ⁻ᶜ, e⁻ᶜ]].
        let off = -b * la * lc
        return (la * la + off * off, off * lc, lc * lc, la * la * lc * lc)
    }

    func moved(by step: [Double]) -> GaussianUnknowns {
        GaussianUnknowns(
            a: a + step[0], b: b + step[1], c: c + step[2], centreX: centreX + step[3], centreY: centreY + step[4])
    }
}

/// Levenberg–Marquardt iterations for `GaussianFit`.
struct GaussianSolver {
    /// The kernel's values, row by row, with sum one.
    let target: [Double]
    let height: Int
    let width: Int
    /// The weight of a pull towards the start. It decides where the samples do not, as for a single point, and is too weak to matter elsewhere.
    private let pull: Double
    private let origin: GaussianUnknowns

    init(target: [Double], height: Int, width: Int) {
        self.target = target
        self.height = height
        self.width = width
        pull = 1e-6 * target.reduce(0) { $0 + $1 * $1 }
        origin = Self.start(target, width: width, height: height)
    }

    /// The normal equations at one point and the squared error there.
    private struct Linearization {
        var cost = 0.0
        var hessian = [Double](repeating: 0, count: 25)
        var gradient = [Double](repeating: 0, count: 5)
    }

    /// The best point that the iterations reach; the error never grows on the way.
    func solve() -> GaussianUnknowns {
        var point = origin
        var current = linearize(point)
        var damping = 1e-3
        for _ in 0..<100 {
            guard damping < 1e10 else { break }
            guard let step = dampedStep(current, damping) else {
                damping *= 10
                continue
            }
            let candidate = point.moved(by: step)
            let next = isAllowed(candidate) ? linearize(candidate) : nil
            guard let next, next.cost < current.cost else {
                damping *= 5
                continue
            }
            let hasConverged = current.cost - next.cost < 1e-12 * current.cost && step.allSatisfy { abs($0) < 1e-7 }
            (point, current) = (candidate, next)
            damping = max(damping / 5, 1e-12)
            if hasConverged { break }
        }
        return point
    }

    /// The moments of everything above a tenth of the peak.
    private static func start(_ target: [Double], width: Int, height: Int) -> GaussianUnknowns {
        let threshold = 0.1 * (target.max() ?? 0)
        var (mass, x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (index, value) in target.enumerated() where value > threshold {
            let (row, column) = (Double(index / width), Double(index % width))
            mass += value
            x += value * column
            y += value * row
            xx += value * column * column
            yy += value * row * row
            xy += value * column * row
        }
        guard mass > 0 else {
            return GaussianUnknowns(a: 0, b: 0, c: 0, centreX: Double(width - 1) / 2, centreY: Double(height - 1) / 2)
        }
        (x, y) = (x / mass, y / mass)
        // A fifth of a pixel² is added so that the covariance of a line or a point can be inverted.
        (xx, yy, xy) = (xx / mass - x * x + 0.2, yy / mass - y * y + 0.2, xy / mass - x * y)
        let determinant = max(xx * yy - xy * xy, 1e-3)
        let diagonal = (yy / determinant).squareRoot()
        return GaussianUnknowns(
            a: log(diagonal), b: -xy / determinant / diagonal, c: -0.5 * log(yy), centreX: x, centreY: y)
    }

    private func isAllowed(_ point: GaussianUnknowns) -> Bool {
        abs(point.a) < 8 && abs(point.c) < 8 && abs(point.b) < exp(8)
            && (-1...Double(width)).contains(point.centreX) && (-1...Double(height)).contains(point.centreY)
    }

    private func linearize(_ point: GaussianUnknowns) -> Linearization {
        let (ea, ec) = (exp(point.a), exp(point.c))
        func whitened(_ index: Int) -> (dx: Double, dy: Double, u: Double, v: Double) {
            let dx = Double(index % width) - point.centreX
            let dy = Double(index / width) - point.centreY
            return (dx, dy, ea * dx + point.b * dy, ec * dy)
        }
        // The smallest exponent is taken off, so that the sum never vanishes.
        let exponents = target.indices.map { index in
            let (_, _, u, v) = whitened(index)
            return -(u * u + v * v) / 2
        }
        let largest = exponents.max() ?? 0
        var model = exponents.map { exp($0 - largest) }
        let sum = model.reduce(0, +)
        for index in model.indices { model[index] /= sum }

        // Derivatives of log g for the unnormalised g; the normalised model's are k (∂ log g − E[∂ log g]).
        var slopes = [Double](repeating: 0, count: 5 * model.count)
        var means = [Double](repeating: 0, count: 5)
        for index in model.indices {
            let (dx, dy, u, v) = whitened(index)
            let slope = (-u * ea * dx, -u * dy, -v * v, u * ea, u * point.b + v * ec)
            withUnsafeBytes(of: slope) { bytes in
                for (i, value) in bytes.bindMemory(to: Double.self).enumerated() {
                    slopes[5 * index + i] = value
                    means[i] += model[index] * value
                }
            }
        }
        var result = Linearization()
        for (i, distance) in [origin.a - point.a, origin.b - point.b, origin.c - point.c].enumerated() {
            result.cost += pull * distance * distance
            result.gradient[i] = pull * distance
            result.hessian[6 * i] = pull
        }
        for index in model.indices {
            let residual = target[index] - model[index]
            result.cost += residual * residual
            for i in 0..<5 {
                let slope = model[index] * (slopes[5 * index + i] - means[i])
                result.gradient[i] += slope * residual
                for j in 0...i {
                    result.hessian[5 * i + j] += slope * model[index] * (slopes[5 * index + j] - means[j])
                }
            }
        }
        return result
    }

    /// The solution of (H + damping · diag H) step = gradient by a Cholesky factorization; nil where that fails.
    private func dampedStep(_ system: Linearization, _ damping: Double) -> [Double]? {
        var factor = system.hessian
        let scale = (0..<5).reduce(0) { max($0, system.hessian[6 * $1]) }
        for i in 0..<5 { factor[6 * i] += damping * (system.hessian[6 * i] + 1e-9 * scale) }
        for i in 0..<5 {
            for j in 0...i {
                var value = factor[5 * i + j]
                for k in 0..<j { value -= factor[5 * i + k] * factor[5 * j + k] }
                if i == j {
                    guard value > 0, value.isFinite else { return nil }
                    factor[6 * i] = value.squareRoot()
                } else {
                    factor[5 * i + j] = value / factor[6 * j]
                }
            }
        }
        var step = system.gradient
        for i in 0..<5 {
            for k in 0..<i { step[i] -= factor[5 * i + k] * step[k] }
            step[i] /= factor[6 * i]
        }
        for i in (0..<5).reversed() {
            for k in (i + 1)..<5 { step[i] -= factor[5 * k + i] * step[k] }
            step[i] /= factor[6 * i]
        }
        return step.allSatisfy(\.isFinite) ? step : nil
    }
}
