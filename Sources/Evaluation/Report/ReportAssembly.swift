import Foundation

extension EvaluationReport {
    /// Makes rows and comparisons from items; the same for the same items in whatever order they came.
    init(
        settings: EvaluationSettings, machine: Machine, methods: [MethodRecord], items: [EvaluationItem], skipped: [SkippedImage],
        planned: Int
    ) {
        let names = methods.map(\.name)
        func rank(_ item: EvaluationItem) -> (Int, Int) {
            (settings.datasets.firstIndex(of: item.dataset) ?? .max, names.firstIndex(of: item.method) ?? .max)
        }
        let sorted = items.map { (item: $0, rank: rank($0)) }.sorted { a, b in
            (a.rank.0, a.item.scale, a.item.image, a.item.draw, a.rank.1) < (b.rank.0, b.item.scale, b.item.image, b.item.draw, b.rank.1)
        }.map(\.item)
        let summary = Summary(sorted, methods: names.compactMap { try? MethodName(parsing: $0) })
        self.init(
            settings: settings, machine: machine, methods: methods, rows: summary.rows, items: sorted, comparisons: summary.comparisons,
            skipped: skipped.sorted { ($0.dataset, $0.image, $0.reason) < ($1.dataset, $1.image, $1.reason) }, planned: planned)
    }

    /// The report in a results file. Throws ``EvaluationError/results(_:reason:)``.
    public init(file path: String) throws(EvaluationError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .results(path, reason: "the file cannot be read") }
        guard let report = try? ReportCoding.decode(EvaluationReport.self, from: data), report.version == 1 else {
            throw .results(path, reason: "it is not what kenet evaluate --json writes")
        }
        self = report
    }

    /// As JSON, one line, keys sorted.
    public var json: Data { get throws { try ReportCoding.encode(self) } }

    /// Several shards or parts as one. Items that two of them have are taken once.
    ///
    /// - Throws: ``EvaluationError/results(_:reason:)`` where they were made with different protocols, draws, noise or weights, or where two of them
    ///   disagree on a number.
    public init(merging reports: [(path: String, report: EvaluationReport)]) throws(EvaluationError) {
        guard let (_, first) = reports.first else { throw .nothingToRun(reason: "no results are named.") }
        var settings = first.settings
        var methods: [MethodRecord] = []
        var items: [EvaluationItem.Key: EvaluationItem] = [:]
        for (path, report) in reports {
            let other = report.settings
            guard other.protocolName == settings.protocolName, other.seed == settings.seed, other.draws == settings.draws else {
                throw .results(path, reason: "it was made under another protocol or with other draws than \(reports[0].path)")
            }
            guard other.corruption == settings.corruption else {
                throw .results(path, reason: "it was made with \(other.corruption ?? NoiseAndCompression())")
            }
            for name in other.datasets where !settings.datasets.contains(name) { settings.datasets.append(name) }
            for method in report.methods {
                if let index = methods.firstIndex(where: { $0.name == method.name }) {
                    try methods[index].join(method, path: path)
                } else {
                    methods.append(method)
                }
            }
            for item in report.items {
                if let known = items[item.key], known.numbers != item.numbers {
                    throw .results(path, reason: "its \(item.method) on \(item.image) differs from what \(reports[0].path) says")
                }
                items[item.key] = item
            }
        }
        settings.command = reports.map(\.report.settings.command).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            .joined(separator: "\n")
        self.init(
            settings: settings, machine: first.machine, methods: methods, items: Array(items.values),
            skipped: Array(Set(reports.flatMap(\.report.skipped))), planned: max(items.count, reports.map(\.report.planned).reduce(0, +)))
    }
}

extension EvaluationItem {
    /// All that does not depend on how busy the machine was.
    fileprivate var numbers: EvaluationItem {
        var item = self
        item.seconds = 0
        item.peakMemory = nil
        return item
    }
}

extension MethodRecord {
    /// Takes over what another part of an evaluation knows of this method.
    fileprivate mutating func join(_ other: MethodRecord, path: String) throws(EvaluationError) {
        for weight in other.weights {
            if let known = weights.first(where: { $0.scale == weight.scale && $0.name == weight.name }) {
                guard known.sha256 == weight.sha256 else { throw .results(path, reason: "its weights \(weight.name) are others") }
            } else {
                weights.append(weight)
            }
        }
        if other.missing == nil { missing = nil }
    }
}
