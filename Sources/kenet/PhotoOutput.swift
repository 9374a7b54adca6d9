import BlindSR
import Imaging
import Pixels

/// Where and how the result of a photo is written.
struct PhotoOutput: Sendable {
    private let path: String
    private let sheet: String?
    private let options: EncodingOptions
    private let overwrite: Bool

    init(_ path: String, _ command: Upscale) {
        self.path = path
        sheet = command.sheet
        options = command.outputOptions.encoding
        overwrite = command.force
    }

    /// For a result that comes row by row. Throws ``Failure``.
    func writer(_ photo: Photo, scale: Int) throws(Failure) -> PhotoWriter {
        try Self.writing { try PhotoWriter(photo, scale: scale, to: path, options: options, overwrite: overwrite) }
    }

    /// Writes a whole result, resampled to the size of the plan, and the sheet where one is asked for. Throws ``Failure``.
    func write(_ image: Image, of photo: Photo, _ plan: PhotoPlan, kernel: BlurKernel?) throws(Failure) {
        try Self.writing {
            let shown = plan.part.map(photo.cropped) ?? photo
            let result = shown.finished(image, scale: plan.scale).resampled(width: plan.width, height: plan.height)
            try ImageFile.write(result, to: path, options: options, overwrite: overwrite)
            if let sheet {
                let picture = ContactSheet(photo: shown.colour, result: image, kernel: kernel, scale: plan.scale).render()
                try ImageFile.write(picture, to: sheet, overwrite: overwrite)
            }
        }
    }

    /// Whatever goes wrong here, the output could not be written.
    static func writing<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw Failure.writing(error) }
    }
}
