import Foundation
import NeuralNetworks

/// A data set in one memory-mapped file: 8-bit RGB images, planar, in a safetensors file (U8, 3×H×W each).
///
/// A twentieth of the *photos* is set aside for validation, chosen by a hash of the photo's name: tiles of one photo
/// (`PHOTO_f2_7`) share the part before `_f` and never fall on both sides.
public final class TrainingPack {
    /// One packed image.
    public struct Picture {
        public let name: String
        public let width: Int
        public let height: Int
        /// Planar: red rows, green rows, blue rows.
        public let bytes: UnsafeRawBufferPointer
    }

    public let training: [Picture]
    public let validation: [Picture]
    public let path: String
    private let file: MappedSafetensors

    /// - Throws: `SafetensorsError` for a file that is no pack; ``TrainingError`` for one with too few images.
    public init(path: String) throws {
        file = try MappedSafetensors(contentsOf: path)
        self.path = path
        var training: [Picture] = []
        var validation: [Picture] = []
        for name in file.names {
            let entry = file.entries[name]!
            guard entry.dataType == .uint8, entry.shape.count == 3, entry.shape[0] == 3 else {
                throw SafetensorsError.malformed(file: path, reason: "\(name) is not an RGB image of 8 bit")
            }
            let picture = Picture(name: name, width: entry.shape[2], height: entry.shape[1], bytes: file.bytes(of: entry))
            if Self.isValidation(name) { validation.append(picture) } else { training.append(picture) }
        }
        guard !training.isEmpty, !validation.isEmpty else { throw TrainingError.tooFewImages(path: path) }
        self.training = training
        self.validation = validation
    }

    /// SHA-256 of the names and sizes of all pictures.
    public var identity: String {
        SHA256.hexadecimal(of: Array(file.names.map { "\($0) \(file.entries[$0]!.shape)\n" }.joined().utf8))
    }

    /// The photo that a tile was cut from: the name without `_fN_K` and extension.
    static func photo(of name: String) -> String {
        let base = (name as NSString).deletingPathExtension
        guard let range = base.range(of: #"_f\d+_\d+$"#, options: .regularExpression) else { return base }
        return String(base[..<range.lowerBound])
    }

    static func isValidation(_ name: String) -> Bool {
        var hash = SHA256()
        Array(photo(of: name).utf8).withUnsafeBytes { hash.update($0) }
        return hash.digest()[0] % 20 == 0
    }

    /// Writes a pack, image by image, complete or not at all.
    ///
    /// - Parameters:
    ///   - pictures: Name, width and height of each image, in order; names are unique.
    ///   - planar: The i-th image's planar 8-bit RGB values, asked for once, in order.
    public static func write(
        _ pictures: [(name: String, width: Int, height: Int)], to path: String, planar: (Int) throws -> [UInt8]
    ) throws {
        try MappedSafetensors.write(
            pictures.map { ($0.name, .uint8, [3, $0.height, $0.width]) }, metadata: ["system": "pack"], to: path, bytes: planar)
    }
}

/// Why training cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case tooFewImages(path: String)
    case imagesTooSmall(path: String, needed: Int)
    case runExists(path: String)
    case nothingToResume(path: String)
    case otherConfiguration(path: String, difference: String)
    case diverged(step: Int)
    case unevenBatch(batch: Int, group: Int, processes: Int)
    case builtWithoutMPI(processes: String)
    case processLost(step: Int, path: String)

    public var description: String {
        switch self {
        case .tooFewImages(let path):
            "\(path): the pack has too few images: some photos are set aside for validation, and both sets need at least one."
        case .imagesTooSmall(let path, let needed):
            "\(path): no image of the pack is at least \(needed)×\(needed), which this training needs."
        case .runExists(let path): "\(path): a run is already there; go on with --resume or choose another folder."
        case .nothingToResume(let path): "\(path): there is no checkpoint to resume."
        case .otherConfiguration(let path, let difference): "\(path): the checkpoint belongs to another training: \(difference)."
        case .diverged(let step): "The training diverged at step \(step): the loss is not a number. Lower the learning rate."
        case .unevenBatch(let batch, let group, let processes):
            group == batch && batch > 1
                ? "All \(batch) samples of a batch belong together in this training: it needs one process, not \(processes)."
                : "A batch of \(batch) cannot be divided evenly among \(processes) processes: take a --batch that is a multiple of \(group * processes)."
        case .builtWithoutMPI(let processes):
            "This is one of \(processes) processes, and this program was built without MPI: build it with make build MPI=1, or start one process."
        case .processLost(let step, let path):
            "The other processes did not come to the end of step \(step + 1). Go on from the checkpoint in \(path) with --resume."
        }
    }
}
