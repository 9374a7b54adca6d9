import ArgumentParser
import BlindSR
import Evaluation
import Files
import Foundation
import NeuralNetworks
import TrainingCommands

/// `kenet evaluate`: scores of methods on data sets, and the paper's tables.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score methods on data sets; make the paper's tables.",
        discussion: """
              kenet evaluate table1 --data benchmarks --json table1.json --html table1.html
              kenet evaluate photos/ --scale 2 --methods kenet+usrnet-tiny,gt+usrnet-tiny --draws 3
              kenet evaluate DIV2KRK/ --scale 2,4
              kenet evaluate Set5 --methods spectrum+usrnet-tiny,gt+usrnet-tiny --kernels kernels_12.mat
              kenet evaluate BSD100 --scale 2 --noise 5 --jpeg 70
              kenet evaluate merge shard1.json shard2.json --html all.html
            """,
        subcommands: [EvaluateRun.self, EvaluateMerge.self, EvaluateSheet.self], defaultSubcommand: EvaluateRun.self)
}

/// The reports that an evaluation can be written to.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write everything as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write a report for the browser, with pictures, in one file.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write one line per image, draw and method.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Write the tables as Markdown.", valueName: "file"))
    var markdown: String?

    @Flag(help: "Replace files that exist.")
    var force = false

    var files: [String] { [json, html, csv, markdown].compactMap { $0 } }

    /// Whether all of them can be written, each under a name of its own; throws ``Failure``.
    func check(overwrite: Bool) throws {
        for (index, file) in files.enumerated() {
            if files[..<index].contains(where: { FileIdentity.isSame($0, file) }) {
                throw Failure(.usage, "\(file): two reports need different names")
            }
            try Destination.check(file, overwrite: overwrite)
        }
    }

    /// Writes the reports and tells of them.
    func write(_ report: EvaluationReport, pictures: () -> [ItemPictures], overwrite: Bool, console: Console) throws {
        func write(_ text: @autoclosure () throws -> Data, _ path: String?) throws {
            guard let path else { return }
            do { try AtomicFile.write([UInt8](text()), to: path, replacing: overwrite) } catch { throw Failure.writing(error) }
            console.note("→ \(Console.printable(path))")
        }
        try write(try report.json, json)
        try write(Data(report.csv.utf8), csv)
        try write(Data(report.markdown.utf8), markdown)
        try write(Data(HTMLReport(report, pictures: pictures()).text.utf8), html)
    }
}

/// `kenet evaluate` without a further word.
struct EvaluateRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Evaluate (the default).",
        discussion: """
            A data set is a folder of HR images, which are degraded here as the paper does it (see --draws), or a folder that brings its LR images \
            and kernels with it: folders gt, lr_x2 and gt_k_x2 as in DIV2KRK, or HR, LR and kernels (.mat as used by correlation, .npy, .json or \
            images as used by convolution).

            A method is ESTIMATOR+UPSCALER, ESTIMATOR alone (only its kernels are scored), gt+UPSCALER (the true kernel), constant+UPSCALER (one \
            kernel for all images), or one of \(SystemName.Whole.allCases.map(\.rawValue).joined(separator: ", ")). NAME:VARIANT or NAME:FILE takes other weights: kenet:l1 is kenet-x2-l1 at ×2; \
            spectrum:auto+wiener:auto chooses them by the photo, as kenet upscale does. \
            The constant kernel and the aligned bicubic stand beside whatever is named.

            Results are written down as they come; after Ctrl-C --resume goes on. Exit status 1: some images could not be used.
            """)

    @Argument(help: ArgumentHelp("table1, table2, table3, or folders of images.", valueName: "table|dataset"))
    var sets: [String]

    @Option(help: ArgumentHelp("Where the tables' data sets are: Set5, Set14, BSD100, Urban100.", valueName: "root"))
    var data: String?

    @Option(help: ArgumentHelp("Scales with commas between them (default: 2,4, or the table's).", valueName: "list"))
    var scale: String?

    @Option(
        help: ArgumentHelp(
            "With commas between them (default: \(EvaluationPlan.usualMethods.joined(separator: ",")), or the table's).", valueName: "list")
    )
    var methods: String?

    @Flag(help: "In a table, also the systems that learn from each photo by itself: minutes a photo.")
    var slow = false

    @Option(
        help: ArgumentHelp(
            "n random blurs of each image, or a file of fixed ones, FILE:n for its first n (default: draws.json beside the data sets, else 1).",
            valueName: "n|file"))
    var draws: String?

    @Option(
        help: ArgumentHelp(
            "Kernels instead of draws, each for every image: a file (.mat, .npy, .json or an image) or a folder, as used by convolution.",
            valueName: "file|folder"))
    var kernels: String?

    @OptionGroup var corruption: CorruptionOptions

    @Option(help: "Of the random blurs and of the noise.")
    var seed: UInt64 = 0

    @Option(name: .customLong("protocol"), help: "paper: PSNR of the whole image; crop: without a border as wide as the scale.")
    var measuring = EvaluationProtocol.paper

    @OptionGroup var reports: ReportOptions

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Folder of the results as they come (default: beside the first report).", valueName: "folder"))
    var folder: String?

    @Flag(help: "Go on with an evaluation that was interrupted, or add methods to it.")
    var resume = false

    @Option(help: ArgumentHelp("Evaluate one of n parts; put them together with kenet evaluate merge.", valueName: "i/n"))
    var shard: Shard = .whole

    @OptionGroup var engine: EngineOptions

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func validate() throws {
        if let scale, Self.scales(scale) == nil { throw ValidationError("--scale takes scales from 1 to 4 with commas between them.") }
        if draws != nil, kernels != nil { throw ValidationError("--draws and --kernels both say what the blurs are.") }
        if table != nil, data == nil { throw ValidationError("--data says where the table's data sets are.") }
        if sets.count > 1, sets.contains(where: { PaperTable(rawValue: $0) != nil }) {
            throw ValidationError("A table is evaluated by itself.")
        }
    }

    private var table: PaperTable? { sets.count == 1 ? PaperTable(rawValue: sets[0]) : nil }

    func run() throws {
        let console = Console(isQuiet: quiet)
        try reports.check(overwrite: reports.force || resume)
        let (plan, settings) = try plan(console)
        let device = try engine.start()
        let work = try RunPlace(folder, reports: reports.files, force: reports.force && !resume)
        defer { work.discard() }
        let evaluation = try Evaluation(
            plan, settings: settings, machine: Machine(device: device, program: "kenet \(kenetVersion)"), store: .ofThisProcess(),
            device: device,
            folder: work.path, resume: resume)
        let display = EvaluationDisplay(console: console)
        let report: EvaluationReport
        do {
            report = try evaluation.run { progress in
                display.show(progress)
                guard !Interruption.isRequested else {
                    let kept = work.isKept ? "; they are kept in \(work.path), --resume goes on" : ""
                    throw Failure(.interrupted, "Interrupted; \(progress.done) of \(progress.planned) results are there\(kept)")
                }
            }
        } catch {
            display.clear()
            throw error
        }
        display.clear()
        for image in report.skipped { console.warn("\(image.dataset), \(image.image): \(image.reason)") }
        for method in report.methods { if let reason = method.missing { console.warn("\(method.name) was not run: \(reason)") } }
        guard !report.items.isEmpty else { throw Failure(.badData, "No image could be used") }
        try reports.write(report, pictures: { evaluation.pictures(of: report) }, overwrite: reports.force || resume, console: console)
        try console.result(report.summaryTable)
        try work.finish()
        let missing = Set(report.methods.filter { $0.missing != nil }.map(\.name))
        if let methods, methods.split(separator: ",").allSatisfy({ missing.contains(String($0)) }) {
            throw ExitCode(ExitStatus.unavailable.rawValue)
        }
        if !report.skipped.isEmpty { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }

    private func plan(_ console: Console) throws -> (EvaluationPlan, EvaluationSettings) {
        let chosen = methods.map { $0.split(separator: ",").map(String.init) }
        if let chosen { try EvaluationPlan.checkKnown(chosen) }
        let paths = try setPaths(console)
        let draws = try self.draws(beside: paths, seed: seed)
        let corruption = corruption.value == NoiseAndCompression() ? nil : corruption.value
        console.note("draws: \(draws.description)" + (corruption.map { "; \($0)" } ?? ""))
        let plan = try EvaluationPlan(
            sets: paths.map { (path) throws(EvaluationError) in try ImageSet(path: path) },
            scales: scale.flatMap(Self.scales) ?? table?.scales ?? [2, 4],
            methods: EvaluationPlan.completed(chosen ?? tableMethods(console) ?? EvaluationPlan.usualMethods), draws: draws,
            corruption: corruption, shard: shard)
        let settings = EvaluationSettings(
            plan, title: table?.title ?? "Evaluation", command: "kenet " + CommandLine.arguments.dropFirst().joined(separator: " "),
            protocolName: measuring, threads: engine.threads)
        return (plan, settings)
    }

    /// The methods of the table, those that take minutes a photo only where they are asked for.
    private func tableMethods(_ console: Console) throws -> [String]? {
        guard let table else { return nil }
        let left = try table.methods.filter { try !slow && MethodName(parsing: $0).isSlow }
        if !left.isEmpty { console.note("left out, as they take minutes a photo (--slow): \(left.joined(separator: ", "))") }
        return table.methods.filter { !left.contains($0) }
    }

    /// The folders of the data sets; those of a table that are not there are left out with a word.
    private func setPaths(_ console: Console) throws -> [String] {
        guard let table, let data else {
            return sets.map { name in
                data.map { $0 + "/" + name }.flatMap { FileIdentity.isFolder($0) && !FileIdentity.isFolder(name) ? $0 : nil } ?? name
            }
        }
        guard FileIdentity.isFolder(data) else { throw EvaluationError.noDataSet(data) }
        let paths = table.sets.map { data + "/" + $0 }
        for path in paths where !FileIdentity.isFolder(path) { console.warn("\(path) is not there and left out") }
        let found = paths.filter { FileIdentity.isFolder($0) }
        guard !found.isEmpty else {
            throw EvaluationError.notADataSet(data, reason: "it holds none of \(table.sets.joined(separator: ", "))")
        }
        return found
    }

    private func draws(beside paths: [String], seed: UInt64) throws -> Draws {
        if let kernels { return try Draws(kernels: kernels, seed: seed) }
        guard let draws else {
            let folders = [data].compactMap { $0 } + paths.prefix(1).map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
            let file = folders.map { $0 + "/draws.json" }.first { FileManager.default.fileExists(atPath: $0) }
            return try file.map { (path) throws(EvaluationError) in try Draws(file: path, seed: seed) } ?? Draws(count: 1, seed: seed)
        }
        if let count = Int(draws) {
            guard (1...10_000).contains(count) else { throw ValidationError("--draws takes a number from 1 to 10000, or a file.") }
            return Draws(count: count, seed: seed)
        }
        let parts = draws.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1, let limit = Int(parts[parts.count - 1]), limit > 0 {
            return try Draws(file: parts.dropLast().joined(separator: ":"), limit: limit, seed: seed)
        }
        return try Draws(file: draws, seed: seed)
    }

    private static func scales(_ text: String) -> [Int]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.allSatisfy({ $0.map((1...4).contains) ?? false }), Set(numbers).count == numbers.count else { return nil }
        return numbers.compactMap { $0 }
    }
}

extension EvaluationProtocol: ExpressibleByArgument {}
