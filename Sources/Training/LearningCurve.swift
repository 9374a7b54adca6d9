import Foundation

/// The learning curve of a run as a small SVG picture: validation scores over training samples.
enum LearningCurve {
    /// Scores in decibels, as most are, but for these.
    private static let units = ["logLikelihood": "nats", "noiseError": "of 255"]
    private static let (width, height, margin) = (640.0, 320.0, 48.0)
    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

    static func svg(_ entries: [RunFolder.Entry]) -> String {
        let names = Set(entries.flatMap(\.scores.keys)).sorted()
        let values = entries.flatMap(\.scores.values)
        let last = Double(entries.last?.samples ?? 1)
        let low = (values.min() ?? 0).rounded(.down)
        let high = max((values.max() ?? 1).rounded(.up), low + 1)
        func x(_ samples: Int) -> Double { margin + (width - 2 * margin) * Double(samples) / max(last, 1) }
        func y(_ value: Double) -> Double { height - margin - (height - 2 * margin) * (value - low) / (high - low) }

        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
        ]
        for i in 0...4 {
            let value = low + (high - low) * Double(i) / 4
            lines.append("<path d=\"M\(margin) \(y(value))H\(width - margin)\" stroke=\"#ddd\"/>")
            lines.append("<text x=\"\(margin - 6)\" y=\"\(y(value) + 4)\" text-anchor=\"end\">\(String(format: "%.1f", value))</text>")
        }
        lines.append("<text x=\"\(width - margin)\" y=\"\(height - margin + 18)\" text-anchor=\"end\">\(Int(last)) samples</text>")
        for (index, name) in names.enumerated() {
            let points = entries.compactMap { entry in entry.scores[name].map { "\(x(entry.samples)),\(y($0))" } }
            let colour = colours[index % colours.count]
            lines.append("<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
            lines.append(
                "<text x=\"\(margin + 8 + 110 * Double(index))\" y=\"20\" fill=\"\(colour)\">\(name) (\(units[name, default: "dB"]))</text>"
            )
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }
}
