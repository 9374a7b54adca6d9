import ArgumentParser
import Evaluation

/// What happens to an LR image after the blur.
struct CorruptionOptions: ParsableArguments {
    @Option(help: "Standard deviation of white noise in the LR image, for samples in 0–255.")
    var noise = 0.0

    @Option(help: "Quality of a JPEG compression of the LR image, 1 to 100 (default: none).")
    var jpeg: Int?

    func validate() throws {
        guard noise.isFinite, (0...255).contains(noise) else { throw ValidationError("The noise is a number from 0 to 255.") }
        if let jpeg, !(1...100).contains(jpeg) { throw ValidationError("The JPEG quality is a number from 1 to 100.") }
    }

    var value: NoiseAndCompression { NoiseAndCompression(noise: noise, quality: jpeg) }
}
