import BlindSR
import Foundation
import Imaging

/// The name of a job: 128 random bits, so that nobody guesses another's.
struct JobID: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init() {
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        description = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// A name from an address. That it looks like one says nothing of whether there is such a job.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32,
            text.utf8.allSatisfy({ ("0"..."9").contains(UnicodeScalar($0)) || ("a"..."f").contains(UnicodeScalar($0)) })
        else { return nil }
        description = String(text)
    }
}

/// How far a job is.
enum JobState: String, Sendable, Encodable {
    case receiving, queued, estimating, restoring, done, failed, cancelled

    /// Whether nothing more will happen by itself.
    var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
    /// Whether the job holds one of the places that are bounded.
    var isWaiting: Bool { self == .receiving || self == .queued }
}

/// A size in pixels.
struct PixelSize: Sendable, Equatable, Encodable {
    let width: Int
    let height: Int
}

/// A photo that somebody sent, what is to be done with it and what is known of it.
struct Job: Sendable {
    let id: JobID
    let parameters: JobParameters
    /// The blur that the client chose; nil: as estimated.
    var chosen: GaussianParameters?
    var state = JobState.receiving
    /// The part of the restoration that is done, 0…1.
    var progress = 0.0
    var secondsLeft: Double?
    var photo: PixelSize?
    /// What the estimator says, or the mild kernel in its place.
    var estimate: KernelEstimate?
    /// The estimate in numbers for people.
    var estimated: KernelReport?
    /// The kernel of the result, the same as ``estimated`` unless another was chosen.
    var kernel: KernelReport?
    var map: MapReport?
    /// Counts the results, so that a new one has a new address.
    var revision = 0
    /// Why the job failed, one sentence.
    var error: String?

    /// Standard deviation of the photo's noise in 0…1: as asked for, else as estimated.
    var noise: Double? { parameters.noise.map { $0 / 255 } ?? estimate?.noise }

    /// The side of the job's kernels.
    var kernelSize: Int { estimate?.kernel.width ?? BlurKernel.defaultSize(scale: parameters.scale) }

    /// The blur to restore with: the chosen one, which counts as known, else the estimate. Nil where there is no estimate, as with systems
    /// that ask for no kernel.
    var choice: (estimate: KernelEstimate, report: KernelReport?)? {
        guard let estimate else { return nil }
        guard let kernel = chosen?.kernel(size: kernelSize) else { return (estimate, estimated) }
        return (KernelEstimate(kernel: kernel), KernelReport(kernel, source: .chosen))
    }
}

/// What a client is told of a job.
struct JobStatus: Sendable, Encodable {
    let id: String
    let state: JobState
    /// How many jobs come before it, while it waits.
    let position: Int?
    let progress: Double
    /// Seconds that the restoration will still take; nil where nothing is known yet.
    let eta: Double?
    let scale: Int
    let model: String
    let format: String
    let revision: Int
    let photo: PixelSize?
    let result: PixelSize?
    /// Standard deviation for samples in 0–255.
    let noise: Double?
    let kernel: KernelReport?
    let estimate: KernelReport?
    let map: MapReport?
    let error: String?

    init(_ job: Job, position: Int?) {
        id = "\(job.id)"
        state = job.state
        self.position = position
        progress = job.progress
        eta = job.secondsLeft
        scale = job.parameters.scale
        model = job.parameters.model
        format = job.parameters.format.rawValue
        revision = job.revision
        photo = job.photo
        result = job.photo.map { PixelSize(width: $0.width * job.parameters.scale, height: $0.height * job.parameters.scale) }
        noise = job.noise.map { $0 * 255 }
        kernel = job.kernel
        estimate = job.estimated
        map = job.map
        error = job.error
    }
}
