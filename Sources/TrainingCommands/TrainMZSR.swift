import ArgumentParser
import BlindSR
import Training

struct TrainMZSR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mzsr", abstract: "Meta-train the start of MZSR's gradient steps, for one scale.",
        discussion: """
            A sample is a task: a blur kernel, photos to make the steps on and larger ones of the same to judge them by. Validation: PSNR-Y in dB on 4 fixed crops \
            of photos that are set aside, with the true kernel, before and after the steps.
            """)

    @Option(help: "narrow: 32 channels. paper: 64 channels.")
    var network = NetworkSize.narrow

    @Option(help: "2 to 4.")
    var scale = 2

    @Option(help: ArgumentHelp("Training steps without gradient steps inside, before the others; part of --steps.", valueName: "n"))
    var pretraining: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (2...4).contains(scale) else { throw ValidationError("--scale must be 2 to 4.") }
        if let pretraining, pretraining < 0 { throw ValidationError("--pretraining must be at least 0.") }
    }

    func run() throws {
        var recipe = MZSRTask.Recipe.standard(scale: scale)
        if network == .paper { recipe.network.width = 64 }
        if let pretraining { recipe.pretraining = pretraining }
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { pack, device in try MZSRTask(recipe, pack: pack, device: device) }
    }
}
