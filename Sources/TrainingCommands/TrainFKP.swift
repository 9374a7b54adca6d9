import ArgumentParser
import BlindSR
import Training

struct TrainFKP: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fkp", abstract: "Train the flow kernel prior of DIP-FKP for one scale, in minutes.",
        discussion: "It needs no photos. Validation: the mean log-likelihood in nats of 2000 kernels that are set aside.")

    @Option(help: "2, 3 or 4.")
    var scale = 2

    @OptionGroup var options: RunSettings

    func validate() throws {
        guard FKPKernels.scales.contains(scale) else { throw ValidationError("--scale must be 2, 3 or 4.") }
    }

    func run() throws {
        var recipe = KernelFlowTask.Recipe.standard(scale: scale)
        try options.apply(to: &recipe.schedule)
        try options.run(recipe.schedule) { device in try KernelFlowTask(recipe, device: device) }
    }
}
