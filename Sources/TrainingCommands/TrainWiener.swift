import ArgumentParser
import BlindSR
import Training

struct TrainWiener: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wiener", abstract: "Train the restoration network that begins with Wiener filters, for one scale.",
        discussion: "Validation: PSNR-Y in dB with the true kernel on 8 fixed crops of photos that are set aside.")

    enum Size: String, ExpressibleByArgument, CaseIterable {
        case fast, best
    }

    @Option(help: "fast: 0.4 million parameters, the default of kenet upscale. best: 1.9 million.")
    var size = Size.fast

    @Option(help: "1 to 4.")
    var scale = 2

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
        var recipe = WienerTask.Recipe.standard(size == .fast ? .fast(scale: scale) : .best(scale: scale))
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try WienerTask(recipe, pack: pack, device: device) }
    }
}
