import Evaluation
import Foundation

/// The folder in which an evaluation keeps its results while it runs.
struct RunPlace {
    let path: String
    /// Whether it is still there after a run that was interrupted or failed.
    let isKept: Bool
    private let isOurs: Bool

    /// The folder that was named; else NAME.run for the report NAME.json; else a temporary one.
    ///
    /// - Parameter force: Whether results that are there are dropped.
    init(_ folder: String?, reports: [String], force: Bool) throws {
        if let folder {
            (path, isKept, isOurs) = (folder, true, false)
        } else if let report = reports.first {
            (path, isKept, isOurs) = ((report as NSString).deletingPathExtension + ".run", true, true)
        } else {
            (path, isKept, isOurs) = (NSTemporaryDirectory() + "kenet-evaluation-" + UUID().uuidString, false, true)
        }
        if force { try Journal.remove(path) }
    }

    /// Removes what nobody asked for, now that the reports are written.
    func finish() throws {
        if isOurs { try Journal.remove(path) }
    }

    /// Removes what nobody could go on with, however the run ended.
    func discard() {
        if !isKept { try? FileManager.default.removeItem(atPath: path) }
    }
}

/// How far an evaluation is: a bar on a terminal, a line a minute elsewhere.
final class EvaluationDisplay {
    private let console: Console
    private let line: ProgressLine
    private var lastLine = ContinuousClock.now

    init(console: Console) {
        self.console = console
        line = ProgressLine("evaluating", console: console)
    }

    func show(_ progress: Evaluation.Progress) {
        line.show(Double(progress.done) / Double(max(1, progress.planned)), secondsLeft: .some(progress.secondsLeft))
        guard !Console.isInteractive, ContinuousClock.now - lastLine > .seconds(60) else { return }
        lastLine = .now
        console.note("\(progress.done) of \(progress.planned)" + (progress.secondsLeft.map { ", \(duration($0)) left" } ?? ""))
    }

    func clear() { line.clear() }
}
