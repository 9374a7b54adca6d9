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

    /// Loads a method's networks.
    ///
    /// - Throws: ``EvaluationError/unknownMethod(_:known:)``; `ModelError` and what loading throws where weights are missing or damaged.
    init(_ name: MethodName, scale: Int, store: ModelStore, device: Device) throws {
        guard MethodRegistry.knows(name) else { throw EvaluationError.unknownMethod("\(name)", known: MethodRegistry.names) }
        self.name = name
        if let system = MethodRegistry.blind[name.first.system] {
            weights = []
            run = { Outcome(result: try system.upscale($0.lr, scale: $0.scale)) }
            return
        }
        let estimator = SystemName.Estimator(rawValue: name.first.system)
        let upscaler = name.upscaler.flatMap { SystemName.Upscaler(rawValue: $0.system) }
        // A selection names whole systems; the half that is not needed is never loaded.
        let system = SystemName(estimator ?? .kenet, upscaler ?? .usrnetTiny)
        let estimatorRole = estimator.map { WeightRole.estimator($0, scale: scale) }
        let upscalerRole = upscaler.map { WeightRole.upscaler($0, scale: scale) }
        let named = [(estimatorRole, name.first.weights), (upscalerRole, name.upscaler?.weights)].compactMap { role, weights in
            role.flatMap { role in weights.map { Self.weightName($0, of: role) } }
        }
        let selection = try WeightSelection(
            estimator: estimatorRole, upscaler: upscalerRole, of: system, scale: scale, names: named + ["clean"], store: store)
        let loaded = try BlindSystem(selection, scale: scale, device: device)
        weights = zip(loaded.weights, loaded.hashes).map { WeightRecord($0, scale: scale, hash: $1) }
        let given = MethodRegistry.givenKernels[name.first.system]
        run = { test in
            let estimate = try given.map { KernelEstimate(kernel: $0.kernel(for: test)) } ?? loaded.estimateKernel(test.lr)
            let result = try upscaler.map { _ in
                try loaded.restore(
                    test.lr, kernel: estimate.kernel,
                    options: .init(border: test.border, noise: estimate.noise, confidence: estimate.confidence?.expected))
            }
            return Outcome(result: result, estimate: given == .true ? nil : estimate)
        }
    }

    func callAsFunction(_ test: TestCase) throws -> Outcome { try run(test) }

    /// `l1` means the file kenet-x2-l1 where kenet-x2 is the standard one; a path means itself.
    private static func weightName(_ text: String, of role: WeightRole) -> String {
        text.contains("/") || text.hasSuffix(".safetensors") ? text : "\(role.standardName)-\(text)"
    }
}

extension WeightRecord {
    init(_ card: WeightCard, scale: Int, hash: String) {
        let curve = (card.path as NSString).deletingPathExtension + ".svg"
        self.init(
            scale: scale, name: card.name, sha256: hash, summary: card.summary, curve: try? String(contentsOfFile: curve, encoding: .utf8))
    }
}
