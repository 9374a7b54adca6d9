import NeuralNetworks

/// Why no network can be made: nothing was found, or a file cannot be used. Each case is one sentence.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No weights of this kind in any of the folders.
    case notFound(what: String, folders: [String])
    /// The estimator has no weights for this scale, nor does the paper.
    case scale(Int, estimator: String, scales: [Int])
    /// `KENET_WEIGHTS` names something that is no folder.
    case noFolder(path: String)
    /// There is no weight file under this name or path.
    case unknownFile(String, folders: [String])
    /// The file is damaged or not one of this program.
    case unusable(path: String, reason: String)
    /// The file is sound but belongs to another system or scale.
    case mismatch(path: String, is: String, needed: String)

    /// What reading a safetensors file said, about a weight file.
    init(_ error: SafetensorsError, path: String) {
        self =
            switch error {
            case .cannotRead(_, let reason), .malformed(_, let reason), .cannotWrite(_, let reason): .unusable(path: path, reason: reason)
            case .truncated(_, let expected, let found):
                .unusable(path: path, reason: "it is cut short: \(found) of \(expected) bytes are there")
            case .unsupportedType(_, let tensor, let type): .unusable(path: path, reason: "\(tensor) has the unknown type \(type)")
            case .missingTensor(_, let tensor): .unusable(path: path, reason: "\(tensor) is missing")
            }
    }

    public var description: String {
        switch self {
        case .notFound(let what, let folders): "There are no weights for \(what); looked in \(folders.joined(separator: ", "))."
        case .scale(let scale, let estimator, let scales):
            "\(estimator) estimates kernels at ×\(scales.map(String.init).joined(separator: " and ×")), not at ×\(scale); "
                + "there a known kernel is needed."
        case .noFolder(let path): "KENET_WEIGHTS names \(path), which is no folder."
        case .unknownFile(let name, let folders):
            "\(name): there is no such weight file, neither as a path nor by name in \(folders.joined(separator: ", "))."
        case .unusable(let path, let reason): "\(path): this weight file cannot be used (\(reason))."
        case .mismatch(let path, let found, let needed): "\(path): these weights are for \(found), not for \(needed)."
        }
    }
}
