/// How the program ends.
enum ExitStatus: Int32 {
    case success = 0
    /// Some files of several failed.
    case someFailed = 1
    /// The command line is wrong, or asks for something that is not offered.
    case usage = 64
    /// A photo, kernel or data file cannot be used.
    case badData = 65
    /// There is no such input.
    case noInput = 66
    /// Weights, engine or device are missing or not in order.
    case unavailable = 69
    /// The output cannot be written, or exists already.
    case cannotWrite = 73
    /// Ended by Ctrl-C or SIGTERM.
    case interrupted = 130
}
