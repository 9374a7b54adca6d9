import BlindSR

/// Why an evaluation cannot be made, as one sentence.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A method's name cannot be read.
    case methodName(String)
    /// There is no such system.
    case unknownMethod(String, known: [String])
    /// No folder of this name.
    case noDataSet(String)
    /// A folder without images, or with parts that do not belong together.
    case notADataSet(String, reason: String)
    /// Two data sets of one name could not be told apart.
    case sameName(String)
    /// A file of draws that cannot be used.
    case draws(String, reason: String)
    /// A run's folder or results file that cannot be used.
    case results(String, reason: String)
    /// None of the methods can be run.
    case nothingToRun(reason: String)

    public var description: String {
        switch self {
        case .methodName(let text): "\"\(text)\" is no method; write SYSTEM, ESTIMATOR+UPSCALER or gt+UPSCALER."
        case .unknownMethod(let name, let known): "There is no method \"\(name)\"; there are \(known.joined(separator: ", "))."
        case .noDataSet(let path): "\(path): there is no such folder of images."
        case .notADataSet(let path, let reason): "\(path): this is no data set (\(reason))."
        case .sameName(let name): "Two data sets are called \(name); their results could not be told apart."
        case .draws(let path, let reason): "\(path): the draws cannot be used (\(reason))."
        case .results(let path, let reason): "\(path): the results cannot be used (\(reason))."
        case .nothingToRun(let reason): "Nothing can be evaluated: \(reason)"
        }
    }
}
