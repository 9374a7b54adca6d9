import Foundation
import NeuralNetworks

/// Weights from elsewhere, made into a weight file of this library: PyTorch checkpoints and safetensors files whose keys and shapes are
/// those of a network that is known here.
public struct WeightImport {
    public let network: WeightCard.Network
    private let records: [SafetensorsFile.Record]
    private let metadata: [String: String]
    private let source: String

    /// The largest file that is read.
    private static let maximumByteCount = 4 << 30

    /// Reads a `.pth`, `.pt` or `.safetensors` file; its content decides. Throws ``CheckpointError`` and `SafetensorsError`.
    public init(contentsOf path: String) throws {
        source = path
        let bytes = try ByteSource.contents(of: path, limit: Self.maximumByteCount)
        do {
            if PyTorchCheckpoint.isCheckpoint(bytes) {
                (records, metadata) = (try PyTorchCheckpoint(bytes).records, [:])
            } else {
                let file = try SafetensorsFile(bytes: bytes, name: path)
                metadata = file.metadata
                records = try file.names.map { name in
                    let entry = try file.entry(name)
                    let values = try file.withBytes(of: name) { [UInt8]($0) }
                    return SafetensorsFile.Record(name: name, dataType: entry.dataType, shape: entry.shape, bytes: values)
                }
            }
            // A file of this program names its network; writing checks that it is the one.
            network =
                try metadata["system"] == nil
                ? WeightCard.Network(shapes: Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0.shape) }))
                : WeightMetadata(metadata).network
        } catch let error as PickleFailure {
            throw CheckpointError(path: path, reason: error.reason)
        } catch let error as WeightMetadata.Failure {
            throw CheckpointError(path: path, reason: error.reason)
        }
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
        metadata["system"] = network.system
        metadata["name"] = name
        metadata["configuration"] = try network.configurationJSON
        metadata["scales"] = self.metadata["scales"] ?? "[\(network.usualScales.map(String.init).joined(separator: ","))]"
        metadata["source"] = try SHA256.hexadecimal(ofFile: source)
        if metadata["card"] == nil { metadata["card"] = "imported from \((source as NSString).lastPathComponent)" }

        let temporary = ((path as NSString).deletingLastPathComponent as NSString)
            .appendingPathComponent(".kenet-\(UUID().uuidString).safetensors")
        defer { unlink(temporary) }
        try SafetensorsFile.write(records, metadata: metadata, to: temporary)
        do { try WeightCard(path: temporary).verify() } catch let error as WeightError { throw error.naming(source) }
        guard rename(temporary, path) == 0 else {
            throw SafetensorsError.cannotWrite(file: path, reason: String(cString: strerror(errno)))
        }
        return try WeightCard(path: path)
    }
}

extension WeightCard.Network {
    /// The network whose parameters have these names and shapes, as far as a few of them tell. Throws where there is none.
    init(shapes: [String: [Int]]) throws(WeightMetadata.Failure) {
        if let stem = shapes["f0.conv.weight"], let hidden = shapes["fc.1.weight"], let head = shapes["fc.2.weight"],
            stem.count == 4, hidden.count == 2, head.count == 2
        {
            let side = Int(Double(head[0]).squareRoot().rounded())
            self = .kenet(KENet.Configuration(width: stem[0], kernelSize: side, hidden: hidden[0]))
        } else if let stem = shapes["p.m_head.weight"], let hidden = shapes["h.mlp.0.weight"], let output = shapes["h.mlp.4.weight"],
            stem.count == 4, hidden.count == 4, output.count == 4, output[0] >= 2, hidden[0] >= 1
        {
            let blocks = (0...).first { shapes["p.m_body.\($0).res.0.weight"] == nil } ?? 0
            let deeper = (1...3).compactMap { shapes["p.m_down\($0).\(blocks).weight"]?.first }
            guard blocks > 0, deeper.count == 3 else { throw WeightMetadata.Failure(reason: "its USRNet is incomplete") }
            self = .usrnet(.init(iterations: output[0] / 2, hyperWidth: hidden[0], widths: [stem[0]] + deeper, blocks: blocks))
        } else {
            throw WeightMetadata.Failure(
                reason: "its keys belong to no network of this program, which are KENet and USRNet")
        }
        try checkBounds()
    }

    /// The scales of the published weights of this network.
    fileprivate var usualScales: [Int] {
        switch self {
        case .kenet(let configuration): Self.scales(kernelSize: configuration.kernelSize)
        case .spectrum(let configuration): Self.scales(kernelSize: configuration.kernelSize)
        case .usrnet: [1, 2, 3, 4]
        case .wiener(let configuration): [configuration.scale]
        }
    }

    private static func scales(kernelSize: Int) -> [Int] { (2...4).filter { BlurKernel.defaultSize(scale: $0) == kernelSize } }
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
