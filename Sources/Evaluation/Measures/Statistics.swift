import Foundation

extension Distribution {
    /// Which end of a measure is the bad one.
    enum WorstEnd {
        case lowest, highest
    }

    /// - Parameter values: At least one.
    init(_ values: [Double], worst: WorstEnd = .lowest) {
        precondition(!values.isEmpty, "a distribution has values")
        let sorted = worst == .lowest ? values.sorted() : values.sorted(by: >)
        mean = sorted.mean
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        worstTenth = sorted.prefix(max(1, sorted.count / 10)).mean
    }
}

extension Collection<Double> {
    var mean: Double { reduce(0, +) / Double(count) }

    /// The mean, or nil for no values.
    var meanIfAny: Double? { isEmpty ? nil : mean }

    /// Of a sample (divided by n − 1), or nil for fewer than two values.
    var standardDeviation: Double? {
        guard count > 1 else { return nil }
        let mean = mean
        return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
    }
}

extension ConfidenceQuality {
    /// Of the items with a prediction and a true kernel PSNR; nil where there are none.
    init?(_ items: [EvaluationItem]) {
        var (expected, truth, covered) = ([Double](), [Double](), 0)
        for item in items {
            guard let middle = item.confidence, let low = item.confidenceLow, let high = item.confidenceHigh, let psnr = item.kernelPSNR
            else { continue }
            expected.append(middle)
            truth.append(psnr)
            if low <= psnr, psnr <= high { covered += 1 }
        }
        guard !truth.isEmpty else { return nil }
        self.init(rankCorrelation: Self.rankCorrelation(expected, truth), coverage: Double(covered) / Double(truth.count))
    }

    /// Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank. Nil where one side does not vary.
    static func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double? {
        precondition(a.count == b.count, "values come in pairs")
        func ranks(_ values: [Double]) -> [Double] {
            let order = values.indices.sorted { values[$0] < values[$1] }
            var (ranks, start) = ([Double](repeating: 0, count: values.count), 0)
            while start < order.count {
                let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
                for index in order[start..<end] { ranks[index] = Double(start + end - 1) / 2 }
                start = end
            }
            return ranks
        }
        let (first, second) = (ranks(a), ranks(b))
        let middle = Double(a.count - 1) / 2
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) } }
        let spread = product(first, first) * product(second, second)
        return spread > 0 ? product(first, second) / spread.squareRoot() : nil
    }
}

/// Student's t distribution.
enum StudentT {
    /// The 97.5 % quantile: what bounds a two-sided 95 % interval.
    ///
    /// Exact for one and two degrees of freedom, beyond by the Cornish–Fisher expansion (Abramowitz and Stegun 26.7.5), at worst 0.03 off at
    /// three.
    static func quantile975(freedom: Int) -> Double {
        precondition(freedom >= 1, "an interval needs two values")
        switch freedom {
        case 1: return tan(0.475 * .pi)
        case 2: return 0.95 * (2 / (1 - 0.95 * 0.95)).squareRoot()
        default:
            let (z, n) = (1.959963984540054, Double(freedom))
            let (z3, z5, z7, z9) = (pow(z, 3), pow(z, 5), pow(z, 7), pow(z, 9))
            let first = (z3 + z) / 4
            let second = (5 * z5 + 16 * z3 + 3 * z) / 96
            let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
            let fourth = (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92160
            return z + first / n + second / (n * n) + third / (n * n * n) + fourth / (n * n * n * n)
        }
    }
}

extension PairedComparison {
    /// Compares the items of two methods on one data set and scale; nil where they share none.
    init?(_ items: [EvaluationItem], with others: [EvaluationItem]) {
        guard let first = items.first, let second = others.first else { return nil }
        let differences = PairedComparison.differences(items, others)
        let means = Dictionary(grouping: differences, by: \.image).sorted { $0.key < $1.key }.map { $0.value.map(\.difference).mean }
        guard !means.isEmpty else { return nil }
        self.init(
            dataset: first.dataset, scale: first.scale, method: first.method, other: second.method, images: means.count,
            difference: means.mean,
            halfWidth: means.standardDeviation.map {
                StudentT.quantile975(freedom: means.count - 1) * $0 / Double(means.count).squareRoot()
            })
    }

    /// PSNR-Y of `items` less that of `others`, for every image and draw that both have and where both are finite.
    static func differences(_ items: [EvaluationItem], _ others: [EvaluationItem]) -> [(image: String, difference: Double)] {
        struct Place: Hashable {
            let image: String
            let draw: Int
        }
        let scores = Dictionary(others.map { (Place(image: $0.image, draw: $0.draw), $0.psnrY) }, uniquingKeysWith: { first, _ in first })
        return items.compactMap { item in
            guard let mine = item.psnrY, let theirs = scores[Place(image: item.image, draw: item.draw)] ?? nil,
                mine.isFinite, theirs.isFinite
            else { return nil }
            return (item.image, mine - theirs)
        }
    }
}
