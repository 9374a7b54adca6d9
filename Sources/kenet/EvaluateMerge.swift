import ArgumentParser
import Evaluation
import Foundation

/// `kenet evaluate merge`: several results as one.
struct EvaluateMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put the results of several shards or methods together.",
        discussion: "Takes what --json wrote. Pictures for --html come from the folders that --run named.")

    @Argument(help: ArgumentHelp("Results.", valueName: "json"))
    var results: [String]

    @Option(name: .customLong("run"), help: ArgumentHelp("Folder of a run whose pictures are shown; may be repeated.", valueName: "folder"))
    var folders: [String] = []

    @OptionGroup var reports: ReportOptions

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func run() throws {
        let console = Console(isQuiet: quiet)
        try reports.check(overwrite: reports.force)
        let parts = try results.map { (path) throws(EvaluationError) in (path, try EvaluationReport(file: path)) }
        let report = try EvaluationReport(merging: parts)
        try reports.write(
            report, pictures: { folders.flatMap { Journal.pictures(in: $0, of: report.items) } }, overwrite: reports.force,
            console: console)
        try console.result(report.summaryTable)
    }
}
