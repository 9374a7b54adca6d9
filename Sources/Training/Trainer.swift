import Foundation
import NeuralNetworks
import Torch

/// The training loop: the same for every network.
///
///     gradients of the loss → mean over processes → clip → Adam → moving average; now and then validate, log and save
public final class Trainer {
    /// What a run tells while it goes on.
    public struct Progress: Sendable {
        public let step: Int
        public let steps: Int
        /// Mean training loss since the last report.
        public let loss: Double
        public let samplesPerSecond: Double
        /// Seconds to the last step at the pace so far.
        public let secondsLeft: Double
        /// Set where the smoothed network was validated at this step.
        public let scores: [String: Double]?
    }

    let task: any TrainingTask
    let schedule: Schedule
    let folder: RunFolder
    let communicator: any Communicator
    private let adam: Adam
    private let average: ExponentialMovingAverage
    private var step = 0
    private var secondsBefore = 0.0

    /// Validation and checkpoint intervals: in steps and in seconds.
    private let validationInterval: Int
    private let checkpointSeconds = 180.0

    /// - Parameters:
    ///   - folder: Where log, curve, checkpoint and weights are kept.
    ///   - resume: Whether to go on from the folder's checkpoint; without it a folder that has one is refused.
    ///   - communicator: The processes that share each batch. Of them, the first alone needs the folder, and the start weights.
    /// - Throws: `TrainingError` for a batch that cannot be shared, a folder that has a run already or none to go on with, and a checkpoint of
    ///   other settings; what reading and writing the folder throws; `TorchError`.
    public init(
        _ task: any TrainingTask, schedule: Schedule, folder: RunFolder, resume: Bool, validationInterval: Int? = nil,
        communicator: any Communicator = SingleProcess()
    ) throws {
        guard communicator.count == 1 || schedule.batch % (task.group * communicator.count) == 0 else {
            throw TrainingError.unevenBatch(batch: schedule.batch, group: task.group, processes: communicator.count)
        }
        self.task = task
        self.schedule = schedule
        self.folder = folder
        self.communicator = communicator
        self.validationInterval = validationInterval ?? max(1, schedule.steps / 60)
        try task.parameters.requireGradients()
        adam = try Adam(task.parameters)
        average = try ExponentialMovingAverage(of: task.parameters, into: task.smoothed, decay: schedule.averaging)
        if communicator.rank == 0 {
            if resume { try restore() } else { try folder.create() }
        }
        step = try communicator.broadcast(step)
        try communicator.broadcast(state.map(\.tensor))
    }

    /// Trains to the last step or until `shouldStop` says so; either way a checkpoint is left and nothing is lost.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked after every step; one process that says so stops all.
    ///   - report: Called after every few steps, in the first process.
    /// - Returns: Whether the last step was reached; then the weight file has been written.
    /// - Throws: What the task's loss and the folder's files throw, `TorchError`; `TrainingError` where the loss is no number any more.
    public func run(shouldStop: () -> Bool, report: (Progress) -> Void) throws -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        var lastCheckpoint = start
        func elapsed() -> Double { (clock.now - start) / .seconds(1) }
        let firstStep = step
        let isFirst = communicator.rank == 0
        var losses: (sum: Tensor?, count: Int) = (nil, 0)
        do {
            while step < schedule.steps {
                let loss = try advance()
                losses = (try losses.sum.map { try $0 + loss } ?? loss, losses.count + 1)
                let isValidation = step % validationInterval == 0 || step == schedule.steps
                if isValidation || step % 20 == 0 {
                    let mean = try losses.sum!.item() / Double(losses.count)
                    guard mean.isFinite else { throw TrainingError.diverged(step: step) }
                    if isValidation { try checkParameters() }
                    losses = (nil, 0)
                    if isFirst {
                        try tell(mean, isValidation: isValidation, elapsed: elapsed(), steps: step - firstStep, report: report)
                    }
                }
                let stops = try communicator.anyProcess(says: shouldStop())
                if stops || step == schedule.steps || (clock.now - lastCheckpoint) / .seconds(1) > checkpointSeconds {
                    try checkParameters()
                    if isFirst { try save(seconds: secondsBefore + elapsed()) }
                    lastCheckpoint = clock.now
                    if stops { return step == schedule.steps }
                }
            }
        } catch is ProcessLost {
            // Operations come before a step changes anything: what there is belongs to the last whole step.
            if isFirst { try save(seconds: secondsBefore + elapsed()) }
            // It may be process 0 that is lost. The second one then saves, if it can reach the folder.
            if communicator.rank == 1 { try? save(seconds: secondsBefore + elapsed()) }
            throw TrainingError.processLost(step: step, path: folder.path)
        }
        return true
    }

    /// A step may ruin them though its own loss was a number: what is saved and validated is not.
    private func checkParameters() throws {
        guard try task.parameters.tensors.allSatisfy({ try $0.sum().item().isFinite }) else { throw TrainingError.diverged(step: step) }
    }

    /// Validates and logs where it is time to, and reports; `elapsed` seconds and `steps` are those of this run.
    private func tell(_ loss: Double, isValidation: Bool, elapsed: Double, steps: Int, report: (Progress) -> Void) throws {
        let pace = elapsed / Double(steps)
        let progress = Progress(
            step: step, steps: schedule.steps, loss: loss, samplesPerSecond: Double(schedule.batch) / pace,
            secondsLeft: pace * Double(schedule.steps - step), scores: isValidation ? try task.validate() : nil)
        if isValidation { try folder.log(progress, seconds: secondsBefore + elapsed, samples: step * schedule.batch) }
        report(progress)
    }

    /// One step, on this process's part of the batch; returns the loss of the whole, cut off from the graph.
    private func advance() throws -> Tensor {
        let part = schedule.batch / communicator.count
        let first = step * schedule.batch + communicator.rank * part
        let ownLoss = try task.loss(first..<first + part)
        let means = try communicator.mean([ownLoss.detached()] + ownLoss.gradients(of: task.parameters.tensors))
        let (loss, gradients) = (means[0], Array(means.dropFirst()))
        if let limit = schedule.gradientNorm { try clip(gradients, toNorm: limit) }
        try adam.step(gradients, rate: schedule.learningRate.rate(step: step, of: schedule.steps))
        try average.update(step: step)
        step += 1
        return loss
    }

    private var state: NamedTensors {
        task.parameters.named.map { ("network.\($0)", $1) } + task.smoothed.named.map { ("smoothed.\($0)", $1) } + adam.state
    }

    private func save(seconds: Double) throws {
        let progress = ["step": String(step), "seconds": String(seconds), "identity": try task.identity]
        try SafetensorsFile.write(state, metadata: progress, to: folder.checkpoint)
        var metadata = try task.metadata
        metadata["training"] = try folder.summary(schedule: schedule, identity: task.identity, step: step, seconds: seconds)
        try SafetensorsFile.write(task.smoothed.named, metadata: metadata, to: folder.weights)
    }

    private func restore() throws {
        guard FileManager.default.fileExists(atPath: folder.checkpoint) else { throw TrainingError.nothingToResume(path: folder.path) }
        let file = try SafetensorsFile(contentsOf: folder.checkpoint)
        let identity = try task.identity
        guard file.metadata["identity"] == identity else {
            let found = file.metadata["identity"] ?? "nothing that it names"
            throw TrainingError.otherConfiguration(path: folder.checkpoint, difference: "it was made with \(found)")
        }
        guard let step = file.metadata["step"].flatMap(Int.init), let seconds = file.metadata["seconds"].flatMap(Double.init) else {
            throw SafetensorsError.malformed(file: folder.checkpoint, reason: "it does not say at which step it was written")
        }
        try file.restore(state, fileName: folder.checkpoint)
        self.step = step
        secondsBefore = seconds
        try folder.rewindLog(to: step)
    }
}
