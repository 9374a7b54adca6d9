import BlindSR
import FlyingFox
import Foundation
import Synchronization

/// All jobs, their order and who watches them. Every call is short; the work is done elsewhere.
final class JobStore: Sendable {
    private struct Entry {
        var job: Job
        var lastUse = ContinuousClock.now
        var watchers: [UUID: AsyncStream<JobStatus>.Continuation] = [:]
    }

    private struct State {
        var entries: [JobID: Entry] = [:]
        /// The jobs that wait for the worker, the next one first.
        var queue: [JobID] = []
    }

    let folder: JobFolder
    private let limits: ServingLimits
    private let state = Mutex(State())

    init(folder: JobFolder, limits: ServingLimits) {
        self.folder = folder
        self.limits = limits
    }

    /// Reserves a place and a folder for a photo that is going to arrive.
    ///
    /// - Throws: ``Refusal`` with 503 where too many wait.
    func admit(_ parameters: JobParameters, chosen: GaussianParameters?) throws(Refusal) -> JobID {
        let id = JobID()
        let isAdmitted = state.withLock { state in
            guard state.entries.values.count(where: { $0.job.state.isWaiting }) < limits.waiting else { return false }
            state.entries[id] = Entry(job: Job(id: id, parameters: parameters, chosen: chosen))
            return true
        }
        guard isAdmitted else { throw .busy(limits.waiting) }
        do { try folder.make(id) } catch {
            remove(id)
            throw Refusal(HTTPStatusCode(507, phrase: "Insufficient Storage"), "The photo cannot be stored.")
        }
        return id
    }

    /// Puts a job whose photo has arrived at the end of the queue. False where it is gone.
    func enqueue(_ id: JobID) -> Bool { enqueue(id) { $0.state == .receiving } }

    /// Puts a finished job into the queue once more, with a kernel that was chosen or, where that is nil, the estimate. False where the job is
    /// gone or not finished.
    func enqueue(_ id: JobID, chosen: GaussianParameters?) -> Bool {
        enqueue(id) { job in
            guard job.state == .done else { return false }
            job.chosen = chosen
            return true
        }
    }

    private func enqueue(_ id: JobID, _ prepare: (inout Job) -> Bool) -> Bool {
        let isQueued = state.withLock { state in
            guard state.entries[id] != nil, prepare(&state.entries[id]!.job) else { return false }
            state.entries[id]!.job.state = .queued
            state.queue.append(id)
            return true
        }
        if isQueued { tell(id) }
        return isQueued
    }

    /// Takes the next job off the queue.
    func next() -> Job? {
        let (job, rest) = state.withLock { state -> (Job?, [JobID]) in
            guard !state.queue.isEmpty else { return (nil, []) }
            let id = state.queue.removeFirst()
            state.entries[id]?.job.progress = 0
            state.entries[id]?.job.secondsLeft = nil
            state.entries[id]?.job.state = .estimating
            return (state.entries[id]?.job, state.queue)
        }
        for id in rest { tell(id) }
        return job
    }

    /// Changes a job and tells those who watch it; false where it was cancelled meanwhile.
    @discardableResult
    func update(_ id: JobID, _ change: (inout Job) -> Void) -> Bool {
        let isThere = state.withLock { state in
            guard state.entries[id] != nil else { return false }
            change(&state.entries[id]!.job)
            return true
        }
        if isThere { tell(id) }
        return isThere
    }

    func contains(_ id: JobID) -> Bool { state.withLock { $0.entries[id] != nil } }

    /// A job that somebody asks for, which keeps it for a while. Throws ``Refusal`` with 404.
    func job(_ id: JobID) throws(Refusal) -> Job {
        let job = state.withLock { state in
            state.entries[id]?.lastUse = .now
            return state.entries[id]?.job
        }
        guard let job else { throw .unknownJob }
        return job
    }

    /// What a client is told. Throws ``Refusal`` with 404.
    func status(_ id: JobID) throws(Refusal) -> JobStatus {
        _ = try job(id)
        guard let status = state.withLock({ Self.status(id, $0) }) else { throw .unknownJob }
        return status
    }

    private static func status(_ id: JobID, _ state: State) -> JobStatus? {
        state.entries[id].map { JobStatus($0.job, position: state.queue.firstIndex(of: id)) }
    }

    /// Cancels a job if it is at work, and removes it with its files.
    func remove(_ id: JobID) {
        let entry = state.withLock { state in
            state.queue.removeAll { $0 == id }
            return state.entries.removeValue(forKey: id)
        }
        folder.remove(id)
        guard var entry else { return }
        if !entry.job.state.isFinal { entry.job.state = .cancelled }
        for watcher in entry.watchers.values {
            watcher.yield(JobStatus(entry.job, position: nil))
            watcher.finish()
        }
    }

    // MARK: Watching

    /// The job's status now, at every change, and now and then so that a lost connection shows. Ends when the job does.
    func watch(_ id: JobID) throws(Refusal) -> AsyncStream<JobStatus> {
        _ = try job(id)
        let (stream, continuation) = AsyncStream.makeStream(of: JobStatus.self, bufferingPolicy: .bufferingNewest(1))
        let key = UUID()
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.entries[id]?.watchers.removeValue(forKey: key) } }
        state.withLock { $0.entries[id]?.watchers[key] = continuation }
        tell(id)
        return stream
    }

    private func tell(_ id: JobID) {
        let (status, watchers) = state.withLock { state in
            (Self.status(id, state), state.entries[id].map { Array($0.watchers.values) } ?? [])
        }
        guard let status else { return }
        for watcher in watchers {
            watcher.yield(status)
            if status.state.isFinal { watcher.finish() }
        }
    }

    // MARK: Time

    /// Removes the jobs that nobody has asked for in a while, and finished ones where there are too many; tells all watchers the state.
    func tidy(now: ContinuousClock.Instant = .now) {
        let (old, watched) = state.withLock { state in
            let idle = state.entries.values.filter { $0.job.state.isFinal && $0.watchers.isEmpty }.sorted { $0.lastUse < $1.lastUse }
            let old = idle.filter { now - $0.lastUse >= limits.keep }.map(\.job.id)
            let crowd = idle.map(\.job.id).prefix(max(0, idle.count - limits.finished))
            return (Set(old).union(crowd), state.entries.filter { !$0.value.watchers.isEmpty }.map(\.key))
        }
        for id in old { remove(id) }
        for id in watched { tell(id) }
    }
}
