/// What can be wrong with a safetensors file, each case one clear sentence.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is missing or the system does not let it be read.
    case cannotRead(file: String, reason: String)
    /// The file ends before its header says so; sizes in bytes.
    case truncated(file: String, expected: Int, found: Int)
    /// The content does not follow the format.
    case malformed(file: String, reason: String)
    /// A tensor's element type is not one of `ElementType`.
    case unsupportedType(file: String, tensor: String, type: String)
    /// A tensor that was asked for is not there.
    case missingTensor(file: String, tensor: String)
    /// A file could not be written.
    case cannotWrite(file: String, reason: String)

    public var description: String {
        switch self {
        case .cannotRead(let file, let reason):
            "\(file): the file could not be read (\(reason))."
        case .truncated(let file, let expected, let found):
            "\(file): the file is truncated, \(expected) bytes were expected and \(found) are there."
        case .malformed(let file, let reason):
            "\(file): this is not a valid safetensors file (\(reason))."
        case .unsupportedType(let file, let tensor, let type):
            "\(file): the tensor \(tensor) has the element type \(type), which is not supported."
        case .missingTensor(let file, let tensor):
            "\(file): there is no tensor named \(tensor)."
        case .cannotWrite(let file, let reason):
            "\(file): the file could not be written (\(reason))."
        }
    }
}
