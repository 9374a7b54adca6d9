import ArgumentParser
import BlindSR
import Files
import Foundation
import Imaging
import Pixels
import TrainingCommands

/// `kenet estimate`: a photo's blur kernel as numbers and as a picture, and how it varies over the photo.
struct Estimate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Estimate the blur kernel of a photo.")

    @Argument(help: ArgumentHelp("The photo.", valueName: "photo"))
    var photo: String

    @OptionGroup var scaleOption: ScaleOption

    @Option(
        name: .shortAndLong,
        help: "Write the kernel: .npy and .json as numbers (for --kernel), an image file as a heat map with the ellipses of the Gaussian.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Also estimate how the blur varies over the photo: .json as numbers, an image file as ellipses over the photo.",
            valueName: "file"))
    var map: String?

    @Option(
        help: ArgumentHelp(
            "An estimator, or a model with one: \(SystemName.Estimator.allCases.map(\.rawValue).joined(separator: ", ")), default, paper.",
            valueName: "system"))
    var model = "default"

    @OptionGroup var weightOptions: WeightOptions
    @OptionGroup var engine: EngineOptions

    @Flag(help: "Replace an output that exists.")
    var force = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func validate() throws {
        do { _ = try SystemName.Estimator(parsing: model) } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        let console = Console(isQuiet: quiet)
        let estimator = try SystemName.Estimator(parsing: model)
        guard !FileIdentity.isFolder(photo) else { throw Failure(.usage, "\(photo): this is a folder; name a photo in it") }
        let target = try output.map { try KernelOutput($0, inputs: FileIdentity.paths([photo]), overwrite: force) }
        let mapTarget = try map.map { try KernelMapOutput($0, input: photo, other: output, overwrite: force) }
        let image = try ImageFile.read(photo).colour
        // Weights of the upscaler may be named as for kenet upscale; they are left alone.
        let named = try? SystemName(parsing: model)
        let pair = if let named, case .pair = named { named } else { SystemName.pair(estimator, .wiener) }
        let selection = try WeightSelection(
            pair, .estimator, scale: scaleOption.scale, names: weightOptions.weights, store: .ofThisProcess())
        let system = try BlindSystem(selection, device: engine.start())
        for warning in system.weights.compactMap(\.warning) { console.warn(warning) }

        let clock = ContinuousClock()
        let start = clock.now
        let progress = ProgressLine((photo as NSString).lastPathComponent, console: console)
        func show(_ part: Double) throws {
            try Interruption.check()
            progress.show(part)
        }
        let estimate: KernelEstimate
        do { estimate = try system.estimateKernel(image, progress: show) } catch let error as EstimationError {
            throw Failure(Failure(error).status, "\(photo): \(error)")
        }
        let kernelMap = try mapTarget.map { _ in try system.estimateMap(image, whole: estimate, progress: show) }
        progress.clear()
        let seconds = (clock.now - start) / .seconds(1)
        try Interruption.check()
        try target?.write(estimate.kernel)
        if let kernelMap { try mapTarget?.write(kernelMap, photo: image, scale: scaleOption.scale) }
        let description = KernelDescription(kernel: estimate.kernel, source: .estimated, confidence: estimate.confidence)
        if json {
            let used = system.weights(for: estimate, noise: estimate.noise)
            let line = JSONText.object(
                [
                    ("version", .integer(1)), ("input", .string(photo)), ("output", .optional(output)),
                    ("scale", .integer(scaleOption.scale)), ("model", .string(estimator.rawValue)),
                    ("weights", .array(try system.hashes(of: used).map(JSONText.string))),
                    ("noise", estimate.noise.map { .number($0 * 255) } ?? .null), ("seconds", .number(seconds)),
                    ("kernel", description.json),
                ] + (kernelMap.map { [("map", $0.summary)] } ?? []))
            try console.result("\(line)")
        } else {
            try console.result(description.table)
            if let noise = estimate.noise { try console.result(String(format: "noise %.1f of 255", noise * 255)) }
            if let kernelMap { try console.result(kernelMap.text) }
        }
        if !estimate.isTrusted(scale: scaleOption.scale) {
            console.warn("\(photo): the blur cannot be told with confidence; kenet upscale would take a mild kernel")
        }
        for path in [output, map].compactMap(\.self) { console.note("→ \(Console.printable(path))") }
    }
}

extension KernelDescription {
    /// The kernel's numbers in words and as rows of per mille.
    var table: String {
        let fit = GaussianParameters.fit(to: kernel)
        let rows = (0..<kernel.height).map { row in
            (0..<kernel.width).map { String(format: "%6.1f", 1000 * kernel[row, $0]) }.joined()
        }
        return """
            \(text)
            eigenvalues \(String(format: "%.3f and %.3f", fit.variance1, fit.variance2)) px² on the enlarged grid; values in per mille:
            \(rows.joined(separator: "\n"))
            """
    }
}

/// Where a kernel is written: numbers (`.npy`, `.json`) or a picture.
struct KernelOutput {
    private let path: String
    private let overwrite: Bool

    /// Checks what can be known beforehand.
    ///
    /// - Parameter inputs: The paths of what the command reads; none of it may be written over.
    /// - Throws: ``Failure``.
    init(_ path: String, inputs: [FileIdentity: String], overwrite: Bool) throws(Failure) {
        self.path = path
        self.overwrite = overwrite
        if let written = FileIdentity(path), let same = inputs[written] {
            throw Failure(.cannotWrite, "\(path): this is the input \(same == path ? "itself" : same); it would be lost")
        }
        guard KernelFile.canWrite(path) || ImageFormat(pathExtension: path) != nil else {
            throw Failure(.usage, "\(path): a kernel is written as .npy or .json, its picture as .png, .jpg, .webp or .tif")
        }
        try Destination.check(path, overwrite: overwrite)
    }

    func write(_ kernel: BlurKernel) throws(Failure) {
        do {
            if KernelFile.canWrite(path) {
                try KernelFile.write(kernel, to: path, replacing: overwrite)
            } else {
                try ImageFile.write(KernelPicture(kernel).render(), to: path, overwrite: overwrite)
            }
        } catch { throw Failure.writing(error) }
    }
}

/// Files of any kind that are going to be written.
enum Destination {
    /// Refuses beforehand what cannot be written. Throws ``Failure`` with 73.
    static func check(_ path: String, overwrite: Bool) throws(Failure) {
        do throws(AtomicFileError) {
            try AtomicFile.check(path, replacing: overwrite)
        } catch .exists {
            throw Failure(.cannotWrite, "\(path): the file exists already; --force replaces it")
        } catch { throw Failure(error) }
    }
}
