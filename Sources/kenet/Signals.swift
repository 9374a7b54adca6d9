import TrainingCommands

extension Interruption {
    /// Throws where the user wants the program to end.
    static func check() throws(Failure) {
        if isRequested { throw Failure(.interrupted, "Interrupted; nothing unfinished was written") }
    }
}
