import BlindSR
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Torch

/// What the worker's thread works with: the loaded systems and the last photo. It never leaves that thread.
final class Studio {
    /// The smallest side of a photo in pixels.
    static let smallestSide = 4
    /// LR pixels around a preview that are restored and cut off: what leaves it within about 4/255 of the whole (see `Restoration`).
    static let previewContext = 24
    /// The longest side of a preview in LR pixels.
    static let previewSide = 160

    private struct Key: Hashable {
        let system: SystemName
        let scale: Int
    }

    private let options: ServingOptions
    private let folder: JobFolder
    private var systems: [Key: BlindSystem] = [:]
    private var last: (id: JobID, photo: Photo)?

    init(options: ServingOptions, folder: JobFolder) {
        self.options = options
        self.folder = folder
        // Thread counts belong to the thread that asks for them.
        try? Engine.setThreads(options.threads)
    }

    /// Lets go of the last photo where its job is gone.
    func tidy(_ store: JobStore) {
        if let last, !store.contains(last.id) { self.last = nil }
    }

    private func system(_ parameters: JobParameters) throws -> BlindSystem {
        let key = Key(system: parameters.system, scale: parameters.scale)
        if let system = systems[key] { return system }
        let system = try BlindSystem(
            parameters.system, scale: parameters.scale, names: options.weights, store: options.store, device: options.device)
        systems[key] = system
        return system
    }

    private func photo(_ job: Job) throws -> Photo {
        if let last, last.id == job.id { return last.photo }
        last = nil
        let scale = job.parameters.scale
        let photo: Photo
        do { photo = try PhotoFile.read(folder.path(job.id, .photo), limit: options.limits.pixels / (scale * scale)) } catch {
            guard case ImagingError.tooLarge(_, let width, let height, _) = error else { throw error }
            throw Sentence(
                "\(width)×\(height) enlarged by \(scale) is more than the limit of \(options.limits.pixels / 1_000_000) megapixels.")
        }
        let (width, height) = (photo.colour.width, photo.colour.height)
        guard min(width, height) >= Self.smallestSide else {
            throw Sentence("A photo of \(width)×\(height) is too small; at least \(Self.smallestSide) pixels a side are needed.")
        }
        let longest = min(job.parameters.format.maximumSide, ImageFormat.jpeg.maximumSide)
        guard max(width, height) * scale <= longest else {
            throw Sentence("The result would have more than \(longest) pixels a side, which the format cannot hold.")
        }
        last = (job.id, photo)
        return photo
    }

    /// Does a job and writes down what became of it.
    ///
    /// - Parameter pause: Called between tiles; what it throws ends the work.
    func restore(_ job: Job, in store: JobStore, pause: () throws -> Void) {
        do {
            try doRestore(job, in: store, pause: pause)
        } catch is CancellationError {
            last = nil
            store.remove(job.id)
        } catch {
            store.update(job.id) { job in
                job.state = .failed
                job.error = Sentence(error).text
            }
        }
    }

    private func doRestore(_ job: Job, in store: JobStore, pause: () throws -> Void) throws {
        var job = job
        let photo = try photo(job)
        let (colour, scale) = (photo.colour, job.parameters.scale)
        store.update(job.id) { $0.photo = PixelSize(width: colour.width, height: colour.height) }
        try pause()
        let system = try system(job.parameters)
        if !folder.has(job.id, .before) {
            let before = photo.finished(colour.enlargedOnModelGrid(scale: scale), scale: scale)
            try PhotoFile.write(before, as: .jpeg, to: folder.path(job.id, .before))
        }
        if job.estimate == nil, !system.isWhole {
            let (estimate, doubt) = try system.trustedKernel(colour) { _ in try pause() }
            job.estimate = estimate
            job.estimated = KernelReport(
                estimate.kernel, source: doubt == nil ? .estimated : .fallback, confidence: estimate.confidence, doubt: doubt)
        }
        let choice = job.choice
        store.update(job.id) { [job] stored in
            stored.estimate = job.estimate
            stored.estimated = job.estimated
            stored.kernel = choice?.report
            stored.state = .restoring
        }
        try pause()
        let start = ContinuousClock.now
        func tell(_ part: Double) throws {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            store.update(job.id) { stored in
                stored.progress = part
                stored.secondsLeft = part > 0 ? elapsed * (1 - part) / part : nil
            }
            try pause()
        }
        let options = UpscalingOptions(estimate: choice?.estimate, restoration: .init(noise: job.noise))
        let result = try system.upscale(colour, options: options) { try tell($1) }.image
        try PhotoFile.write(photo.finished(result, scale: scale), as: job.parameters.format, to: folder.path(job.id, .result))
        store.update(job.id) { stored in
            stored.state = .done
            stored.progress = 1
            stored.secondsLeft = nil
            stored.revision += 1
        }
    }

    // MARK: What somebody waits for

    /// Restores a part of a photo with a kernel that is tried.
    ///
    /// - Parameter area: In LR pixels, inside the photo.
    /// - Returns: PNG.
    func preview(_ job: Job, _ area: Rectangle, blur: GaussianParameters) throws -> Data {
        let photo = try photo(job)
        let (width, height) = (photo.colour.width, photo.colour.height)
        let scale = job.parameters.scale
        guard area.x >= 0, area.y >= 0, (1...Self.previewSide).contains(area.width), (1...Self.previewSide).contains(area.height),
            area.x + area.width <= width, area.y + area.height <= height
        else {
            throw Refusal(.unprocessableContent, "A preview lies inside the photo and has at most \(Self.previewSide) pixels a side.")
        }
        let margin = Self.previewContext
        let (left, top) = (max(0, area.x - margin), max(0, area.y - margin))
        let (right, bottom) = (min(width, area.x + area.width + margin), min(height, area.y + area.height + margin))
        let around = photo.colour.cropped(x: left, y: top, width: right - left, height: bottom - top)
        let kernel = blur.kernel(size: job.kernelSize)
        // Where the photo goes on around the preview, its border need not be made up; that halves the time.
        let isInside = around.width == area.width + 2 * margin && around.height == area.height + 2 * margin
        let options = Restoration.Options(border: isInside ? .circular : .extend, noise: job.noise)
        let restored = try system(job.parameters).restore(around, kernel: kernel, options: options)
        let crop = restored.cropped(
            x: (area.x - left) * scale, y: (area.y - top) * scale, width: area.width * scale, height: area.height * scale)
        return try PhotoFile.preview(photo.cropped(area).finished(crop, scale: scale))
    }

    /// Estimates how the blur varies and draws that into the job's folder.
    ///
    /// - Parameter pause: Called between two regions; what it throws ends the work.
    func drawMap(_ job: Job, pause: () throws -> Void) throws -> MapReport {
        guard let estimate = job.estimate else { throw Refusal.notReady }
        let photo = try photo(job).colour
        let map = try system(job.parameters).estimateMap(photo, whole: estimate) { _ in try pause() }
        let picture = KernelMapPicture(map, photo: photo)
        try PhotoFile.write(Photo(picture.render()), as: .png, to: folder.path(job.id, .map))
        return MapReport(map, magnification: picture.magnification)
    }
}

/// Any error as one sentence for a person.
struct Sentence: Error {
    let text: String

    init(_ text: String) { self.text = text }

    init(_ error: any Error) {
        let text =
            switch error {
            case let sentence as Sentence: sentence.text
            case let refusal as Refusal: refusal.message
            case let error as TorchError: "The computation failed: \(error)"
            case is ImagingError, is EstimationError, is UpscalingError, is ModelError, is WeightError: "\(error)"
            default: error.localizedDescription
            }
        self.text = text.hasSuffix(".") ? text : text + "."
    }
}
