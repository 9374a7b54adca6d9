import BlindSR

/// A kernel in words and in JSON.
struct KernelDescription {
    enum Source: String {
        case estimated, given
        /// A mild kernel in the place of an estimate that is not to be trusted.
        case fallback
    }

    let kernel: BlurKernel
    let source: Source
    var confidence: KernelConfidence?

    var json: JSONText {
        let fit = GaussianParameters.fit(to: kernel)
        return .object([
            ("source", .string(source.rawValue)), ("size", .array([.integer(kernel.height), .integer(kernel.width)])),
            ("values", .array(kernel.values.map { .number(Double($0)) })),
            ("eigenvalues", .array([.number(fit.variance1), .number(fit.variance2)])), ("angle", .number(fit.degrees)),
            ("confidence", confidence.map(\.json) ?? .null),
        ])
    }

    /// "kernel 11×11, σ 1.32 × 0.87 px at 34°, predicted kernel PSNR 57 dB (50–63)": size, standard deviations, the direction of the longer one,
    /// and what the estimator expects of itself where it does.
    var text: String {
        let fit = GaussianParameters.fit(to: kernel)
        let deviations = String(format: "%.2f × %.2f", fit.variance1.squareRoot(), fit.variance2.squareRoot())
        let expected = confidence.map { ", predicted kernel PSNR \($0.text)" } ?? ""
        return "kernel \(kernel.height)×\(kernel.width), σ \(deviations) px at \(String(format: "%.0f", fit.degrees))°\(expected)"
    }
}

extension KernelConfidence {
    /// What is expected and where it lies in eight cases of ten, in dB.
    var json: JSONText {
        .object([("expected", .number(expected)), ("low", .number(interval.lowerBound)), ("high", .number(interval.upperBound))])
    }

    /// "57 dB (50–63)".
    var text: String { String(format: "%.0f dB (%.0f–%.0f)", expected, interval.lowerBound, interval.upperBound) }
}
