import BlindSR
import Fixtures
import Foundation
import Synchronization
import Testing

@testable import Evaluation

/// Evaluations on a thread of their own, with methods that need no weights.
@Suite(.serialized) struct EvaluatorTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kenet-evaluator-" + UUID().uuidString).path
    private let store = ModelStore(folders: ["/nowhere"])

    private func plan() throws -> EvaluationPlan {
        try EvaluationPlan(
            sets: [ImageSet(path: Fixture.smallPath("miniature"))], scales: [2],
            methods: [MethodName(parsing: "bicubic"), MethodName(parsing: "bicubic-aligned"), MethodName(parsing: "kenet")],
            draws: Draws(count: 2, seed: 1))
    }

    @Test func report() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan()
        let settings = EvaluationSettings(plan, title: "Miniature", command: "test", threads: 1)
        #expect(settings.datasets == ["miniature"] && settings.seed == 1)
        let seen = Mutex<[Int]>([])
        let report = try await Evaluator().evaluate(plan, settings: settings, store: store, folder: folder) { now in
            seen.withLock { $0.append(now.done) }
        }
        #expect(seen.withLock(\.self) == Array(0...8))
        #expect(report.items.count == 8 && report.items.allSatisfy { $0.psnrY != nil })
        #expect(report.methods.filter { $0.missing != nil }.map(\.name) == ["kenet"])
    }

    /// What was found before a cancellation is kept, and another evaluation goes on with it.
    @Test func cancelledAndResumed() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan()
        let settings = EvaluationSettings(plan, title: "Miniature", command: "test", threads: 1)
        let evaluator = Evaluator()
        let task = Task {
            try await evaluator.evaluate(plan, settings: settings, store: store, folder: folder) { now in
                if now.done == 3 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let first = Mutex<Int?>(nil)
        let report = try await evaluator.evaluate(plan, settings: settings, store: store, folder: folder, resume: true) { now in
            first.withLock { $0 = $0 ?? now.done }
        }
        #expect(first.withLock(\.self) == 3 && report.items.count == 8)
    }
}
