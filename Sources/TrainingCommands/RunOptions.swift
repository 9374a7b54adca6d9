import ArgumentParser
import Foundation
import NeuralNetworks
import Torch
import Training

/// What every training command on photos asks for.
struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The training photos, made by kenet pack.", valueName: "file"))
    var pack: String

    @OptionGroup var settings: RunSettings

    /// See ``RunSettings/apply(to:)``.
    func apply(to schedule: inout Schedule) throws {
        try settings.apply(to: &schedule)
        schedule.pack = try TrainingPack(path: pack).identity
    }

    /// Trains to the end or to Ctrl-C.
    func run(_ schedule: Schedule, _ makeTask: (TrainingPack, Device) throws -> any TrainingTask) throws {
        try settings.run(schedule) { device in try makeTask(TrainingPack(path: pack), device) }
    }
}

/// What every training command asks for.
struct RunSettings: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Folder of this run.", valueName: "folder"))
    var output: String

    @Flag(help: "Go on from the checkpoint in the run's folder.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "Begin with these weights instead of random ones, as far as names and shapes are the network's; a smaller Wiener network grows.",
            valueName: "weights"))
    var start: String?

    @Option(help: ArgumentHelp("Steps in all.", valueName: "n"))
    var steps: Int?

    @Option(help: ArgumentHelp("Samples of one step.", valueName: "n"))
    var batch: Int?

    @Option(help: ArgumentHelp("Peak learning rate.", valueName: "rate"))
    var rate: Double?

    @Option(help: ArgumentHelp("Steps in which the rate rises to its peak.", valueName: "n"))
    var warmUp: Int?

    @Option(help: ArgumentHelp("Seed of the first parameters and of all samples.", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Steps between validations.", valueName: "n"))
    var validateEvery: Int?

    @OptionGroup var engine: EngineOptions

    func validate() throws {
        for (name, value) in [("--steps", steps), ("--batch", batch), ("--warm-up", warmUp), ("--validate-every", validateEvery)] {
            if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
        }
        if let rate, !(rate > 0 && rate <= 1) { throw ValidationError("--rate must lie between 0 and 1.") }
    }

    /// The recipe's schedule with what the user asked to be different.
    func apply(to schedule: inout Schedule) throws {
        if let steps { schedule.steps = steps }
        if let batch { schedule.batch = batch }
        if let seed { schedule.seed = seed }
        if let rate { schedule.learningRate.peak = rate }
        if let start { schedule.start = try SHA256.hexadecimal(ofFile: start) }
        if let warmUp { schedule.learningRate = schedule.learningRate.warmingUp(over: warmUp) }
    }

    /// Trains to the end or to Ctrl-C.
    func run(_ schedule: Schedule, _ makeTask: (Device) throws -> any TrainingTask) throws {
        var finished = false
        try ProcessTeam.run { team in finished = try run(schedule, team, makeTask) }
        if !finished { throw ExitCode(130) }
    }

    /// This process's part of it; whether the last step was reached.
    private func run(_ schedule: Schedule, _ team: any Communicator, _ makeTask: (Device) throws -> any TrainingTask) throws -> Bool {
        let device = try engine.start()
        let task = try makeTask(device)
        if let start { try task.adopt(SafetensorsFile(contentsOf: start), fileName: start) }
        let folder = RunFolder(path: output)
        let trainer = try Trainer(
            task, schedule: schedule, folder: folder, resume: resume, validationInterval: validateEvery, communicator: team)
        Interruption.listen()
        let display = ProgressDisplay()
        let finished = try trainer.run(shouldStop: { Interruption.isRequested }, report: display.show)
        guard team.rank == 0 else { return finished }
        display.finish()
        if finished { print(folder.weights) } else { ProgressDisplay.write("Stopped. Go on with the same command and --resume.\n") }
        return finished
    }
}
