import Foundation

/// What the reports for people have in common.
extension EvaluationReport {
    /// The weights of all methods, each file once.
    var weights: [WeightRecord] {
        methods.flatMap(\.weights).reduce(into: [WeightRecord]()) { list, weight in
            if !list.contains(where: { $0.sha256 == weight.sha256 }) { list.append(weight) }
        }
    }

    /// A row's PSNR-Y / SSIM-Y, or why its method has none.
    func score(_ row: EvaluationRow?, of method: MethodRecord) -> String {
        row.map { "\(decimals($0.psnrY, 2)) / \(decimals($0.ssimY, 4))" } ?? (method.missing == nil ? "not run" : "missing")
    }
}

/// A number for people with so many digits behind the point; "–" where there is none.
func decimals(_ value: Double?, _ digits: Int, signed: Bool = false) -> String {
    guard let value, !value.isNaN else { return "–" }
    guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
    return String(format: signed ? "%+.*f" : "%.*f", digits, value).replacing("-", with: "−")
}
