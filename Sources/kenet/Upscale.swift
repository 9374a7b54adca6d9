import ArgumentParser
import BlindSR
import Foundation
import Imaging
import TrainingCommands

/// `kenet upscale`: photos in, sharp larger photos out.
struct Upscale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restore and enlarge photos.",
        discussion: """
            Writes NAME_x2.EXT beside each photo unless -o says otherwise. Files are PNG, JPEG, WebP or TIFF; the extension of the output \
            decides its format. Nothing is written over unless --force is given, and no file is ever left half written.
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "photo"))
    var photos: [String]

    @Option(name: .shortAndLong, help: "Output file, or folder; must be a folder for several photos.")
    var output: String?

    @OptionGroup var scaleOption: ScaleOption

    @Option(help: ArgumentHelp("\(SystemName.grammar).", valueName: "system"))
    var model = "default"

    @OptionGroup var weightOptions: WeightOptions

    @Option(help: "The blur kernel on the enlarged grid (.npy, .json or an image), instead of an estimate.")
    var kernel: String?

    @Flag(help: "Estimate how the blur varies over the photo, and restore each part with the kernel of its place; takes longer.")
    var spatial = false

    @Option(
        help: ArgumentHelp(
            "Standard deviation of the photo's noise, for samples in 0–255 (default: as the estimator finds it, 0 where it does not look).",
            valueName: "sigma"))
    var noise: Double?

    @Option(help: "Longest side of a tile in pixels of the photo (default: by the photo's size).")
    var tile: Int?

    @Option(help: "extend: continue the photo beyond its border, for real photos; circular: for test data made that way.")
    var border = Restoration.Border.extend

    @Option(help: ArgumentHelp("The largest result that is made, in pixels.", valueName: "pixels"))
    var maxPixels = PixelCount(count: 300_000_000)

    @OptionGroup var engine: EngineOptions

    @Option(help: ArgumentHelp("Also write a picture of photo, result and kernel side by side.", valueName: "file"))
    var sheet: String?

    @Flag(help: "Replace outputs that exist.")
    var force = false

    @Flag(help: "Print one line of JSON per photo.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func validate() throws {
        if let noise, !(0...255).contains(noise) { throw ValidationError("The noise is a number from 0 to 255.") }
        if let tile, !(32...16384).contains(tile) { throw ValidationError("A tile has a side of 32 to 16384 pixels.") }
        if spatial, kernel != nil { throw ValidationError("--spatial estimates the blur and --kernel gives it; choose one.") }
        if sheet != nil, photos.count > 1 { throw ValidationError("--sheet is for one photo at a time.") }
        do { _ = try SystemName(parsing: model, scale: scaleOption.scale) } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        let jobs = try PhotoJob.plan(photos, output: output, suffix: "_x\(scaleOption.scale)")
        var batch = UpscaleBatch(command: self, console: console, model: try SystemName(parsing: model, scale: scaleOption.scale))
        if jobs.count == 1 {
            try batch.runReporting(jobs[0])
        } else {
            try runAll(jobs, batch: &batch, console: console)
        }
    }

    /// Goes on after a photo that fails, but not after Ctrl-C or without a model.
    private func runAll(_ jobs: [PhotoJob], batch: inout UpscaleBatch, console: Console) throws {
        do {
            try batch.choose()
        } catch {
            for job in jobs { try batch.report(Failure(error), of: job) }
            throw error
        }
        var failed = 0
        for (index, job) in jobs.enumerated() {
            do {
                try batch.runReporting(job)
            } catch {
                let failure = Failure(error)
                if batch.isBroken { throw failure }
                if failure.status == .interrupted {
                    let left = jobs[index...].map(\.input).joined(separator: ", ")
                    throw Failure(.interrupted, "Interrupted; \(jobs.count - index) of \(jobs.count) photos are left: \(left)")
                }
                console.fail(failure.message)
                failed += 1
            }
        }
        if failed > 0 {
            console.fail("\(failed) of \(jobs.count) photos failed")
            throw ExitCode(ExitStatus.someFailed.rawValue)
        }
    }
}

extension Restoration.Border: ExpressibleByArgument {}
