import ArgumentParser
import BlindSR
import Training

struct TrainSpectrum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectrum", abstract: "Train the kernel estimator that reads local spectra.",
        discussion: """
            Validation: kernel PSNR in dB on 256 fixed crops of photos that are set aside (mean, median, mean of the worst tenth), and the \
            mean absolute error of the PSNR that the network predicts; with --photo that of the noise, too.
            """)

    @Option(help: "1 to 4.")
    var scale = 2

    @Flag(help: "For photos as cameras make them: noise, JPEG, and blurs of lens and hand.")
    var photo = false

    @Option(help: ArgumentHelp("Side of the LR crops, at least a tile: 32 at ×2, 16 at ×4.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (1...4).contains(scale) else { throw ValidationError("--scale must be 1 to 4.") }
        let recipe = SpectrumTask.Recipe.standard(scale: scale, photo: photo)
        if let side, !(recipe.network.tiles[0]...512).contains(side) {
            throw ValidationError("--side must be \(recipe.network.tiles[0]) to 512.")
        }
        if let batch = options.settings.batch, batch % recipe.kernelsPerCrop != 0 {
            throw ValidationError("--batch must be a multiple of \(recipe.kernelsPerCrop).")
        }
    }

    func run() throws {
        var recipe = SpectrumTask.Recipe.standard(scale: scale, photo: photo)
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try SpectrumTask(recipe, pack: pack, device: device) }
    }
}
