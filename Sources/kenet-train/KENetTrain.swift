import ArgumentParser
import TrainingCommands

/// The trainer alone: links no image library and runs wherever LibTorch is.
@main
struct KENetTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kenet-train", abstract: TrainCommand.configuration.abstract, discussion: TrainCommand.configuration.discussion,
        subcommands: TrainCommand.configuration.subcommands)
}
