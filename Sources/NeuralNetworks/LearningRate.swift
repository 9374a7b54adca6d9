import Foundation

/// The learning rate as a function of progress.
public enum LearningRate: Sendable, Equatable, Codable {
    /// `peak` after a linear warm-up over `warmUp` steps, then a half cosine down to `floor` · `peak` at the last step.
    case cosine(peak: Double, warmUp: Int, floor: Double)
    /// `start`, multiplied by `factor` every `interval` steps (the paper's recipe).
    case steps(start: Double, factor: Double, interval: Int)

    /// The rate for step `step` (from 0) of `total`.
    public func rate(step: Int, of total: Int) -> Double {
        switch self {
        case .cosine(let peak, let warmUp, let floor):
            if step < warmUp { return peak * Double(step + 1) / Double(warmUp) }
            let progress = min(1, Double(step - warmUp) / Double(max(1, total - warmUp)))
            return peak * (floor + (1 - floor) * 0.5 * (1 + cos(.pi * progress)))
        case .steps(let start, let factor, let interval):
            return start * pow(factor, Double(step / interval))
        }
    }

    /// The highest rate.
    public var peak: Double {
        get {
            switch self {
            case .cosine(let peak, _, _): peak
            case .steps(let start, _, _): start
            }
        }
        set {
            switch self {
            case .cosine(_, let warmUp, let floor): self = .cosine(peak: newValue, warmUp: warmUp, floor: floor)
            case .steps(_, let factor, let interval): self = .steps(start: newValue, factor: factor, interval: interval)
            }
        }
    }

    /// The same with another warm-up; nothing changes where there is none.
    public func warmingUp(over steps: Int) -> LearningRate {
        guard case .cosine(let peak, _, let floor) = self else { return self }
        return .cosine(peak: peak, warmUp: steps, floor: floor)
    }
}
