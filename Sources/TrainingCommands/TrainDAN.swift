import ArgumentParser
import BlindSR
import Training

struct TrainDAN: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dan", abstract: "Train DAN, which estimates the kernel and restores in turns, for one scale.",
        discussion: "Validation: PSNR-Y and kernel PSNR in dB on 8 fixed crops of photos that are set aside.")

    @Option(help: "dan: the first version. dan-v2: the second.")
    var model = Model.first

    @Option(help: "narrow: 32 channels, 6 blocks, 3 rounds. paper: 64 channels, 40 or 50 blocks, 4 rounds.")
    var network = NetworkSize.narrow

    @Option(help: "2 to 4.")
    var scale = 2

    @Option(help: ArgumentHelp("Side of the LR crops.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    enum Model: String, ExpressibleByArgument, CaseIterable {
        case first = "dan"
        case second = "dan-v2"
    }

    func validate() throws {
        guard (2...4).contains(scale) else { throw ValidationError("--scale must be 2 to 4.") }
        if let side, !(16...256).contains(side) { throw ValidationError("--side must be 16 to 256.") }
    }

    func run() throws {
        let version: DAN.Version = model == .first ? .v1 : .v2
        var sizes = DAN.Configuration.narrow(version, scale: scale)
        if network == .paper {
            sizes = .paper(version, scale: scale)
            (sizes.kernelSize, sizes.shrinksBicubically) = (BlurKernel.defaultSize(scale: scale), false)
        }
        var recipe = DANTask.Recipe.standard(sizes)
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try DANTask(recipe, pack: pack, device: device) }
    }
}
