import BlindSR
import Foundation
import Imaging
import Pixels

/// What a photo's header and the options make of it, before it is decoded.
struct PhotoPlan {
    /// How many times larger the photo is restored.
    let scale: Int
    /// The part of the photo that is restored; nil for all of it.
    let part: Rectangle?
    /// The size of what is written.
    let width: Int
    let height: Int
    /// Bytes of the decoded photo, and of the result where it is held whole.
    let heldBytes: Int
    /// Whether the result is written row by row while it is being restored; else it is held whole.
    let isStreamed: Bool
    /// Bytes that restoring may take beside the photo: all but a sixteenth, which the photo before may hold while it is encoded.
    let memory: Int

    /// What the process takes before a photo comes: LibTorch, libvips and the weights of a fast system, measured.
    private static let engineBytes = 330 << 20

    /// Plans a photo; one whose result would be too large, or which is too small, is refused.
    ///
    /// - Throws: ``Failure``, `ImagingError`.
    init(_ job: PhotoJob, _ command: Upscale, shelf: inout SystemShelf, console: Console) throws {
        let photo = try ImageFile.header(job.input)
        let smallest = 4
        guard min(photo.width, photo.height) >= smallest else {
            throw Failure(
                .badData, "\(job.input): a photo of \(photo.width)×\(photo.height) is too small; at least \(smallest)×\(smallest) is needed"
            )
        }
        let options = command.outputOptions
        let size = try options.resultSize?.pixels(width: photo.width, height: photo.height, of: job.input)
        scale = size.map { Self.scale(for: photo, size: $0, command, shelf: &shelf) } ?? command.scaleOption.scale
        part = try options.preview?.part(width: photo.width, height: photo.height, of: job.input)
        let restored = ((part?.width ?? photo.width) * scale, (part?.height ?? photo.height) * scale)
        (width, height) = size ?? restored
        let limit = command.maxPixels.count
        guard photo.width * photo.height <= limit / (scale * scale), width <= limit / height else {
            throw Failure(
                .badData,
                "\(job.input): \(photo.width)×\(photo.height) enlarged by \(scale) is more than the limit of "
                    + "\(command.maxPixels.defaultValueDescription) pixels; --max-pixels allows more")
        }
        if let format = ImageFormat(pathExtension: job.output), max(width, height) > format.maximumSide {
            throw Failure(.usage, "\(job.output): \(format.name) holds at most \(format.maximumSide) pixels a side; choose another format")
        }
        isStreamed = part == nil && size == nil && command.sheet == nil
        let result = isStreamed ? 0 : 4 * (photo.channels + (photo.hasAlpha ? 1 : 0)) * (restored.0 * restored.1 + width * height)
        heldBytes = photo.decodedBytes + result
        let needed = Self.engineBytes + heldBytes
        guard needed < command.memoryLimit.count else {
            throw Failure(
                .badData,
                "\(job.input): this takes more than \(needed >> 20) MiB, and the limit is \(command.memoryLimit.count >> 20) MiB; "
                    + "--memory-limit allows more")
        }
        memory = (command.memoryLimit.count - needed) / 16 * 15
        if size != nil, width > restored.0 || height > restored.1 {
            console.warn("\(job.input): \(width)×\(height) is more than \(scale) times its size; the rest is interpolated")
        }
    }

    /// The scale that is asked for, else the smallest one that has weights and reaches the size, else the largest.
    private static func scale(
        for photo: PhotoHeader, size: (width: Int, height: Int), _ command: Upscale, shelf: inout SystemShelf
    ) -> Int {
        if let scale = command.scaleOption.given { return scale }
        let scales = (1...4).filter { scale in (try? shelf.choose(scale: scale)) != nil }
        return scales.first { $0 * photo.width >= size.width && $0 * photo.height >= size.height } ?? scales.last ?? 2
    }
}
