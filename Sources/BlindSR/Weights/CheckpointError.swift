/// Why a PyTorch checkpoint cannot be imported, as one sentence.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    /// A part of a sentence.
    public let reason: String

    public var description: String { "\(path): this is not a checkpoint that can be imported (\(reason))." }
}
