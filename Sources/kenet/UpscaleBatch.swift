import ArgumentParser
import BlindSR
import Files
import Foundation
import Imaging
import Pixels
import TrainingCommands

/// Restores the photos of one `kenet upscale`, one after the other: while one is restored, the one before is encoded.
struct UpscaleBatch {
    private let command: Upscale
    private let console: Console
    private let jobs: [PhotoJob]
    /// All photos of the command, those of other shards, too; none of them may be written over.
    private let inputs: [FileIdentity: String]
    /// Whether there are several, so that one that fails does not end the work, and what is done already is left alone.
    private let isBatch: Bool
    private var shelf: SystemShelf
    /// What decides a result beside the photo, once it is known: hashing the weights takes some time.
    private var settings: String?
    private var records: [String: BatchRecord] = [:]
    private var tally = (restored: 0, skipped: 0, failed: 0)
    /// The next photo, where it is decoded before its turn.
    private var next: Result<Prepared?, Failure>?
    private var encoding: (work: Ahead<Void>, report: UpscaleReport, bytes: Int)?
    private let start = ContinuousClock.now

    /// A photo that is decoded.
    private struct Prepared {
        let plan: PhotoPlan
        let photo: Photo
        /// What decides the result; nil where no record is kept.
        let key: String?
    }

    init(_ jobs: [PhotoJob], inputs: [String], isBatch: Bool, command: Upscale, console: Console) {
        self.jobs = jobs
        self.inputs = FileIdentity.paths(inputs)
        self.isBatch = isBatch
        self.command = command
        self.console = console
        shelf = SystemShelf(command, console: console)
    }

    /// Restores all photos.
    ///
    /// - Throws: ``Failure`` for the only photo, where no system can be loaded, and after Ctrl-C; `ExitCode` where some of several failed.
    mutating func run() throws {
        do { try shelf.chooseUsual() } catch {
            for job in jobs { try report(Failure(error), of: job) }
            throw error
        }
        for (index, job) in jobs.enumerated() {
            do {
                if next == nil { try settle() }
                let prepared = next ?? prepare(index)
                next = nil
                if let prepared = try prepared.get() { try restore(job, prepared, number: index + 1) }
            } catch let error as UpscalingError {
                let advice = if case .memory = error { " --memory-limit allows more." } else { "" }
                try take(Failure(Failure(error).status, "\(job.input): \(error)\(advice)"), of: job, left: jobs[index...])
            } catch {
                try take(Failure(error), of: job, left: jobs[index...])
            }
        }
        try settle()
        if isBatch { try finish() }
    }

    // MARK: - One photo

    /// Looks at a photo and decodes it; nil where its result is there already.
    private mutating func prepare(_ index: Int) -> Result<Prepared?, Failure> {
        let job = jobs[index]
        return Result {
            try Interruption.check()
            let key = try isBatch ? key(of: job) : nil
            if let key, !command.force, record(of: job).isDone((job.output as NSString).lastPathComponent, key: key) {
                try skip(job)
                return nil
            }
            try job.check(outputs: [job.output] + (command.sheet.map { [$0] } ?? []), inputs: inputs, overwrite: command.force)
            if let sheet = command.sheet, FileIdentity.isSame(sheet, job.output) {
                throw Failure(.usage, "\(sheet): the sheet and the result need different names")
            }
            let plan = try PhotoPlan(job, command, shelf: &shelf, console: console)
            let photo = try ImageFile.read(job.input, limits: ImageLimits(maxPixels: command.maxPixels.count))
            return Prepared(plan: plan, photo: photo, key: key)
        }.mapError { Failure($0) }
    }

    /// Decodes the photo after one that is about to be encoded, for which libvips then has no thread to spare, unless much is held.
    private mutating func prepareNext(after plan: PhotoPlan, number: Int) {
        if number < jobs.count, plan.heldBytes <= command.memoryLimit.count / 16 { next = prepare(number) }
    }

    private mutating func restore(_ job: PhotoJob, _ prepared: Prepared, number: Int) throws {
        let (plan, photo) = (prepared.plan, prepared.photo)
        if let encoding, encoding.bytes > plan.memory / 16 { try settle() }
        let losses = ImageFormat(pathExtension: job.output).map(photo.losses) ?? []
        for warning in photo.warnings + losses { console.warn("\(job.input): \(warning)") }
        let system = try shelf.load(scale: plan.scale)

        let clock = ContinuousClock()
        let start = clock.now
        let name = (job.input as NSString).lastPathComponent
        let progress = ProgressLine(isBatch ? "[\(number)/\(jobs.count)] \(name)" : name, console: console)
        let options = UpscalingOptions(
            estimate: shelf.kernel.map { KernelEstimate(kernel: $0) }, isSpatial: command.spatial, part: plan.part,
            restoration: .init(
                border: command.border, tile: command.tile, noise: command.noise.map { $0 / 255 }, memory: plan.memory))
        func show(_: UpscalingStage, _ part: Double) throws {
            try Interruption.check()
            progress.show(part)
        }
        let output = PhotoOutput(job.output, command)
        let findings: Findings
        let work: Ahead<Void>
        if plan.isStreamed {
            let writer = try output.writer(photo, scale: plan.scale)
            findings = try system.upscale(photo.colour, options: options, progress: show) { try writer.append($0) }
            try settle()
            try begin(job, prepared.key)
            prepareNext(after: plan, number: number)
            // Handed over: it has all rows, and nobody else uses it any more.
            nonisolated(unsafe) let finished = writer
            work = Ahead { try PhotoOutput.writing { try finished.finish() } }
        } else {
            let (image, found) = try system.upscale(photo.colour, options: options, progress: show)
            findings = found
            try settle()
            try begin(job, prepared.key)
            prepareNext(after: plan, number: number)
            work = Ahead { try output.write(image, of: photo, plan, kernel: found.estimate?.kernel) }
        }
        let seconds = (clock.now - start) / .seconds(1)
        progress.clear()
        for doubt in [findings.doubt].compactMap(\.self) { console.warn("\(job.input): \(doubt); a mild kernel takes its place") }
        encoding = (
            work,
            UpscaleReport(
                job: job, photo: photo.colour, plan: plan, findings: findings, isKernelGiven: shelf.kernel != nil, seconds: seconds,
                system: system),
            plan.heldBytes
        )
    }

    /// Waits until the last restored photo is written, and tells of it.
    private mutating func settle() throws {
        guard let (work, report, _) = encoding else { return }
        encoding = nil
        do {
            try work.value()
            try report.tell(console, json: command.json, isSpatial: command.spatial)
            tally.restored += 1
        } catch {
            try take(Failure(error), of: report.job, left: [])
        }
    }

    // MARK: - Failures and records

    /// A photo has failed. Of several the others go on, but not after Ctrl-C or without a model.
    private mutating func take(_ failure: Failure, of job: PhotoJob, left: ArraySlice<PhotoJob>) throws {
        try settle()
        try report(failure, of: job)
        guard isBatch, !shelf.isBroken else { throw failure }
        if failure.status == .interrupted {
            let names = left.map(\.input).joined(separator: ", ")
            throw Failure(.interrupted, "Interrupted; \(left.count) of \(jobs.count) photos are left: \(names)")
        }
        console.fail(failure.message)
        tally.failed += 1
    }

    /// The line of a photo that failed, in JSON.
    private func report(_ failure: Failure, of job: PhotoJob) throws {
        guard command.json else { return }
        let error = JSONText.object([("code", .integer(Int(failure.status.rawValue))), ("message", .string(failure.message))])
        try console.result("\(JSONText.object([("input", .string(job.input)), ("error", error)]))")
    }

    private mutating func skip(_ job: PhotoJob) throws {
        tally.skipped += 1
        console.note("\(Console.printable(job.input))  is done already  → \(Console.printable(job.output))")
        guard command.json else { return }
        let fields: [(String, JSONText)] = [
            ("version", .integer(1)), ("input", .string(job.input)), ("output", .string(job.output)), ("skipped", .boolean(true)),
        ]
        try console.result("\(JSONText.object(fields))")
    }

    private func finish() throws {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let parts = [(tally.restored, "restored"), (tally.skipped, "done before"), (tally.failed, "failed")].filter { $0.0 > 0 }
        let sums = parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        console.note(jobs.isEmpty ? "0 photos" : "\(jobs.count) photo\(jobs.count == 1 ? "" : "s"): \(sums), in \(duration(seconds))")
        guard tally.failed == 0 else { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }

    /// SHA-256 of the photo and of all that decides its result.
    private mutating func key(of job: PhotoJob) throws -> String? {
        if settings == nil {
            let scales = command.isScaleOpen ? Array(1...4) : [command.scaleOption.scale]
            let weights = try scales.flatMap { scale in try (try? shelf.choose(scale: scale))?.cards.map { try $0.hash() } ?? [] }
            settings = command.settings + weights.joined(separator: " ")
        }
        return settings.flatMap { BatchRecord.key(photo: job.input, settings: $0) }
    }

    private mutating func record(of job: PhotoJob) -> BatchRecord {
        let folder = job.output.folderPath
        if let record = records[folder] { return record }
        let record = BatchRecord(folder: folder)
        records[folder] = record
        return record
    }

    private mutating func begin(_ job: PhotoJob, _ key: String?) throws(Failure) {
        guard let key else { return }
        var record = record(of: job)
        try record.begin((job.output as NSString).lastPathComponent, key: key)
        records[job.output.folderPath] = record
    }
}
