import Dispatch
import Foundation
import Synchronization

/// The one thread on which LibTorch works: it takes job after job off the queue, and between two tiles of a job what somebody waits for.
final class Worker: Sendable {
    /// Small pieces of work that may wait at once; more are refused.
    private static let mostUrgent = 16

    private struct State {
        var urgent: [@Sendable (Studio) -> Void] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let store: JobStore

    /// - Parameter makeStudio: Called on the thread.
    init(store: JobStore, makeStudio: @escaping @Sendable () -> Studio) {
        self.store = store
        let thread = Thread { [self] in
            run(makeStudio())
            ended.signal()
        }
        thread.name = "kenet worker"
        thread.stackSize = 16 << 20
        thread.start()
    }

    /// Says that a job was put into the queue, or that some may be gone.
    func wakeUp() { wake.signal() }

    /// Does a piece of work that somebody waits for, before the next tile of the job at work.
    ///
    /// - Parameters:
    ///   - job: What it is for.
    ///   - body: Gets what it is to call now and then: it throws once the job is gone or the page closes.
    /// - Throws: ``Refusal`` with 503 where too much waits already; what `body` throws.
    func perform<Result: Sendable>(
        for job: Job, _ body: @escaping @Sendable (Studio, () throws -> Void) throws -> Result
    ) async throws -> Result {
        @Sendable func pause() throws {
            if isStopped { throw Refusal.stopping }
            guard store.contains(job.id) else { throw Refusal.unknownJob }
        }
        return try await enqueue { studio in try body(studio, pause) }
    }

    private func enqueue<Result: Sendable>(_ body: @escaping @Sendable (Studio) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = state.withLock { state -> Refusal? in
                if state.isStopped { return .stopping }
                if state.urgent.count >= Self.mostUrgent { return .busy(state.urgent.count) }
                state.urgent.append { studio in continuation.resume(with: Swift.Result { try body(studio) }) }
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) }
            wake.signal()
        }
    }

    /// Ends the work at the next tile and waits for that.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
        ended.wait()
    }

    private var isStopped: Bool { state.withLock(\.isStopped) }

    private func run(_ studio: Studio) {
        while !isStopped {
            doUrgent(studio)
            guard let job = store.next() else {
                wake.wait()
                continue
            }
            studio.restore(job, in: store) { [self] in
                doUrgent(studio)
                guard !isStopped, store.contains(job.id) else { throw CancellationError() }
            }
        }
        doUrgent(studio)
    }

    private func doUrgent(_ studio: Studio) {
        while let work = state.withLock({ $0.urgent.isEmpty ? nil : $0.urgent.removeFirst() }) { work(studio) }
        studio.tidy(store)
    }
}
