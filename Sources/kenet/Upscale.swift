import ArgumentParser
import BlindSR
import Evaluation
import Foundation
import Imaging
import NeuralNetworks
import TrainingCommands

/// `kenet upscale`: photos in, sharp larger photos out.
struct Upscale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restore and enlarge photos.",
        discussion: """
            Writes NAME_x2.EXT beside each photo, and of a folder into FOLDER_x2, unless -o says otherwise. Of several photos, one that \
            fails does not stop the others, and what is done with the same settings is left alone when the command is given again. Results \
            of such runs that lie among the photos are not enlarged again.

            Files are PNG, JPEG, WebP, TIFF, AVIF or HEIC; the extension of the output decides its format, and a photo without extension \
            becomes a PNG. Colour profile, EXIF, XMP, IPTC, density, opacity, grey and 16 bits are kept as far as the format holds them. \
            Nothing is written over unless --force is given, and no file is ever left half written.
            """)

    @Argument(
        help: ArgumentHelp(
            "Photos, folders of them, patterns such as 'in/*.jpg', or - for a list of paths on standard input.", valueName: "photo"))
    var photos: [String]

    @Flag(name: .shortAndLong, help: "Also take the photos in the folders of a folder.")
    var recursive = false

    @Option(name: .shortAndLong, help: "Output file, or folder, which is made where it is missing; a folder for several photos.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            """
            Restore one of n parts of the photos, for jobs that run at the same time into the same folder; a run without it does what is left.
            """, valueName: "i/n"))
    var shard: Shard = .whole

    @OptionGroup var scaleOption: ScaleOption
    @OptionGroup var outputOptions: OutputOptions

    @Option(help: ArgumentHelp("\(SystemName.grammar).", valueName: "system"))
    var model = "default"

    @OptionGroup var weightOptions: WeightOptions

    @Option(help: "The blur kernel on the enlarged grid (.npy, .json, .mat or an image) instead of an estimate.")
    var kernel: String?

    @Flag(help: "Estimate how the blur varies over the photo, and restore each part with the kernel of its place; takes longer.")
    var spatial = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Standard deviation of the photo's noise, for samples in 0–255 (default: as the estimator finds it, 0 where it does not look).",
            valueName: "sigma"))
    var noise: Double?

    @Option(parsing: .unconditional, help: "Longest side of a tile in pixels of the photo (default: by the photo's size).")
    var tile: Int?

    @Option(help: "extend: continue the photo beyond its border, for real photos; circular: for test data made that way.")
    var border = Restoration.Border.extend

    @Option(help: ArgumentHelp("The largest result that is made, in pixels.", valueName: "pixels"))
    var maxPixels = PixelCount(count: 300_000_000)

    @Option(help: ArgumentHelp("The most memory that is taken; tiles are made smaller to keep it.", valueName: "bytes"))
    var memoryLimit = ByteCount.mostOfThisMachine

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
        if spatial, outputOptions.preview != nil {
            throw ValidationError("A part is restored with one kernel; leave out --spatial or --preview.")
        }
        if kernel != nil, isScaleOpen {
            throw ValidationError("A kernel belongs to a scale; name it with --scale.")
        }
        do {
            if case .whole = try SystemName(parsing: model),
                let given = [("--spatial", spatial), ("--kernel", kernel != nil), ("--noise", noise != nil)].first(where: \.1)
            {
                throw ValidationError("\(model) goes from the photo to the result by itself; leave out \(given.0).")
            }
        } catch let error as SystemNameError {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        let list = try PhotoList(photos, recursive: recursive)
        if sheet != nil, list.isBatch { throw Failure(.usage, "--sheet is for one photo at a time") }
        if shard != .whole, !list.isBatch { throw Failure(.usage, "--shard is for several photos") }
        let all = try PhotoJob.plan(
            list, output: output, suffix: outputOptions.suffix(scale: scaleOption.scale), format: outputOptions.format)
        if shard != .whole { try PhotoJob.checkApart(all) }
        let jobs = all.enumerated().filter { shard.contains($0.offset) }.map(\.element)
        if list.isBatch || output?.hasSuffix("/") == true { try PhotoJob.makeFolders(of: jobs) }
        var batch = UpscaleBatch(jobs, inputs: all.map(\.input), isBatch: list.isBatch, command: self, console: console)
        try batch.run()
    }

    /// Whether the size that is asked for decides the scale.
    var isScaleOpen: Bool { scaleOption.given == nil && outputOptions.resultSize != nil }

    /// All options that decide a result, as text.
    var settings: String {
        let kernelBytes = kernel.flatMap { FileManager.default.contents(atPath: $0) }.map { SHA256.hexadecimal(of: [UInt8]($0)) }
        // Not how much memory this machine has: shards may run on several.
        let limit = memoryLimit.count == ByteCount.mostOfThisMachine.count ? nil : memoryLimit.count
        let options: [Any?] = [
            kenetVersion, scaleOption.given, model, kernelBytes, spatial, noise, tile, border, limit, outputOptions.format,
            outputOptions.quality, outputOptions.stripMetadata, outputOptions.resultSize, outputOptions.preview?.rectangle,
        ]
        return options.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
    }
}

extension Restoration.Border: ExpressibleByArgument {}
