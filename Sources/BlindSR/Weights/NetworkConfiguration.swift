import Foundation
import NeuralNetworks
import Torch

/// A network whose parameters come from a weight file.
public protocol WeightedNetwork: AnyObject {
    var parameters: Parameters { get }
}

/// The sizes of a network, as the metadata of its weight files have them. One conformance beside each network, and one line in
/// `WeightCard.networks`.
public protocol NetworkConfiguration: Codable, Sendable, Hashable {
    /// The value of the metadata key `system`.
    static var system: String { get }
    /// Whether one file may serve scales that it was not trained for.
    static var servesEveryScale: Bool { get }
    /// What ``SystemName`` calls the network in these sizes.
    var name: String { get }
    /// No file with fewer values can hold the network: bounds the memory that is taken by the size of the file.
    var leastParameterCount: Int { get }
    /// The scales of published weights in these sizes, which say nothing of them.
    var usualScales: [Int] { get }

    /// The configuration of a checkpoint from elsewhere, as far as names and shapes of a few parameters tell; nil for other networks.
    init?(shapes: [String: [Int]])
    /// Throws where sizes are out of bounds.
    func check() throws(ConfigurationError)
    /// The network with new parameters.
    func makeNetwork(scale: Int, device: Device) throws(TorchError) -> any WeightedNetwork
}

extension NetworkConfiguration {
    public static var servesEveryScale: Bool { false }
    public var name: String { Self.system }

    public init?(shapes: [String: [Int]]) { nil }

    /// The configuration as JSON with sorted keys, the value of the metadata key `configuration`.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Throws where a size is not in its range.
    func check(_ what: String, _ value: Int, _ range: ClosedRange<Int>) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(reason: "its \(what) is \(value), not in \(range.lowerBound)…\(range.upperBound)")
        }
    }

    /// Throws for a kernel that has no centre or is too large.
    func check(kernelSize: Int) throws(ConfigurationError) {
        try check("kernel size", kernelSize, BlurKernel.sizes)
        guard kernelSize % 2 == 1 else { throw ConfigurationError(reason: "its kernel size is even") }
    }

    /// The scales at which kernels have this side.
    func scales(kernelSize: Int) -> [Int] { (2...4).filter { BlurKernel.defaultSize(scale: $0) == kernelSize } }
}

/// What is wrong with the metadata of a weight file, as part of a sentence.
public struct ConfigurationError: Error {
    public let reason: String

    public init(reason: String) { self.reason = reason }
}
