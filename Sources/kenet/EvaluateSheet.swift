import ArgumentParser
import BlindSR
import Evaluation
import Foundation
import Imaging
import Pixels
import TrainingCommands

/// `kenet evaluate sheet`: what several methods make of photos, side by side, as in the paper's Figures 2 and 3.
struct EvaluateSheet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Show what several methods make of photos, side by side.",
        discussion: """
              kenet evaluate sheet chip.png --scale 4 -o figure3.png
              kenet evaluate sheet img005.png --degrade --crop 400,300,160,160 -o figure2.png
              kenet evaluate sheet photos/ more/*.jpg -o sheets

            The first shows the photo itself enlarged, then each method. With --degrade the photo is an HR image: it is degraded first as in the \
            tables, and shown at the end. Of \
            several photos or a folder, each gets a sheet in a folder. Exit status 1: some photos could not be used.
            """)

    @Argument(help: ArgumentHelp("Photos, and folders of them.", valueName: "photo"))
    var photos: [String]

    @Option(name: .shortAndLong, help: "The picture that is written, or a folder for NAME_sheet.png.")
    var output: String

    @OptionGroup var scaleOption: ScaleOption

    @Option(help: ArgumentHelp("With commas between them.", valueName: "list"))
    var methods = "bicubic-aligned,kenet+usrnet-tiny,spectrum:photo+wiener:photo"

    @Flag(help: "Degrade the photo first.")
    var degrade = false

    @Option(help: "Of the random blur of --degrade.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("The part of the result that is shown, in its pixels.", valueName: "x,y,w,h"))
    var crop: String?

    @OptionGroup var engine: EngineOptions

    @Flag(help: "Replace an output that exists.")
    var force = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func run() throws {
        let console = Console(isQuiet: quiet)
        let names = methods.split(separator: ",").map(String.init)
        try EvaluationPlan.checkKnown(names)
        let jobs = try SheetJobs(photos, output: output)
        if jobs.list.count == 1 { try jobs.prepare(jobs.list[0], overwrite: force) }
        let comparison = try Comparison(
            names.map { (name) throws(EvaluationError) in try MethodName(parsing: name) }, scale: scaleOption.scale,
            store: .ofThisProcess(), device: engine.start())
        var failed = 0
        for job in jobs.list {
            do {
                try jobs.prepare(job, overwrite: force)
                try write(job, comparison, console)
            } catch {
                let failure = Failure(error)
                if jobs.list.count == 1 || failure.status == .interrupted { throw failure }
                console.fail(failure.message.contains(job.input) ? failure.message : "\(job.input): \(failure.message)")
                failed += 1
            }
        }
        if failed > 0 {
            console.fail("\(failed) of \(jobs.list.count) photos failed")
            throw ExitCode(ExitStatus.someFailed.rawValue)
        }
    }

    private func write(_ job: PhotoJob, _ comparison: Comparison, _ console: Console) throws {
        let sheet = try comparison(
            ImageFile.read(job.input).image, name: ((job.input as NSString).lastPathComponent as NSString).deletingPathExtension,
            degradedWith: degrade ? Draws(count: 1, seed: seed) : nil, progress: { try Interruption.check() })
        let picture = try sheet.render(part: part(of: sheet))
        do { try ImageFile.write(picture, to: job.output, overwrite: force) } catch { throw Failure.writing(error) }
        console.note("\(sheet.captions.joined(separator: " | "))  → \(Console.printable(job.output))")
    }

    private func part(of sheet: ComparisonSheet) throws -> Rectangle? {
        guard let crop else { return nil }
        let numbers = crop.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3],
            x >= 0, y >= 0, width > 0, height > 0, x <= sheet.width - width, y <= sheet.height - height
        else { throw Failure(.usage, "--crop takes x,y,width,height inside the result of \(sheet.width)×\(sheet.height)") }
        return Rectangle(x: x, y: y, width: width, height: height)
    }
}
