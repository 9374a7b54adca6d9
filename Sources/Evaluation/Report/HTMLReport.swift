import Foundation

/// A report for the browser: one file that needs nothing else.
public struct HTMLReport {
    private let report: EvaluationReport
    private let pictures: [ItemPictures]

    /// - Parameter pictures: Of some of the report's items.
    public init(_ report: EvaluationReport, pictures: [ItemPictures]) {
        self.report = report
        self.pictures = pictures
    }

    /// The whole file.
    public var text: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTML.escaped(report.settings.title))</title>
        <style>\(HTMLReport.style)</style>
        </head>
        <body>
        <main>
        \(heading)
        \(scales.map(scoreTable).joined(separator: "\n"))
        \(paperNote)
        \(HTMLTables.rows(report.rows))
        \(HTMLTables.comparisons(report.comparisons))
        \(HTMLPictures(report, pictures).section)
        \(HTMLTables.items(report.items))
        \(weights)
        \(colophon)
        </main>
        <script>\(HTMLReport.script)</script>
        </body>
        </html>

        """
    }

    private var scales: [Int] { Set(report.rows.map(\.scale)).sorted() }

    private var heading: String {
        let sets = report.settings.datasets.joined(separator: ", ")
        let methods = report.methods.count
        let unfinished =
            report.items.count < report.planned
            ? "<p class=\"notice\">Not finished: \(report.items.count) of \(report.planned) results are there.</p>" : ""
        return """
            <h1>\(HTML.escaped(report.settings.title))</h1>
            <p>\(HTML.escaped(sets)) at ×\(scales.map(String.init).joined(separator: " and ×")), \(methods) methods, \(report.items.count) results.</p>
            \(unfinished)
            <pre>\(HTML.escaped(report.settings.command))</pre>
            """
    }

    /// One row per method, one column per data set, the paper's figures beneath ours.
    private func scoreTable(scale: Int) -> String {
        let rows = report.rows.filter { $0.scale == scale }
        let names = report.methods.filter { method in
            method.missing != nil || rows.contains { $0.method == method.name && $0.psnrY != nil }
        }
        guard !names.isEmpty else { return "" }
        let best = Dictionary(
            report.settings.datasets.map { dataset in
                (dataset, rows.filter { $0.dataset == dataset && !$0.method.hasPrefix("gt+") }.compactMap(\.psnrY).max())
            }, uniquingKeysWith: { first, _ in first })
        let body = names.map { method in
            let cells = report.settings.datasets.map { dataset -> String in
                let row = rows.first { $0.dataset == dataset && $0.method == method.name }
                let paper = report.paperFigure(dataset: dataset, scale: scale, method: method.name)
                let isBest = row?.psnrY != nil && row?.psnrY == best[dataset] ?? nil && !method.name.hasPrefix("gt+")
                return "<td\(row == nil ? " class=\"none\"" : isBest ? " class=\"best\"" : "")>\(report.score(row, of: method))"
                    + (paper.map { "<small>paper \(HTML.escaped($0.text))</small>" } ?? "") + "</td>"
            }
            let reason = method.missing.map { "<small>\(HTML.escaped($0))</small>" } ?? ""
            return "<tr><th scope=\"row\">\(HTML.escaped(method.name))\(reason)</th>\(cells.joined())</tr>"
        }
        let header = report.settings.datasets.map { "<th scope=\"col\">\(HTML.escaped($0))</th>" }.joined()
        return """
            <h2>×\(scale): PSNR-Y in dB / SSIM-Y</h2>
            <div class="scroll"><table class="scores"><thead><tr><th scope="col">method</th>\(header)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private var paperNote: String {
        report.hasPaperFigures ? "<p class=\"note\">\(HTML.escaped(PaperFigures.note))</p>" : ""
    }

    private var weights: String {
        guard !report.weights.isEmpty else { return "" }
        let cards = report.weights.map { weight in
            // As a picture a curve cannot run scripts.
            let curve = weight.curve.map {
                "<img alt=\"learning curve of \(HTML.escaped(weight.name))\" src=\"data:image/svg+xml;base64,"
                    + Data($0.utf8).base64EncodedString() + "\">"
            }
            return """
                <article><h3>\(HTML.escaped(weight.name))</h3><p>\(HTML.escaped(weight.summary ?? ""))</p>
                <p><code class="hash">\(HTML.escaped(weight.sha256))</code></p>\(curve ?? "")</article>
                """
        }
        return "<h2>Weights</h2><div class=\"cards\">\(cards.joined(separator: "\n"))</div>"
    }

    private var colophon: String {
        let (machine, settings) = (report.machine, report.settings)
        let facts = [
            ("Draws", settings.draws), ("LR images", "\(settings.corruption ?? NoiseAndCompression())"),
            ("Protocol", settings.protocolName == .paper ? "paper: no border cut off" : "crop: a border of the scale cut off"),
            ("Seed", "\(settings.seed)"), ("Processor", "\(machine.processor), \(machine.cores) cores, \(settings.threads) threads used"),
            ("Memory", String(format: "%.1f GB", Double(machine.memory) / 1e9)), ("System", machine.system),
            ("Engine", "\(machine.engine) on \(machine.device)"), ("Program", machine.program),
        ]
        let skipped = report.skipped.map { "<li>\(HTML.escaped("\($0.dataset), \($0.image): \($0.reason)"))</li>" }
        let list = skipped.isEmpty ? "" : "<h2>Left out</h2><ul>\(skipped.joined())</ul>"
        return list + "<h2>Settings and machine</h2><dl>"
            + facts.map { "<dt>\($0.0)</dt><dd>\(HTML.escaped($0.1))</dd>" }.joined() + "</dl>"
    }
}

/// Text for HTML.
enum HTML {
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }
}
