import Files
import Foundation
import NeuralNetworks

/// The folder of one training run.
///
///     log.jsonl                 one line per validation: step, samples, seconds, loss, scores
///     curve.svg                 the same as a picture
///     checkpoint.safetensors    all that a resume needs
///     weights.safetensors       the smoothed network as of the last checkpoint
public struct RunFolder: Sendable {
    public let path: String
    public var checkpoint: String { path + "/checkpoint.safetensors" }
    public var weights: String { path + "/weights.safetensors" }
    public var logFile: String { path + "/log.jsonl" }
    public var curve: String { path + "/curve.svg" }

    public init(path: String) { self.path = path }

    /// One line of the log.
    struct Entry: Codable {
        let step: Int
        let samples: Int
        let seconds: Double
        let loss: Double
        let scores: [String: Double]
    }

    /// Makes the folder; one that holds a checkpoint is refused.
    func create() throws {
        guard !FileManager.default.fileExists(atPath: checkpoint) else { throw TrainingError.runExists(path: path) }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write([])
    }

    func log(_ progress: Trainer.Progress, seconds: Double, samples: Int) throws {
        let entry = Entry(step: progress.step, samples: samples, seconds: seconds, loss: progress.loss, scores: progress.scores ?? [:])
        try write(try entries() + [entry])
    }

    /// Drops what was logged after the checkpoint: those steps are done again.
    func rewindLog(to step: Int) throws { try write(try entries().filter { $0.step <= step }) }

    func entries() throws -> [Entry] {
        guard let text = try? String(contentsOfFile: logFile, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
    }

    private func write(_ entries: [Entry]) throws {
        let lines = try entries.map { try canonicalJSON($0) + "\n" }
        try AtomicFile.write(Array(lines.joined().utf8), to: logFile)
        try AtomicFile.write(Array(LearningCurve.svg(entries).utf8), to: curve)
    }

    /// What the weight file says of its training, as JSON.
    func summary(schedule: Schedule, identity: String, step: Int, seconds: Double) throws -> String {
        struct Summary: Encodable {
            let recipe: String
            let step: Int
            let steps: Int
            let samples: Int
            let seconds: Int
            let validation: [String: Double]
        }
        return try canonicalJSON(
            Summary(
                recipe: identity, step: step, steps: schedule.steps, samples: step * schedule.batch, seconds: Int(seconds),
                validation: try entries().last?.scores ?? [:]))
    }
}
