import Dispatch
import Foundation
import Synchronization

/// One thread for all work with tensors, as the executor of actors.
///
/// Gradient and inference mode and the count of threads of an operation belong to the thread that set them, and after an `await` a task may
/// go on on any thread of Swift's pool. An actor with this executor does everything on one:
///
///     actor Experiment {
///         private let thread = TensorThread()
///         nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
///     }
///
/// Actors that share one take turns. The thread ends when the last of them is gone.
public final class TensorThread: SerialExecutor {
    private let queue = JobQueue()

    /// Starts the thread.
    ///
    /// - Parameter threads: CPU threads that one operation may use, at least 1; nil for LibTorch's own choice, one per core.
    public init(threads: Int? = nil) {
        let started = DispatchSemaphore(value: 0)
        let thread = Thread { [queue] in
            // On Linux a name is lost that is given before the start has returned.
            started.wait()
            Thread.current.name = Self.name
            // It fails for no count.
            if let threads { try? Engine.setThreads(threads) }
            queue.work()
        }
        thread.stackSize = 16 << 20
        thread.start()
        started.signal()
    }

    deinit { queue.close() }

    /// What the system calls the thread.
    static let name = "kenet tensors"

    /// Puts a piece of an actor's work at the end of the queue; called by Swift.
    public func enqueue(_ job: consuming ExecutorJob) { queue.add(UnownedJob(job), of: self) }
}

/// The work that waits, in its order.
private final class JobQueue: Sendable {
    /// With the executor, which stays as long as it has work.
    private let jobs = Mutex<[(job: UnownedJob, executor: TensorThread)]>([])
    /// Counts the jobs, and one more for the end.
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: UnownedJob, of executor: TensorThread) {
        jobs.withLock { $0.append((job, executor)) }
        signal.signal()
    }

    /// To be called when no executor is left that could add to the queue.
    func close() { signal.signal() }

    /// Does job after job until the queue is closed.
    func work() {
        while true {
            signal.wait()
            guard let (job, executor) = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
            withExtendedLifetime(executor) { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
        }
    }
}
