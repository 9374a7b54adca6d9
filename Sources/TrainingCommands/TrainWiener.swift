import ArgumentParser
import BlindSR
import NeuralNetworks
import Torch
import Training

struct TrainWiener: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wiener", abstract: "Train the restoration network that begins with Wiener filters, for one scale.",
        discussion: """
            Validation: PSNR-Y in dB on 8 fixed crops of photos that are set aside, with the true kernel and with --estimator also with \
            estimated kernels.
            """)

    enum Size: String, ExpressibleByArgument, CaseIterable {
        case fast, best
    }

    @Option(help: "fast: 0.6 million parameters, 1.1 million at ×4, the default of kenet upscale. best: 2.1 million.")
    var size = Size.fast

    @Option(help: "1 to 4.")
    var scale = 2

    @Flag(help: "For photos as cameras make them: noise, JPEG, and blurs of lens and hand.")
    var photo = false

    @Option(
        help: ArgumentHelp(
            "Weights of a spectral estimator: half of the samples are restored with its kernels, so that wrong ones hurt less.",
            valueName: "weights"))
    var estimator: String?

    @Option(help: ArgumentHelp("Side of the HR crops, a multiple of the scale.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (1...4).contains(scale) else { throw ValidationError("--scale must be 1 to 4.") }
        if let side, side % scale != 0 || !(32...512).contains(side) {
            throw ValidationError("--side must be a multiple of the scale from 32 to 512.")
        }
    }

    func run() throws {
        var recipe = WienerTask.Recipe.standard(size == .fast ? .fast(scale: scale) : .best(scale: scale), photo: photo)
        if let side { recipe.side = side }
        if let estimator { recipe.estimates = .init(estimator: try SHA256.hexadecimal(ofFile: estimator), share: 0.5) }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in
            try WienerTask(
                recipe,
                estimator: estimator.map { try Self.load($0, for: recipe, device: device) },
                pack: pack, device: device)
        }
    }

    /// An estimator of the kernels and of the kind of photos that the restorer is trained on.
    private static func load(_ path: String, for recipe: WienerTask.Recipe, device: Device) throws -> SpectralEstimator {
        let card = try WeightCard(path: path)
        let (scale, isForPhotos) = (recipe.network.scale, recipe.degradation != nil)
        let size = recipe.kernels.size(scale: scale)
        guard let configuration = card.configuration as? SpectralEstimator.Configuration, card.scales.contains(scale),
            configuration.kernelSize == size, configuration.noise == isForPhotos
        else {
            let kind = "\(isForPhotos ? "photo" : "clean") weights of spectrum at ×\(scale)"
            throw ModelError.mismatch(path: path, is: card.title, needed: "\(kind) with kernels of \(size)×\(size)")
        }
        let estimator = try SpectralEstimator(configuration, scale: scale, device: device)
        try card.load(into: estimator.parameters)
        estimator.isThrifty = true
        return estimator
    }
}
