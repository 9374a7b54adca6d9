import BlindSR
import Foundation
import Torch

/// Evaluations for asynchronous programs, on a thread of their own: what `kenet evaluate` does.
///
///     let plan = try EvaluationPlan(
///         sets: [ImageSet(path: "photos")], scales: [2], methods: [MethodName(parsing: "spectrum+wiener")], draws: Draws(count: 1, seed: 0))
///     let settings = EvaluationSettings(plan, title: "Photos", command: "mine", threads: 2)
///     let report = try await Evaluator().evaluate(plan, settings: settings, store: store, folder: "run")
public actor Evaluator {
    private let thread: TensorThread

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter thread: Where the work is done; a `Restorer` may share it.
    public init(thread: TensorThread = TensorThread()) { self.thread = thread }

    /// Loads all methods, degrades, restores and measures. Results are written into the folder as they come: after a cancellation, `resume`
    /// goes on with them.
    ///
    /// - Parameters:
    ///   - store: Where weights are looked for. A method whose weights are missing is recorded as missing.
    ///   - folder: Of the run, made where it is missing; see ``Journal``.
    ///   - resume: Whether results that are in the folder are kept.
    ///   - progress: Called at the start and after each item.
    /// - Throws: ``EvaluationError``, `CancellationError` after the item in hand, and what the systems throw.
    public func evaluate(
        _ plan: EvaluationPlan, settings: EvaluationSettings, store: ModelStore, device: Device = .cpu, folder: String,
        resume: Bool = false, progress: @Sendable (Evaluation.Progress) -> Void = { _ in }
    ) throws -> EvaluationReport {
        try Task.checkCancellation()
        let machine = Machine(device: device, program: ProcessInfo.processInfo.processName)
        let evaluation = try Evaluation(
            plan, settings: settings, machine: machine, store: store, device: device, folder: folder, resume: resume)
        return try evaluation.run { now in
            progress(now)
            try Task.checkCancellation()
        }
    }
}
