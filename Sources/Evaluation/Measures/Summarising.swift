extension EvaluationRow {
    /// Summarises the items of one data set, scale and method.
    ///
    /// - Parameters:
    ///   - items: At least one.
    ///   - truth: The items of the method with the true kernel that the gap is taken to.
    init(_ items: [EvaluationItem], truth: [EvaluationItem]) {
        func values(_ measure: (EvaluationItem) -> Double?) -> [Double] { items.compactMap(measure) }
        func distribution(_ values: [Double], worst: Distribution.WorstEnd = .lowest) -> Distribution? {
            values.isEmpty ? nil : Distribution(values, worst: worst)
        }
        let first = items[0]
        let draws = Dictionary(grouping: items, by: \.draw)
        let images = Dictionary(grouping: items, by: \.image)
        let psnr = values(\.psnrY)
        let drawMeans = draws.sorted { $0.key < $1.key }.compactMap { $0.value.compactMap(\.psnrY).meanIfAny }
        self.init(
            dataset: first.dataset, scale: first.scale, method: first.method, images: images.count,
            draws: images.values.map(\.count).max() ?? 0, count: items.count, psnrY: psnr.meanIfAny, ssimY: values(\.ssimY).meanIfAny,
            psnrRGB: values(\.psnrRGB).meanIfAny, gapToGT: PairedComparison.differences(items, truth).map(\.difference).meanIfAny,
            psnrDistribution: distribution(psnr), kernelPSNR: distribution(values(\.kernelPSNR)),
            confidence: ConfidenceQuality(items),
            eigenvalueError: distribution(values(\.eigenvalueError), worst: .highest), spreadOverDraws: drawMeans.standardDeviation,
            secondsPerMegapixel: Distribution(items.map { $0.seconds * 1e6 / Double($0.width * $0.height) }).median,
            peakMemory: items.compactMap(\.peakMemory).max())
    }
}

/// What a set of items says, whatever their order.
struct Summary {
    let rows: [EvaluationRow]
    let comparisons: [PairedComparison]

    /// - Parameter methods: All names in the order of the report.
    init(_ items: [EvaluationItem], methods: [MethodName]) {
        struct Cell: Hashable {
            let dataset: String
            let scale: Int
        }
        var cells: [Cell] = []
        for item in items {
            let cell = Cell(dataset: item.dataset, scale: item.scale)
            if !cells.contains(cell) { cells.append(cell) }
        }
        var (rows, comparisons) = ([EvaluationRow](), [PairedComparison]())
        for cell in cells {
            let own = items.filter { $0.dataset == cell.dataset && $0.scale == cell.scale }
            let byMethod = Dictionary(grouping: own, by: \.method)
            let present = methods.filter { byMethod["\($0)"] != nil }
            let firstTruth = present.first { $0.usesTrueKernel }
            for name in present {
                let truth = present.first { $0.usesTrueKernel && $0.upscaler == name.upscaler } ?? firstTruth
                rows.append(EvaluationRow(byMethod["\(name)"]!, truth: truth.flatMap { $0 == name ? nil : byMethod["\($0)"] } ?? []))
            }
            for (index, name) in present.enumerated() {
                for other in present[(index + 1)...] {
                    if let comparison = PairedComparison(byMethod["\(other)"]!, with: byMethod["\(name)"]!) {
                        comparisons.append(comparison)
                    }
                }
            }
        }
        self.rows = rows
        self.comparisons = comparisons
    }
}
