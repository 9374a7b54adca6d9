import Foundation
import Training

/// The progress of a training run on stderr: one line that is rewritten on a terminal, a line for each validation elsewhere.
struct ProgressDisplay {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: Trainer.Progress) {
        var line = String(
            format: "step %d/%d  loss %.4f  %.1f samples/s  ", progress.step, progress.steps, progress.loss, progress.samplesPerSecond)
        line += "\(Self.duration(progress.secondsLeft)) left"
        if let scores = progress.scores {
            line += "  " + scores.sorted { $0.key < $1.key }.map { String(format: "%@ %.2f", $0.key, $0.value) }.joined(separator: "  ")
        }
        if progress.scores != nil {
            Self.write((isTerminal ? "\r\u{1B}[K" : "") + line + "\n")
        } else if isTerminal {
            Self.write("\r\u{1B}[K" + line)
        }
    }

    func finish() { if isTerminal { Self.write("\r\u{1B}[K") } }

    /// A closed stream is no reason to end a training.
    static func write(_ text: String) { StandardStream.write(text, to: STDERR_FILENO) }

    /// "3 h 05 min", "12 min", "40 s".
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole >= 3600 { return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60) }
        return whole >= 60 ? "\(whole / 60) min" : "\(whole) s"
    }
}
