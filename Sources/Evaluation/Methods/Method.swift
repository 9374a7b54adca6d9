import BlindSR
import Foundation
import Pixels
import Torch

/// A method that is ready to run at one scale.
struct Method {
    /// What a method says of a test case.
    struct Outcome {
        /// Nil for a method that restores nothing.
        var result: Image?
        /// Nil for a method that estimates nothing, and for the true kernel.
        var estimate: KernelEstimate?
    }

    let name: MethodName
    let weights: [WeightRecord]
    private let run: (TestCase) throws -> Outcome

    /// The variant that leaves it to the system which weights suit a photo, as the tool does.
    private static let automatic = "auto"

    /// Loads a method's networks.
    ///
    /// - Throws: ``EvaluationError/unknownMethod(_:known:)``; `ModelError` and what loading throws where weights are missing or damaged.
    init(_ name: MethodName, scale: Int, store: ModelStore, device: Device) throws {
        self.name = name
        let given = MethodRegistry.givenKernels[name.first.system]
        guard let (system, part) = try MethodRegistry.system(name) else {
            weights = []
            run = { test in Outcome(estimate: given.map { KernelEstimate(kernel: $0.kernel(for: test)) }) }
            return
        }
        let parts = [name.first, name.upscaler].compactMap(\.self)
        let names =
            parts.contains { $0.weights == Self.automatic }
            ? [] : parts.compactMap { part in part.weights.map { Self.weightName($0, of: part.system, scale: scale) } } + ["clean"]
        let loaded = try BlindSystem(WeightSelection(system, part, scale: scale, names: names, store: store), device: device)
        weights = try zip(loaded.weights, loaded.hashes(of: loaded.weights)).map { WeightRecord($0, scale: scale, hash: $1) }
        run = { test in
            guard part != .estimator else { return Outcome(estimate: try loaded.estimateKernel(test.lr)) }
            // Never the mild kernel: a doubtful estimate counts as it is.
            let estimate =
                try given.map { KernelEstimate(kernel: $0.kernel(for: test)) } ?? (loaded.isWhole ? nil : loaded.estimateKernel(test.lr))
            let result = try loaded.upscale(test.lr, options: .init(estimate: estimate, restoration: .init(border: test.border)))
            return Outcome(result: result.image, estimate: given == .true ? nil : result.findings.estimate)
        }
    }

    func callAsFunction(_ test: TestCase) throws -> Outcome { try run(test) }

    /// `l1` means the file kenet-x2-l1 where kenet-x2 is the standard one; a path means itself.
    private static func weightName(_ text: String, of system: String, scale: Int) -> String {
        if text.contains("/") || text.hasSuffix(".safetensors") { return text }
        let role =
            SystemName.Estimator(rawValue: system)?.role(scale: scale) ?? SystemName.Upscaler(rawValue: system)?.role(scale: scale)
            ?? SystemName.Whole(rawValue: system)?.role(scale: scale)
        return "\(role?.standardName ?? system)-\(text)"
    }
}

extension WeightRecord {
    init(_ card: WeightCard, scale: Int, hash: String) {
        let curve = (card.path as NSString).deletingPathExtension + ".svg"
        self.init(
            scale: scale, name: card.name, sha256: hash, summary: card.summary, curve: try? String(contentsOfFile: curve, encoding: .utf8))
    }
}
