import BlindSR
import Evaluation
import Foundation
import Imaging
import Pixels
import TrainingCommands

/// What the photos of one `kenet upscale` share: the command's options, and the system once the first photo needs it.
struct UpscaleBatch {
    let command: Upscale
    let console: Console
    let model: SystemName
    private var chosen: (weights: WeightSelection, kernel: BlurKernel?)?
    private var system: BlindSystem?
    /// Whether the system could not be loaded: no other photo will fare better.
    private(set) var isBroken = false

    init(command: Upscale, console: Console, model: SystemName) {
        self.command = command
        self.console = console
        self.model = model
    }

    private var scale: Int { command.scaleOption.scale }

    /// Restores one photo; in JSON a failure has its line, too.
    mutating func runReporting(_ job: PhotoJob) throws {
        do {
            try run(job)
        } catch {
            let failure = Failure(error)
            try report(failure, of: job)
            throw failure
        }
    }

    /// The line of a photo that failed, in JSON.
    func report(_ failure: Failure, of job: PhotoJob) throws {
        guard command.json else { return }
        let error = JSONText.object([("code", .integer(Int(failure.status.rawValue))), ("message", .string(failure.message))])
        try console.result("\(JSONText.object([("input", .string(job.input)), ("error", error)]))")
    }

    private mutating func run(_ job: PhotoJob) throws {
        try Interruption.check()
        try job.check(outputs: [job.output] + (command.sheet.map { [$0] } ?? []), inputs: command.photos, overwrite: command.force)
        if let sheet = command.sheet, (sheet as NSString).standardizingPath == (job.output as NSString).standardizingPath {
            throw Failure(.usage, "\(sheet): the sheet and the result need different names")
        }
        let photo = try read(job)
        let (weights, given) = try choose()
        let system = try load(weights)

        let clock = ContinuousClock()
        let start = clock.now
        let progress = ProgressLine((job.input as NSString).lastPathComponent, console: console)
        let options = UpscalingOptions(
            kernel: given, isSpatial: command.spatial,
            restoration: .init(border: command.border, tile: command.tile, noise: command.noise.map { $0 / 255 }))
        let (image, findings) = try system.upscale(photo, options: options) { _, part in
            try Interruption.check()
            progress.show(part)
        }
        let seconds = (clock.now - start) / .seconds(1)
        progress.clear()
        try Interruption.check()
        if let doubt = findings.doubt { console.warn("\(job.input): \(doubt); a mild kernel takes its place") }

        do {
            try ImageFile.write(image, to: job.output, overwrite: command.force)
            if let sheet = command.sheet {
                let picture = ContactSheet(photo: photo, result: image, kernel: findings.estimate?.kernel, scale: scale).render()
                try ImageFile.write(picture, to: sheet, overwrite: command.force)
            }
        } catch { throw Failure.writing(error) }
        try report(job, photo: photo, result: image, findings: findings, seconds: seconds, system: system)
    }

    /// Decodes a photo and refuses one whose result would be too large, or which is too small.
    private func read(_ job: PhotoJob) throws -> Image {
        let limit = command.maxPixels.count / (scale * scale)
        let photo: Image
        do throws(ImagingError) {
            photo = try ImageFile.read(job.input, limits: ImageLimits(maxPixels: limit)).image
        } catch {
            guard case .tooLarge(_, let width, let height, _) = error else { throw Failure(error) }
            throw Failure(
                .badData,
                "\(job.input): \(width)×\(height) enlarged by \(scale) is more than the limit of "
                    + "\(command.maxPixels.defaultValueDescription) pixels; --max-pixels allows more")
        }
        let smallest = 4
        guard min(photo.width, photo.height) >= smallest else {
            throw Failure(
                .badData, "\(job.input): a photo of \(photo.width)×\(photo.height) is too small; at least \(smallest)×\(smallest) is needed"
            )
        }
        if let format = ImageFormat(pathExtension: job.output), max(photo.width, photo.height) * scale > format.maximumSide {
            throw Failure(.usage, "\(job.output): \(format.name) holds at most \(format.maximumSide) pixels a side; choose another format")
        }
        return photo
    }

    /// Finds the weight files and reads the kernel that is given, once. Nothing large is loaded.
    @discardableResult
    mutating func choose() throws -> (weights: WeightSelection, kernel: BlurKernel?) {
        if let chosen { return chosen }
        let weights = try WeightSelection(
            model, command.kernel == nil ? .all : .upscaler, scale: scale, names: command.weightOptions.weights, store: .ofThisProcess())
        let result = (weights, try command.kernel.map(KernelInput.read))
        chosen = result
        return result
    }

    /// The system, loaded once.
    private mutating func load(_ weights: WeightSelection) throws -> BlindSystem {
        if let system { return system }
        isBroken = true
        let loaded = try BlindSystem(weights, device: command.engine.prepare())
        isBroken = false
        for warning in weights.cards.compactMap(\.warning) { console.warn(warning) }
        if let card = weights.upscaler, !card.scales.contains(scale) {
            console.warn("The weights \(card.name) were not trained for ×\(scale); the result may be poor")
        }
        system = loaded
        return loaded
    }

    private func report(_ job: PhotoJob, photo: Image, result: Image, findings: Findings, seconds: Double, system: BlindSystem) throws {
        let source: KernelDescription.Source = command.kernel != nil ? .given : findings.doubt == nil ? .estimated : .fallback
        let kernel = findings.estimate.map { KernelDescription(kernel: $0.kernel, source: source, confidence: $0.confidence) }
        let noise = findings.noise * 255
        var parts = ["\(photo.width)×\(photo.height) → \(result.width)×\(result.height)"]
        if let kernel { parts += [kernel.text] + (findings.map.map { [$0.text] } ?? []) + ["noise \(String(format: "%.1f", noise))"] }
        parts += [system.weights.isEmpty ? "\(model)" : system.weights.map(\.name).joined(separator: ", "), duration(seconds)]
        console.note("\(Console.printable(job.input))  \(parts.joined(separator: "  "))  → \(Console.printable(job.output))")
        guard command.json else { return }
        let line = JSONText.object(
            [
                ("version", .integer(1)), ("input", .string(job.input)), ("output", .string(job.output)), ("scale", .integer(scale)),
                ("model", .string("\(model)")), ("weights", .array(system.hashes.map(JSONText.string))),
                ("width", .integer(result.width)), ("height", .integer(result.height)), ("noise", .number(noise)),
                ("seconds", .number(seconds)), ("kernel", kernel?.json ?? .null),
            ] + (command.spatial ? [("map", findings.map?.summary ?? .null)] : []))
        try console.result("\(line)")
    }
}
