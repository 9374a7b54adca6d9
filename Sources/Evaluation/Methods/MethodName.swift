import BlindSR

/// The name of what is evaluated.
///
///     bicubic                    a blind system
///     kenet                      an estimator alone: its kernels are scored, nothing is restored
///     kenet+usrnet-tiny          a pair
///     gt+usrnet-tiny             the true kernel
///     constant+usrnet-tiny       the same kernel for every image
///     kenet:l1+usrnet-tiny       other weights: kenet-x2-l1 at ×2, or `:FILE`
public struct MethodName: Sendable, Hashable, CustomStringConvertible {
    /// A system and the weights that it is to use.
    public struct Part: Sendable, Hashable, CustomStringConvertible {
        public let system: String
        /// What follows the colon; nil for the weights that a system has by itself.
        public let weights: String?

        init(_ text: Substring) {
            let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            system = String(halves[0])
            weights = halves.count == 2 ? String(halves[1]) : nil
        }

        public var description: String { system + (weights.map { ":" + $0 } ?? "") }
    }

    /// The estimator or, where ``upscaler`` is nil, possibly a blind system.
    public let first: Part
    public let upscaler: Part?

    /// Reads a name; whether there are such systems is another question. Throws ``EvaluationError/methodName(_:)``.
    public init(parsing text: String) throws(EvaluationError) {
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.first != ":" && $0.last != ":" }) else {
            throw .methodName(text)
        }
        first = Part(parts[0])
        upscaler = parts.count == 2 ? Part(parts[1]) : nil
    }

    /// Whether the restorer is told the truth.
    public var usesTrueKernel: Bool { first.system == "gt" && upscaler != nil }

    /// Whether a system of it learns from each photo by itself: minutes a photo.
    public var isSlow: Bool {
        SystemName.Estimator(rawValue: first.system)?.learnsFromPhotos == true
            || SystemName.Whole(rawValue: first.system)?.learnsFromPhotos == true && upscaler == nil
            || upscaler.flatMap { SystemName.Upscaler(rawValue: $0.system) }?.learnsFromPhotos == true
    }

    public var description: String { "\(first)" + (upscaler.map { "+\($0)" } ?? "") }
}
