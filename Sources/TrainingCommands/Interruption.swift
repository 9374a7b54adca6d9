import Foundation
import Synchronization

/// Ctrl-C and a polite kill, as a flag that long work looks at: it finishes or drops what it has in hand and leaves in order.
public enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Whether the user has asked to stop.
    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// From now on the first SIGINT or SIGTERM sets the flag; a second one ends the process at once. Both are let through even where
    /// the parent process had blocked them. A full disk and a closed pipe become errors of the call that met them.
    public static func listen() {
        for number in [SIGXFSZ, SIGPIPE] { signal(number, SIG_IGN) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { received in
                Interruption.flag.store(true, ordering: .relaxed)
                let note: StaticString = "\nStopping; Ctrl-C once more ends at once.\n"
                if isatty(STDERR_FILENO) == 1 { _ = write(STDERR_FILENO, note.utf8Start, note.utf8CodeUnitCount) }
                signal(received, SIG_DFL)
            }
        }
    }
}
