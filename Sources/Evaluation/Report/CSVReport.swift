extension EvaluationReport {
    /// The items as comma-separated values (RFC 4180), a header first.
    public var csv: String {
        let columns: [(name: String, value: (EvaluationItem) -> String)] = [
            ("dataset", { Self.quoted($0.dataset) }), ("scale", { "\($0.scale)" }), ("method", { Self.quoted($0.method) }),
            ("image", { Self.quoted($0.image) }), ("draw", { "\($0.draw)" }), ("width", { "\($0.width)" }), ("height", { "\($0.height)" }),
            ("psnrY", { Self.text($0.psnrY) }), ("ssimY", { Self.text($0.ssimY) }), ("psnrRGB", { Self.text($0.psnrRGB) }),
            ("kernelPSNR", { Self.text($0.kernelPSNR) }), ("confidence", { Self.text($0.confidence) }),
            ("confidenceLow", { Self.text($0.confidenceLow) }), ("confidenceHigh", { Self.text($0.confidenceHigh) }),
            ("eigenvalueError", { Self.text($0.eigenvalueError) }),
            ("trueVariance1", { Self.text($0.trueBlur?.variance1) }), ("trueVariance2", { Self.text($0.trueBlur?.variance2) }),
            ("trueAngle", { Self.text($0.trueBlur?.angle) }), ("estimatedVariance1", { Self.text($0.estimatedBlur?.variance1) }),
            ("estimatedVariance2", { Self.text($0.estimatedBlur?.variance2) }), ("estimatedAngle", { Self.text($0.estimatedBlur?.angle) }),
            ("seconds", { "\($0.seconds)" }), ("peakMemory", { $0.peakMemory.map(String.init) ?? "" }),
            ("kernel", { Self.quoted($0.kernel ?? "") }),
        ]
        let header = columns.map(\.name).joined(separator: ",")
        return ([header] + items.map { item in columns.map { $0.value(item) }.joined(separator: ",") }).joined(separator: "\r\n") + "\r\n"
    }

    private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

    private static func quoted(_ text: String) -> String {
        text.contains { ",\"\r\n".contains($0) || $0 == "\r\n" } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
