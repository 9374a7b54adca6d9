import Foundation

/// All that one evaluation found: what `--json` writes, what the other reports are made from, and what `kenet evaluate merge` reads.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// Of this format.
    public var version = 1
    public var settings: EvaluationSettings
    public var machine: Machine
    /// In the order of the command line, those that could not be run among them.
    public var methods: [MethodRecord]
    /// One per data set, scale and method, in this order. Methods that are missing have no row.
    public var rows: [EvaluationRow]
    /// One per image, draw and method: what the rows are made from.
    public var items: [EvaluationItem]
    /// Paired differences between the methods of one data set and scale.
    public var comparisons: [PairedComparison]
    /// Images that could not be used, with the reason.
    public var skipped: [SkippedImage]
    /// How many items the plan has in all, without those of images that were passed over; more than `items.count` where the evaluation is not
    /// finished or is one shard of it.
    public var planned: Int
}

/// What decides the numbers: two runs of the same settings give the same.
public struct EvaluationSettings: Codable, Sendable, Equatable {
    /// "Table 1", or what else heads the report.
    public var title: String
    /// The command line.
    public var command: String
    /// In the order of the command line.
    public var datasets: [String]
    /// `paper` (no border is cut off before PSNR and SSIM) or `crop` (as many pixels as the scale are).
    public var protocolName: EvaluationProtocol
    /// Of the draws that come from no file.
    public var seed: UInt64
    /// The draws in words: "draws.json (SHA-256 …), 3 of each image" or "2 of each image".
    public var draws: String
    /// What happened to LR images after the blur; nil for rounding to 8 bit alone.
    public var corruption: NoiseAndCompression?
    public var threads: Int
}

extension EvaluationSettings {
    /// The settings of a plan.
    ///
    /// - Parameters:
    ///   - title: What heads the report.
    ///   - command: The command line, or what else tells a reader how the numbers were made.
    ///   - threads: CPU threads that one operation may use.
    public init(
        _ plan: EvaluationPlan, title: String, command: String, protocolName: EvaluationProtocol = .paper, threads: Int
    ) {
        self.init(
            title: title, command: command, datasets: plan.sets.map(\.name), protocolName: protocolName, seed: plan.draws.seed,
            draws: plan.draws.description, corruption: plan.corruption, threads: threads)
    }
}

/// How PSNR and SSIM treat the border.
public enum EvaluationProtocol: String, Codable, Sendable, CaseIterable {
    /// No border is cut off, as in the paper.
    case paper
    /// As many pixels as the scale are cut off every side, the field's habit.
    case crop
}

/// Where the numbers come from.
public struct Machine: Codable, Sendable, Equatable {
    public var processor: String
    public var cores: Int
    /// In bytes.
    public var memory: UInt64
    public var system: String
    /// "LibTorch 2.13.0".
    public var engine: String
    /// "cpu", "cuda:0".
    public var device: String
    /// The version of this program.
    public var program: String
}

/// A method, and which weights it used.
public struct MethodRecord: Codable, Sendable, Equatable {
    public var name: String
    /// Per scale, in the order of use.
    public var weights: [WeightRecord]
    /// Why it was not run; nil where it was.
    public var missing: String?
}

/// A weight file that was used.
public struct WeightRecord: Codable, Sendable, Equatable {
    public var scale: Int
    public var name: String
    public var sha256: String
    /// One line about the weights, from their card.
    public var summary: String?
    /// The learning curve as SVG, where one lies beside the weights.
    public var curve: String?
}

/// An image that was passed over, by all methods or by one that the reason names.
public struct SkippedImage: Codable, Sendable, Hashable {
    public var dataset: String
    public var image: String
    /// One sentence.
    public var reason: String
}
