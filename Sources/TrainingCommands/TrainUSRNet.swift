import ArgumentParser
import BlindSR
import Training

struct TrainUSRNet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usrnet", abstract: "Train the non-blind restoration network for several scales at once.",
        discussion: "Validation: PSNR-Y in dB with the true kernel on 8 fixed crops of photos that are set aside, for each scale.")

    enum Network: String, ExpressibleByArgument, CaseIterable {
        case tiny, full
    }

    @Option(help: "tiny: 0.6 million parameters. full: 17.0 million.")
    var network = Network.tiny

    @Option(name: .customLong("scale"), parsing: .upToNextOption, help: ArgumentHelp("Scales, 1 to 4.", valueName: "n"))
    var scales: [Int] = [2, 3, 4]

    @Option(help: ArgumentHelp("Side of the HR crops, a multiple of 24.", valueName: "pixels"))
    var side: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard !scales.isEmpty, scales.allSatisfy((1...4).contains) else { throw ValidationError("--scale must be 1 to 4.") }
        if let side, side % 24 != 0 || !(24...768).contains(side) { throw ValidationError("--side must be a multiple of 24 up to 768.") }
    }

    func run() throws {
        var recipe: USRNetTask.Recipe = network == .tiny ? .tiny : .full
        recipe.scales = scales
        if let side { recipe.side = side }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try USRNetTask(recipe, pack: pack, device: device) }
    }
}
