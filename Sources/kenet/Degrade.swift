import ArgumentParser
import BlindSR
import Evaluation
import Foundation
import Imaging
import Pixels
import Torch
import TrainingCommands

/// `kenet degrade`: the test protocol of the paper, a sharp photo made small and soft by a known kernel.
struct Degrade: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a small, blurred photo from a sharp one, with a known kernel.",
        discussion: """
            The photo is cropped to a multiple of the scale, blurred by true convolution with a circular border, and every scale-th row and \
            column from the top left is kept. Noise comes next, JPEG last; the result is rounded to 8 bits.
            """)

    @Argument(help: ArgumentHelp("The sharp photo.", valueName: "photo"))
    var photo: String

    @Option(name: .shortAndLong, help: "The small photo that is written.")
    var output: String

    @OptionGroup var scaleOption: ScaleOption
    @OptionGroup var blur: BlurOptions

    @OptionGroup var corruption: CorruptionOptions

    @Option(help: "Of --random and of the noise.")
    var seed: UInt64 = 0

    @Option(help: "Where the kernel is written: .json, .npy or a picture (default: NAME_kernel.json beside the output).")
    var kernelOut: String?

    @Flag(help: "Replace outputs that exist.")
    var force = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func run() throws {
        let console = Console(isQuiet: quiet)
        let scale = scaleOption.scale
        guard !FileIdentity.isFolder(photo) else { throw Failure(.usage, "\(photo): this is a folder; name a photo in it") }
        let kernelPath = kernelOut ?? (output as NSString).deletingPathExtension + "_kernel.json"
        let inputs = FileIdentity.paths([photo] + (blur.kernel.map { [$0] } ?? []))
        try PhotoJob(input: photo, output: output).check(outputs: [output], inputs: inputs, overwrite: force)
        guard !FileIdentity.isSame(kernelPath, output) else {
            throw Failure(.usage, "\(output): the photo and its kernel need different names")
        }
        let kernelOutput = try KernelOutput(kernelPath, inputs: inputs, overwrite: force)
        let kernel = try blur.makeKernel(scale: scale, seed: seed)
        if let widest = blur.widestDeviation, widest > Double(kernel.width) / 4 {
            console.warn("A kernel of \(kernel.height)×\(kernel.width) cuts off a Gaussian of σ \(String(format: "%.1f", widest)) px")
        }
        let hr = try ImageFile.read(photo).image
        guard min(hr.width, hr.height) >= scale else {
            throw Failure(.badData, "\(photo): a photo of \(hr.width)×\(hr.height) cannot be made \(scale) times smaller")
        }
        let blurred = try hr.cropped(toMultipleOf: scale).degraded(by: kernel, scale: scale)
        let lr = try corruption.value(blurred, CounterRandom(seed: seed, index: 0, stream: 1))
        try Interruption.check()
        do { try ImageFile.write(lr, to: output, overwrite: force) } catch { throw Failure.writing(error) }
        try kernelOutput.write(kernel)
        let description = KernelDescription(kernel: kernel, source: .given)
        console.note(
            "\(Console.printable(photo))  \(hr.width)×\(hr.height) → \(lr.width)×\(lr.height)  \(description.text)  "
                + "→ \(Console.printable(output)), \(Console.printable(kernelPath))")
    }
}

/// Which blur a photo is given.
struct BlurOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Eigenvalues of a Gaussian's covariance in px², along --angle and across it.", valueName: "a,b"))
    var eigenvalues: String?

    @Option(parsing: .unconditional, help: "Direction of the first eigenvalue's axis in degrees; x right, y down.")
    var angle = 0.0

    @Flag(help: "A Gaussian drawn at random: eigenvalues in 0.2…4 px², any angle.")
    var random = false

    @Option(help: "A kernel from a file (.npy, .json or an image).")
    var kernel: String?

    func validate() throws {
        guard [eigenvalues != nil, random, kernel != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("The blur is given by one of --eigenvalues, --random and --kernel.")
        }
        do { _ = try gaussian(seed: 0) } catch let error as BlurKernelError { throw ValidationError("--eigenvalues: \(error.reason).") }
    }

    /// The larger standard deviation that is asked for, in px.
    var widestDeviation: Double? {
        eigenvalues == nil ? nil : (try? gaussian(seed: 0)).map { max($0.variance1, $0.variance2).squareRoot() }
    }

    /// The kernel, Gaussians at the scale's usual size.
    func makeKernel(scale: Int, seed: UInt64) throws -> BlurKernel {
        if let kernel { return try KernelInput.read(kernel) }
        return try gaussian(seed: seed).kernel(size: BlurKernel.defaultSize(scale: scale))
    }

    private func gaussian(seed: UInt64) throws -> GaussianParameters {
        guard let eigenvalues else {
            var generator = CounterRandom(seed: seed, index: 0)
            return KernelDistribution().gaussian(using: &generator)
        }
        let numbers = eigenvalues.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard numbers.count == 2, let first = numbers[0], let second = numbers[1] else {
            throw ValidationError("--eigenvalues takes two numbers with a comma between them.")
        }
        return try GaussianParameters(checking: first, second, degrees: angle)
    }
}
