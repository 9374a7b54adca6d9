import Files
import Foundation
import NeuralNetworks
import Pixels

/// Weights from elsewhere, made into a weight file of this library: PyTorch checkpoints and safetensors files whose keys and shapes are
/// those of a network that is known here.
public struct WeightImport {
    public let configuration: any NetworkConfiguration
    private let records: [SafetensorsFile.Record]
    private let metadata: [String: String]
    private let source: String

    /// The largest file that is read.
    private static let maximumByteCount = 4 << 30

    /// Reads a `.pth`, `.pt` or `.safetensors` file; its content decides. Throws ``CheckpointError`` and `SafetensorsError`.
    ///
    /// - Parameters:
    ///   - path: Of the file.
    ///   - others: Tensors of the network that its authors keep elsewhere.
    public init(contentsOf path: String, adding others: [SafetensorsFile.Record] = []) throws {
        source = path
        let bytes = try ByteSource.contents(of: path, limit: Self.maximumByteCount)
        do {
            let own: [SafetensorsFile.Record]
            if PyTorchCheckpoint.isCheckpoint(bytes) {
                (own, metadata) = (try PyTorchCheckpoint(bytes).records, [:])
            } else {
                let file = try SafetensorsFile(bytes: bytes, name: path)
                metadata = file.metadata
                own = try file.names.map { name in
                    let entry = try file.entry(name)
                    let values = try file.withBytes(of: name) { [UInt8]($0) }
                    return SafetensorsFile.Record(name: name, dataType: entry.dataType, shape: entry.shape, bytes: values)
                }
            }
            let names = Set(own.map(\.name))
            records = own + others.filter { !names.contains($0.name) }
            // A file of this program names its network; writing checks that it is the one.
            configuration =
                try metadata["system"] == nil
                ? Self.configuration(of: Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0.shape) }))
                : WeightMetadata(metadata).configuration
        } catch let error as PickleFailure {
            throw CheckpointError(path: path, reason: error.reason)
        } catch let error as ConfigurationError {
            throw CheckpointError(path: path, reason: error.reason)
        }
    }

    /// The network whose parameters have these names and shapes, as far as a few of them tell. Throws where there is none.
    private static func configuration(of shapes: [String: [Int]]) throws(ConfigurationError) -> any NetworkConfiguration {
        // Opened by hand: the compiler cannot call a failable initializer of an existential metatype.
        func recognized<Network: NetworkConfiguration>(_: Network.Type) -> (any NetworkConfiguration)? { Network(shapes: shapes) }
        for network in WeightCard.networks {
            guard let configuration = recognized(network) else { continue }
            try configuration.check()
            return configuration
        }
        throw ConfigurationError(
            reason: "its keys belong to no network of this program, which are "
                + WeightCard.networks.map { $0.system }.joined(separator: ", "))
    }

    /// Writes the weight file, after it has been loaded into its network once.
    ///
    /// - Parameters:
    ///   - name: The name that the weights get.
    ///   - path: Where the file goes; one that is there is replaced.
    /// - Returns: The new file's card.
    /// - Throws: `WeightError` where keys, shapes or values do not fit; `SafetensorsError.cannotWrite`.
    public func write(name: String, to path: String) throws -> WeightCard {
        var metadata = metadata.filter { ["card", "scores", "training"].contains($0.key) }
        metadata["system"] = type(of: configuration).system
        metadata["name"] = name
        metadata["configuration"] = try configuration.json
        metadata["scales"] = self.metadata["scales"] ?? "[\(configuration.usualScales.map(String.init).joined(separator: ","))]"
        metadata["source"] = try SHA256.hexadecimal(ofFile: source)
        if metadata["card"] == nil { metadata["card"] = "imported from \((source as NSString).lastPathComponent)" }

        let temporary = (path.folderPath as NSString)
            .appendingPathComponent(".kenet-\(UUID().uuidString).safetensors")
        defer { unlink(temporary) }
        try SafetensorsFile.write(records, metadata: metadata, to: temporary)
        do { try WeightCard(path: temporary).verify() } catch let error as WeightError { throw error.naming(source) }
        guard rename(temporary, path) == 0 else {
            throw SafetensorsError.cannotWrite(file: path, reason: systemMessage())
        }
        return try WeightCard(path: path)
    }
}

extension WeightError {
    /// The same about another file.
    fileprivate func naming(_ file: String) -> WeightError {
        switch self {
        case .missing(let key, _): .missing(key: key, file: file)
        case .unknown(let key, _): .unknown(key: key, file: file)
        case .shape(let key, let expected, let found, _): .shape(key: key, expected: expected, found: found, file: file)
        case .notFinite(let key, _): .notFinite(key: key, file: file)
        }
    }
}
