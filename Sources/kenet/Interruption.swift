import Foundation
import Synchronization

/// Set by the signal handler.
private let isInterrupted = Atomic(false)

/// Ctrl-C and SIGTERM: the first one is a wish that long work looks for, the second one ends the program at once.
enum Interruption {
    /// Whether the user wants the program to end.
    static var isWanted: Bool { isInterrupted.load(ordering: .relaxed) }

    /// Throws where the user wants the program to end.
    static func check() throws(Failure) {
        if isWanted { throw Failure(.interrupted, "Interrupted; nothing unfinished was written") }
    }

    /// Takes over the signals. A full disk and a closed pipe become errors of the call that met them.
    static func prepare() {
        isInterrupted.store(false, ordering: .relaxed)
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                if isInterrupted.exchange(true, ordering: .relaxed) { _exit(ExitStatus.interrupted.rawValue) }
            }
        }
    }
}
