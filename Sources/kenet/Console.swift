import Files
import Foundation
import TrainingCommands

/// The two streams of the program: results go to stdout and nothing else does, what people read goes to stderr.
struct Console {
    /// Whether only warnings and errors are written to stderr.
    var isQuiet = false

    /// Writes one line of results.
    ///
    /// - Throws: ``Failure`` where stdout takes nothing any more.
    func result(_ line: String) throws(Failure) {
        guard StandardStream.write(line + "\n", to: STDOUT_FILENO) else {
            throw Failure(.cannotWrite, "The results cannot be written to standard output (\(systemMessage())).")
        }
    }

    /// Tells something to people.
    func note(_ line: String) {
        if !isQuiet { Self.write(line) }
    }

    func warn(_ sentence: String) { Self.write("kenet: warning: " + Self.sentence(sentence)) }

    func fail(_ sentence: String) { Self.write("kenet: " + Self.sentence(sentence)) }

    /// Whether stderr is a terminal, so that a line can be overwritten.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// On one line, without control characters (file names may hold them), with a full stop.
    private static func sentence(_ text: String) -> String {
        let line = printable(text)
        return line.hasSuffix(".") ? line : line + "."
    }

    /// The text with control characters replaced, so that nothing that comes from a file steers the terminal.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }

    private static func write(_ line: String) {
        StandardStream.write((isInteractive ? "\r\u{1B}[K" : "") + line + "\n", to: STDERR_FILENO)
    }
}

/// A line on the terminal that shows how far one piece of work is; nothing where stderr is no terminal.
struct ProgressLine {
    private let label: String
    private let isShown: Bool
    private let start = ContinuousClock.now

    init(_ label: String, console: Console) {
        self.label = Console.printable(label)
        isShown = Console.isInteractive && !console.isQuiet
    }

    /// Shows a part of 0…1, with the time that the rest will take: as it is given, else judged by the time so far.
    func show(_ part: Double, secondsLeft: Double?? = nil) {
        guard isShown else { return }
        let width = 24
        let filled = Int((part * Double(width)).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let guess = part > 0.02 && elapsed > 1 ? elapsed * (1 - part) / part : nil
        let rest = (secondsLeft ?? guess).map { "  \(duration($0)) left" } ?? ""
        StandardStream.write("\r\u{1B}[K\(label)  \(bar) \(Int(part * 100)) %\(rest)", to: STDERR_FILENO)
    }

    func clear() {
        if isShown { StandardStream.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}

/// Seconds as people read them: 0.8 s, 41 s, 3 min 5 s, 2 h 10 min.
func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<10: String(format: "%.1f s", seconds)
    case ..<60: String(format: "%.0f s", seconds)
    case ..<3600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    default: "\(Int(seconds) / 3600) h \(Int(seconds) % 3600 / 60) min"
    }
}
