import Foundation
import Synchronization

/// Work that goes on in a thread of its own while the caller does something else.
final class Ahead<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, Failure>?>(nil)
    private let finished = DispatchSemaphore(value: 0)

    init(_ body: sending @escaping () throws -> Value) {
        // Handed over: nobody else uses it.
        nonisolated(unsafe) let body = body
        let thread = Thread { [self] in
            let value = Result { try body() }.mapError { Failure($0) }
            result.withLock { $0 = value }
            finished.signal()
        }
        // Decoders want more than the half megabyte that a thread has by default.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the result. Throws ``Failure``.
    func value() throws(Failure) -> Value {
        finished.wait()
        finished.signal()
        return try result.withLock { $0! }.get()
    }
}
