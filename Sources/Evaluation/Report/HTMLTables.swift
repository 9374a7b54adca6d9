import Foundation

/// The tables of a report that can be sorted: every cell carries its value for the script.
enum HTMLTables {
    /// A column: its title and, for a row, what is shown and what is sorted by.
    private struct Column<Row> {
        let title: String
        let cell: (Row) -> (text: String, key: String)

        static func text(_ title: String, _ value: @escaping (Row) -> String) -> Column {
            Column(title: title) { (HTML.escaped(value($0)), HTML.escaped(value($0))) }
        }

        static func number(_ title: String, _ digits: Int, signed: Bool = false, _ value: @escaping (Row) -> Double?) -> Column {
            Column(title: title) { (decimals(value($0), digits, signed: signed), value($0).map { "\($0)" } ?? "") }
        }
    }

    private static func table<Row>(_ columns: [Column<Row>], _ rows: [Row], id: String) -> String {
        let header = columns.map { "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">\($0.title)</button></th>" }.joined()
        let body = rows.map { row in
            "<tr>"
                + columns.map { column in
                    let cell = column.cell(row)
                    return "<td data-key=\"\(cell.key)\">\(cell.text)</td>"
                }.joined() + "</tr>"
        }
        return """
            <div class="scroll"><table class="sortable" id="\(id)"><thead><tr>\(header)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    static func rows(_ rows: [EvaluationRow]) -> String {
        let columns: [Column<EvaluationRow>] = [
            .text("data set") { $0.dataset }, .text("scale") { "×\($0.scale)" }, .text("method") { $0.method },
            .text("images × draws") { "\($0.images) × \($0.draws)" }, .number("PSNR-Y", 2) { $0.psnrY },
            .number("median", 2) { $0.psnrDistribution?.median }, .number("worst tenth", 2) { $0.psnrDistribution?.worstTenth },
            .number("± over draws", 2) { $0.spreadOverDraws }, .number("SSIM-Y", 4) { $0.ssimY }, .number("PSNR-RGB", 2) { $0.psnrRGB },
            .number("gap to GT", 2, signed: true) { $0.gapToGT }, .number("kernel PSNR", 2) { $0.kernelPSNR?.mean },
            .number("median", 2) { $0.kernelPSNR?.median }, .number("worst tenth", 2) { $0.kernelPSNR?.worstTenth },
            .number("predicted: rank correlation", 2) { $0.confidence?.rankCorrelation },
            .number("in its interval, %", 0) { $0.confidence.map { $0.coverage * 100 } },
            .number("eigenvalue error, %", 1) { $0.eigenvalueError.map { $0.mean * 100 } }, .number("s/MP", 2) { $0.secondsPerMegapixel },
            .number("peak memory, MB", 0) { $0.peakMemory.map { Double($0) / 1e6 } },
        ]
        return """
            <h2>In detail</h2>
            <p class="note">PSNR and gaps in dB; the worst tenth is the mean of the lowest 10 %; the gap is to the same restorer with the true kernel. \
            Kernel PSNR rewards wide kernels: the constant kernel is its floor.</p>
            \(table(columns, rows, id: "rows"))
            """
    }

    static func comparisons(_ comparisons: [PairedComparison]) -> String {
        guard !comparisons.isEmpty else { return "" }
        let columns: [Column<PairedComparison>] = [
            .text("data set") { $0.dataset }, .text("scale") { "×\($0.scale)" }, .text("difference") { "\($0.method) − \($0.other)" },
            .number("PSNR-Y, dB", 2, signed: true) { $0.difference }, .number("± 95 %", 2) { $0.halfWidth },
            .text("images") { "\($0.images)" },
        ]
        return """
            <h2>Paired differences</h2>
            <p class="note">Mean over images of the difference on the same image and draw, with its 95 % confidence interval (Student's t).</p>
            \(table(columns, comparisons, id: "comparisons"))
            """
    }

    static func items(_ items: [EvaluationItem]) -> String {
        let sorted = items.sorted { ($0.psnrY ?? $0.kernelPSNR ?? .infinity) < ($1.psnrY ?? $1.kernelPSNR ?? .infinity) }
        let columns: [Column<EvaluationItem>] = [
            .text("data set") { $0.dataset }, .text("scale") { "×\($0.scale)" }, .text("method") { $0.method }, .text("image") { $0.image },
            .text("draw") { $0.kernel ?? "\($0.draw + 1)" }, .number("PSNR-Y", 2) { $0.psnrY }, .number("SSIM-Y", 4) { $0.ssimY },
            .number("kernel PSNR", 2) { $0.kernelPSNR }, .number("eigenvalue error, %", 1) { $0.eigenvalueError.map { $0 * 100 } },
            .text("true σ") { $0.trueBlur?.text ?? "–" }, .text("estimated σ") { $0.estimatedBlur?.text ?? "–" },
            .number("s", 2) { $0.seconds },
        ]
        func choice(_ name: String, _ column: Int, _ values: [String]) -> String {
            let options = values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                .map { "<option>\(HTML.escaped($0))</option>" }.joined()
            return "<label>\(name) <select data-column=\"\(column)\"><option value=\"\">all</option>\(options)</select></label>"
        }
        return """
            <h2>Image by image</h2>
            <form id="filter" aria-label="Filter the images">\(choice("data set", 0, items.map(\.dataset))) \
            \(choice("scale", 1, items.map { "×\($0.scale)" })) \(choice("method", 2, items.map(\.method))) <output></output></form>
            \(table(columns, sorted, id: "items"))
            <button type="button" id="more">Show more</button>
            """
    }
}

extension BlurMeasure {
    /// Standard deviations in px and the direction of the longer one: "1.32 × 0.87 at 34°".
    var text: String {
        String(format: "%.2f × %.2f at %.0f°", variance1.squareRoot(), variance2.squareRoot(), angle)
    }
}
