import BlindSR
import Foundation
import NeuralNetworks
import Torch

/// One network and what it is trained to do: all that the trainer needs to know.
public protocol TrainingTask: AnyObject {
    /// The network that learns.
    var parameters: Parameters { get }
    /// Its twin that holds the smoothed parameters; validated and shipped.
    var smoothed: Parameters { get }
    /// Everything but the number of steps that decides what step n does: a resume must find the same.
    var identity: String { get throws }
    /// Consecutive samples of a batch that belong together: where processes share a batch, each takes whole groups.
    var group: Int { get }
    /// Metadata of the weight file: what `WeightCard` needs to make the network again.
    var metadata: [String: String] { get throws }

    /// Begins with the parameters of other weights, as far as they fit.
    ///
    /// - Throws: As `Parameters.adopt(_:fileName:)`.
    func adopt(_ file: SafetensorsFile, fileName: String) throws
    /// The loss on training samples `range`, a scalar; sample i is a pure function of (seed, i).
    func loss(_ range: Range<Int>) throws -> Tensor
    /// Scores of the smoothed network on fixed validation samples.
    func validate() throws -> [String: Double]
}

extension TrainingTask {
    public var group: Int { 1 }

    public func adopt(_ file: SafetensorsFile, fileName: String) throws { try parameters.adopt(file, fileName: fileName) }
}

extension NetworkConfiguration {
    /// What a weight file says of the network that is trained: `kenet-x2-l1` is the variant `-l1` at ×2; one for all scales has none in its name.
    func metadata(scales: [Int], variant: String = "") throws -> [String: String] {
        let suffix = scales.count == 1 ? "-x\(scales[0])" : ""
        return [
            "system": Self.system, "name": name + suffix + variant, "scales": "[\(scales.map(String.init).joined(separator: ","))]",
            "configuration": try canonicalJSON(self),
        ]
    }
}

/// How a network is trained, apart from what it is shown.
public struct Schedule: Codable, Equatable, Sendable {
    public var steps: Int
    /// Samples of one step.
    public var batch: Int
    public var learningRate: LearningRate
    /// Limit of the gradients' common norm; nil for none.
    public var gradientNorm: Double?
    /// Decay of the exponential moving average of the parameters.
    public var averaging: Double
    /// Of the initial parameters and of all samples.
    public var seed: UInt64
    /// SHA-256 of the weights that the network begins with; nil where it begins from the seed.
    public var start: String?
    /// ``TrainingPack/identity`` of the photos; nil where none are needed, and before a run begins.
    public var pack: String?

    public init(
        steps: Int, batch: Int, learningRate: LearningRate, gradientNorm: Double? = 1, averaging: Double = 0.999, seed: UInt64 = 1
    ) {
        self.steps = steps
        self.batch = batch
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.averaging = averaging
        self.seed = seed
    }
}

/// All that decides what a training run does.
public protocol TrainingRecipe: Codable, Equatable, Sendable {
    var schedule: Schedule { get set }
}

extension TrainingRecipe {
    /// The recipe as JSON, without the number of steps: a run may be made longer or shorter when it is resumed.
    var identity: String {
        get throws {
            var recipe = self
            recipe.schedule.steps = 0
            return try canonicalJSON(recipe)
        }
    }
}

/// JSON with sorted keys, the same text for equal values.
func canonicalJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
