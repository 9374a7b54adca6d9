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
        let (estimate, source, noise) = try kernel(of: photo, in: job, given: given, system: system)
        try Interruption.check()
        let progress = ProgressLine((job.input as NSString).lastPathComponent, console: console)
        let options = Restoration.Options(
            border: command.border, tile: command.tile, noise: noise / 255, confidence: estimate.confidence?.expected)
        func show(_ part: Double) throws {
            try Interruption.check()
            progress.show(part)
        }
        let map =
            command.spatial && source == .estimated
            ? try system.estimateMap(photo, whole: estimate) { _ in try Interruption.check() } : nil
        let result: Image
        if let map, !map.isUniform {
            result = try system.restore(photo, map: map, options: options, progress: show)
        } else {
            result = try system.restore(photo, kernel: estimate.kernel, options: options, progress: show)
        }
        let seconds = (clock.now - start) / .seconds(1)
        progress.clear()
        try Interruption.check()

        let kernel = KernelDescription(kernel: estimate.kernel, source: source, confidence: estimate.confidence)
        do {
            try ImageFile.write(result, to: job.output, overwrite: command.force)
            if let sheet = command.sheet {
                let picture = ContactSheet(photo: photo, result: result, kernel: estimate.kernel, scale: scale).render()
                try ImageFile.write(picture, to: sheet, overwrite: command.force)
            }
        } catch { throw Failure.writing(error) }
        try report(job, photo: photo, result: result, kernel: kernel, map: map, noise: noise, seconds: seconds, system: system)
    }

    /// The kernel that is given, estimated, or mild where the estimate is not to be trusted; and the noise for samples in 0…255.
    private func kernel(
        of photo: Image, in job: PhotoJob, given: BlurKernel?, system: BlindSystem
    ) throws -> (estimate: KernelEstimate, source: KernelDescription.Source, noise: Double) {
        if let given { return (KernelEstimate(kernel: given), .given, command.noise ?? 0) }
        let (estimate, doubt) = try system.trustedKernel(photo)
        if let doubt { console.warn("\(job.input): \(doubt); a mild kernel takes its place") }
        return (estimate, doubt == nil ? .estimated : .fallback, command.noise ?? (estimate.noise ?? 0) * 255)
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
            estimator: command.kernel == nil ? .estimator(model.estimator, scale: scale) : nil,
            upscaler: .upscaler(model.upscaler, scale: scale),
            of: model, scale: scale, names: command.weightOptions.weights, store: .ofThisProcess())
        let result = (weights, try command.kernel.map(KernelInput.read))
        chosen = result
        return result
    }

    /// The system, loaded once.
    private mutating func load(_ weights: WeightSelection) throws -> BlindSystem {
        if let system { return system }
        isBroken = true
        let loaded = try BlindSystem(weights, scale: scale, device: command.engine.prepare())
        isBroken = false
        for warning in weights.cards.compactMap(\.warning) { console.warn(warning) }
        if let card = weights.upscaler, !card.scales.contains(scale) {
            console.warn("The weights \(card.name) were not trained for ×\(scale); the result may be poor")
        }
        system = loaded
        return loaded
    }

    private func report(
        _ job: PhotoJob, photo: Image, result: Image, kernel: KernelDescription, map: KernelMap?, noise: Double, seconds: Double,
        system: BlindSystem
    ) throws {
        console.note(
            "\(Console.printable(job.input))  \(photo.width)×\(photo.height) → \(result.width)×\(result.height)  \(kernel.text)  "
                + (map.map { "\($0.text)  " } ?? "") + "noise \(String(format: "%.1f", noise))  "
                + "\(system.weights.map(\.name).joined(separator: ", "))  \(duration(seconds))  → \(Console.printable(job.output))")
        guard command.json else { return }
        let line = JSONText.object(
            [
                ("version", .integer(1)), ("input", .string(job.input)), ("output", .string(job.output)), ("scale", .integer(scale)),
                ("model", .string("\(model)")), ("weights", .array(system.hashes.map(JSONText.string))), ("width", .integer(result.width)),
                ("height", .integer(result.height)), ("noise", .number(noise)), ("seconds", .number(seconds)), ("kernel", kernel.json),
            ] + (command.spatial ? [("map", map?.summary ?? .null)] : []))
        try console.result("\(line)")
    }
}
