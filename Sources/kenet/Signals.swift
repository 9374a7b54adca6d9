import Foundation
import Torch
import TrainingCommands

extension Interruption {
    /// Throws where the user wants the program to end.
    static func check() throws(Failure) {
        if isRequested { throw Failure(.interrupted, "Interrupted; nothing unfinished was written") }
    }

    /// Takes over the signals. A full disk and a closed pipe become errors of the call that met them.
    static func prepare() {
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        listen()
    }
}

extension EngineOptions {
    /// Checks that the engine is the one that this program was built for, and starts it.
    func prepare() throws -> Device {
        guard Engine.isCompatible else {
            throw Failure(.unavailable, "This program was built for LibTorch \(Engine.version), but \(Engine.loadedVersion) was loaded")
        }
        return try start()
    }
}
