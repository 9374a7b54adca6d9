import Foundation
import NeuralNetworks

/// What a weight file says of itself in its header: which network it is for, and how it was trained.
///
/// The metadata of the file are `system`, `name`, `scales` and `configuration`, and where known `card`, `scores`, `training` and `source`.
public struct WeightCard: Sendable {
    /// The networks that weights are for.
    static let networks: [any NetworkConfiguration.Type] = [
        KENet.Configuration.self, SpectralEstimator.Configuration.self, USRNet.Configuration.self, WienerNet.Configuration.self,
        RCAN.Configuration.self, SRMD.Configuration.self, DAN.Configuration.self,
        KernelFlow.Configuration.self,
        MZSR.Configuration.self,
    ]

    /// Where the file is.
    public let path: String
    public let name: String
    /// The network that the weights are for.
    public let configuration: any NetworkConfiguration
    /// The scales that the weights were trained for.
    public let scales: [Int]
    /// One line about the weights.
    public let summary: String?
    /// Scores by test set and measure, for example `["BSD100": ["kernelPSNR": 57.4]]`.
    public let scores: [String: [String: Double]]
    /// How the weights were trained, as JSON.
    public let training: String?
    /// SHA-256 of the file that these weights were imported from.
    public let source: String?
    /// Number of values in the file.
    public let parameterCount: Int

    /// Reads a file's header; the values are left alone. Throws ``ModelError`` for a file that is damaged or not of this library.
    public init(path: String) throws(ModelError) {
        let file: MappedSafetensors
        do throws(SafetensorsError) { file = try MappedSafetensors(contentsOf: path) } catch { throw ModelError(error, path: path) }
        let counts = file.entries.mapValues { $0.shape.reduce(1, *) }
        parameterCount = counts.values.reduce(0, +)
        self.path = path
        let metadata = file.metadata
        do throws(ConfigurationError) {
            let fields = try WeightMetadata(metadata)
            guard fields.configuration.leastParameterCount <= parameterCount else {
                throw ConfigurationError(reason: "it is too small for the network that it names")
            }
            configuration = fields.configuration
            scales = fields.scales
        } catch {
            throw .unusable(path: path, reason: error.reason)
        }
        name = metadata["name"] ?? ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        summary = metadata["card"]
        training = metadata["training"]
        source = metadata["source"]
        scores = metadata["scores"].flatMap { try? JSONDecoder().decode([String: [String: Double]].self, from: Data($0.utf8)) } ?? [:]
    }

    /// The value of the metadata key `system`.
    public var system: String { type(of: configuration).system }

    /// The network and scales in words: "kenet at ×2".
    public var title: String {
        type(of: configuration).servesEveryScale
            ? configuration.name : "\(configuration.name) at ×" + scales.map(String.init).joined(separator: ", ×")
    }

    /// SHA-256 of the whole file, 64 hexadecimal digits; throws ``ModelError``.
    public func hash() throws(ModelError) -> String {
        do throws(SafetensorsError) { return try SHA256.hexadecimal(ofFile: path) } catch { throw ModelError(error, path: path) }
    }

    /// Mean kernel PSNR in dB: on BSD100 where it was measured, else on the validation crops of the training; nil for an upscaler.
    public var kernelPSNR: Double? {
        struct Training: Decodable { let validation: [String: Double] }
        if let score = scores["BSD100"]?["kernelPSNR"] { return score }
        let summary = training.flatMap { try? JSONDecoder().decode(Training.self, from: Data($0.utf8)) }
        return summary?.validation["kernelPSNR"]
    }

    /// The kernel PSNR in dB on BSD100 of the best answer that ignores the photo: always the same kernel.
    public static let constantKernelPSNR = [2: 45.2, 4: 51.0]

    /// A sentence where these are an estimator's weights that do no better than one constant kernel; else nil.
    public var warning: String? {
        guard let scale = scales.first, let floor = Self.constantKernelPSNR[scale], let score = kernelPSNR,
            score < floor
        else { return nil }
        return "The weights \(name) estimate kernels at \(String(format: "%.1f", score)) dB, below the \(floor) dB of one constant kernel; "
            + "their estimates cannot be relied on."
    }
}
