import Foundation

extension EvaluationReport {
    /// The rows as a Markdown table: what the command line prints.
    public var summaryTable: String {
        let header = [
            "data set", "scale", "method", "images × draws", "PSNR-Y", "SSIM-Y", "gap to GT", "kernel PSNR", "median", "worst tenth",
            "predicted", "s/MP",
        ]
        return Markdown.table(
            header,
            rows.map { row in
                [
                    row.dataset, "×\(row.scale)", row.method, row.size, decimals(row.psnrY, 2), decimals(row.ssimY, 4),
                    decimals(row.gapToGT, 2, signed: true), decimals(row.kernelPSNR?.mean, 2),
                    decimals(row.kernelPSNR?.median, 2), decimals(row.kernelPSNR?.worstTenth, 2),
                    row.confidence.map { decimals($0.rankCorrelation, 2) + ", " + decimals($0.coverage * 100, 0) + " %" } ?? "–",
                    decimals(row.secondsPerMegapixel, 2),
                ]
            })
    }

    /// All tables with how they were made, as a section of a Markdown document.
    public var markdown: String {
        var parts = ["## \(settings.title)", "```\n\(settings.command)\n```"]
        if items.count < planned { parts.append("**Not finished: \(items.count) of \(planned) results.**") }
        for scale in Set(rows.map(\.scale)).sorted() { parts.append(scoreTable(scale: scale)) }
        if hasPaperFigures { parts.append(PaperFigures.note) }
        parts += kernelTables + ["### In detail", details]
        let differences = comparisons.filter { $0.images > 1 && ($0.method.hasPrefix("gt+") || $0.other == "bicubic-aligned") }
        if !differences.isEmpty { parts += ["### Paired differences", comparisonTable(differences)] }
        parts += ["### Weights and settings", weightTable, settingsText]
        if !skipped.isEmpty {
            parts.append(
                "Left out:\n\n" + skipped.map { "- \($0.dataset), \($0.image): \(Markdown.escaped($0.reason))" }.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// One row per method, one column per data set, the paper's figures beside ours.
    private func scoreTable(scale: Int) -> String {
        let cells = methods.filter { method in method.missing != nil || rows.contains { $0.method == method.name && $0.psnrY != nil } }
            .map { method -> [String] in
                [method.name]
                    + settings.datasets.map { dataset in
                        let row = rows.first { $0.dataset == dataset && $0.scale == scale && $0.method == method.name }
                        let paper = paperFigure(dataset: dataset, scale: scale, method: method.name)
                        return score(row, of: method) + (paper.map { " (paper: \($0.text))" } ?? "")
                    }
            }
        return "### ×\(scale), PSNR-Y / SSIM-Y\n\n" + Markdown.table(["method"] + settings.datasets, cells)
    }

    /// Where kernels of a file were used: one row per kernel, one column per method, means over images.
    private var kernelTables: [String] {
        guard items.contains(where: { $0.kernel != nil }) else { return [] }
        return Set(rows.map(\.scale)).sorted().flatMap { scale in
            settings.datasets.compactMap { dataset -> String? in
                let own = items.filter { $0.dataset == dataset && $0.scale == scale && $0.psnrY != nil }
                let names = methods.map(\.name).filter { name in own.contains { $0.method == name } }
                guard !own.isEmpty else { return nil }
                let kernels = Dictionary(grouping: own, by: \.draw).sorted { $0.key < $1.key }
                let cells = kernels.map { draw, items in
                    [items[0].kernel ?? "\(draw + 1)"]
                        + names.map { name in decimals(items.filter { $0.method == name }.compactMap(\.psnrY).meanIfAny, 2) }
                }
                return "### \(dataset) ×\(scale), PSNR-Y by kernel\n\n" + Markdown.table(["kernel"] + names, cells)
            }
        }
    }

    private var details: String {
        Markdown.table(
            [
                "data set", "scale", "method", "images × draws", "PSNR-Y mean", "median", "worst tenth", "± over draws", "PSNR-RGB",
                "gap to GT",
                "kernel PSNR mean", "median", "worst tenth", "predicted: rank correlation", "in its interval", "eigenvalue error", "s/MP",
                "peak memory",
            ],
            rows.map { row in
                let (psnr, kernel) = (row.psnrDistribution, row.kernelPSNR)
                return [
                    row.dataset, "×\(row.scale)", row.method, row.size, decimals(psnr?.mean, 2), decimals(psnr?.median, 2),
                    decimals(psnr?.worstTenth, 2), decimals(row.spreadOverDraws, 2), decimals(row.psnrRGB, 2),
                    decimals(row.gapToGT, 2, signed: true), decimals(kernel?.mean, 2), decimals(kernel?.median, 2),
                    decimals(kernel?.worstTenth, 2), decimals(row.confidence?.rankCorrelation, 2),
                    row.confidence.map { decimals($0.coverage * 100, 0) + " %" } ?? "–",
                    row.eigenvalueError.map { decimals($0.mean * 100, 1) + " %" } ?? "–",
                    decimals(row.secondsPerMegapixel, 2), row.peakMemory.map { "\($0 / 1_000_000) MB" } ?? "–",
                ]
            })
    }

    private func comparisonTable(_ comparisons: [PairedComparison]) -> String {
        Markdown.table(
            ["data set", "scale", "difference", "PSNR-Y in dB, 95 % over images", "images"],
            comparisons.map {
                let width = $0.halfWidth.map { " ± " + decimals($0, 2) } ?? ""
                return [
                    $0.dataset, "×\($0.scale)", "\($0.method) − \($0.other)", decimals($0.difference, 2, signed: true) + width,
                    "\($0.images)",
                ]
            })
    }

    private var weightTable: String {
        let missing = methods.compactMap { method in method.missing.map { "- \(method.name): \(Markdown.escaped($0))" } }
        return Markdown.table(["weights", "SHA-256", "what they are"], weights.map { [$0.name, "`\($0.sha256)`", $0.summary ?? ""] })
            + (missing.isEmpty ? "" : "\n\nMissing:\n\n" + missing.joined(separator: "\n"))
    }

    private var settingsText: String {
        let memory = String(format: "%.0f GB", Double(machine.memory) / 1e9)
        return """
            Draws: \(settings.draws). LR images: \(settings.corruption ?? NoiseAndCompression()). Protocol: \(settings.protocolName.rawValue). \(machine.program), \(machine.engine) on \(machine.device), \
            \(settings.threads) threads, \(machine.processor), \(machine.cores) cores, \(memory). Kernel PSNR rewards wide kernels: look at the \
            worst tenth and at the constant kernel. Predicted kernel PSNR: its rank correlation (Spearman) with the true one, and how often the \
            true one lies in the interval that is to hold eight of ten.
            """
    }
}

extension EvaluationRow {
    fileprivate var size: String { "\(images) × \(draws)" }
}

/// Text for Markdown.
private enum Markdown {
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        ([header, header.map { _ in "---" }] + rows).map { "| " + $0.map(escaped).joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Without what would end a cell.
    static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }
}
