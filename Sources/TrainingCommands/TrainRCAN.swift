import ArgumentParser
import BlindSR
import Training

struct TrainRCAN: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rcan", abstract: "Train RCAN on photos that were shrunk by bicubic interpolation.",
        discussion: "Validation: PSNR-Y in dB on 8 fixed crops of photos that are set aside, shrunk by bicubic interpolation.")

    @Option(help: "narrow: 2 groups of 4 blocks, 32 channels. paper: 10 groups of 20 blocks, 64 channels.")
    var network = NetworkSize.narrow

    @Option(help: "2 to 4.")
    var scale = 2

    @Option(help: ArgumentHelp("Side of the HR crops, a multiple of the scale.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (2...4).contains(scale) else { throw ValidationError("--scale must be 2 to 4.") }
        if let side, side % scale != 0 || !(32...512).contains(side) {
            throw ValidationError("--side must be a multiple of the scale from 32 to 512.")
        }
    }

    func run() throws {
        var recipe = RCANTask.Recipe.standard(network == .narrow ? .narrow(scale: scale) : .paper(scale: scale))
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try RCANTask(recipe, pack: pack, device: device) }
    }
}

/// The sizes of a published network that can be trained.
enum NetworkSize: String, ExpressibleByArgument, CaseIterable {
    case narrow, paper
}
