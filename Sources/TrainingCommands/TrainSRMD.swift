import ArgumentParser
import BlindSR
import Training

struct TrainSRMD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "srmd", abstract: "Train SRMD, which is told of blur and noise, for one scale.",
        discussion: "Validation: PSNR-Y in dB with the true kernel on 8 fixed crops of photos that are set aside.")

    @Option(help: "narrow: 8 layers of 48 channels. paper: 12 layers of 128 channels.")
    var network = NetworkSize.narrow

    @Option(help: "2 to 4.")
    var scale = 2

    @Option(help: ArgumentHelp("Side of the LR crops.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (2...4).contains(scale) else { throw ValidationError("--scale must be 2 to 4.") }
        if let side, !(16...256).contains(side) { throw ValidationError("--side must be 16 to 256.") }
    }

    func run() throws {
        var sizes = SRMD.Configuration.narrow(scale: scale)
        if network == .paper { (sizes.width, sizes.layers) = (128, 12) }
        var recipe = SRMDTask.Recipe.standard(sizes)
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try SRMDTask(recipe, pack: pack, device: device) }
    }
}
