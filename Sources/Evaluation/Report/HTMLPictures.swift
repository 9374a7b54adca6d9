import Foundation

/// The pictures of a report, the worst first, with what enlarges them.
struct HTMLPictures {
    private let shown: [(item: EvaluationItem, pictures: ItemPictures)]

    init(_ report: EvaluationReport, _ pictures: [ItemPictures]) {
        let byKey = Dictionary(pictures.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        shown = report.items.compactMap { item in byKey[item.key].map { (item, $0) } }
            .sorted { ($0.item.psnrY ?? .infinity) < ($1.item.psnrY ?? .infinity) }
    }

    var section: String {
        guard !shown.isEmpty else { return "" }
        let methods = shown.reduce(into: [String]()) { if !$0.contains($1.item.method) { $0.append($1.item.method) } }
        let blocks = methods.map { method in
            let figures = shown.filter { $0.item.method == method }.map { figure($0.item, $0.pictures) }
            return
                "<details open><summary>\(HTML.escaped(method))</summary><div class=\"figures\">\(figures.joined(separator: "\n"))</div></details>"
        }
        return """
            <h2>Where it went worst</h2>
            <p class="note">The lowest PSNR of each row, cut out where the error is largest. A click enlarges; the keys 1, 2 and 3 flip between LR, result and \
            HR.</p>
            \(blocks.joined(separator: "\n"))
            <dialog id="zoom" aria-label="Enlarged"><div class="stage"></div><p><button type="button" data-show="lr">1 LR</button> \
            <button type="button" data-show="result">2 result</button> <button type="button" data-show="hr">3 HR</button> \
            <button type="button" data-close>Close</button></p></dialog>
            """
    }

    private func figure(_ item: EvaluationItem, _ pictures: ItemPictures) -> String {
        let titles = ["lr": "LR", "true": "true kernel", "estimate": "estimated", "result": "result", "hr": "HR"]
        let panels = ["lr", "true", "estimate", "result", "hr"].compactMap { name -> String? in
            guard let file = pictures.files.first(where: { $0.name == name }), let title = titles[name] else { return nil }
            let image =
                "<img loading=\"lazy\" alt=\"\(title)\" data-name=\"\(name)\" src=\"data:\(file.mimeType);base64,\(file.bytes.base64EncodedString())\">"
            return "<span>\(image)<small>\(title)</small></span>"
        }
        var facts = ["\(item.dataset) ×\(item.scale), \(item.image), draw \(item.draw + 1)", "\(decimals(item.psnrY, 2)) dB"]
        if let kernel = item.kernelPSNR { facts.append("kernel \(decimals(kernel, 2)) dB") }
        if let blur = item.trueBlur { facts.append("true σ \(blur.text)") }
        if let blur = item.estimatedBlur { facts.append("estimated σ \(blur.text)") }
        return """
            <figure><button type="button" class="panels">\(panels.joined())</button><figcaption>\(HTML.escaped(facts.joined(separator: " · ")))</figcaption></figure>
            """
    }
}
