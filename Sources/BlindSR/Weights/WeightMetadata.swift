import Foundation

/// The metadata of a weight file that decide which network is made from it, checked before memory is taken for it.
struct WeightMetadata {
    let configuration: any NetworkConfiguration
    let scales: [Int]

    init(_ metadata: [String: String]) throws(ConfigurationError) {
        guard let system = metadata["system"] else { throw ConfigurationError(reason: "it does not say which network it is for") }
        guard let network = WeightCard.networks.first(where: { $0.system == system }) else {
            throw ConfigurationError(reason: "it is for \"\(system.prefix(40))\", which is no network of this program")
        }
        configuration = try Self.decode(network, metadata["configuration"])
        scales = try Self.decode([Int].self, metadata["scales"])
        guard !scales.isEmpty, scales.allSatisfy((1...4).contains) else {
            throw ConfigurationError(reason: "its scales are not between 1 and 4")
        }
        try configuration.check()
    }

    private static func decode<Value: Decodable>(_: Value.Type, _ text: String?) throws(ConfigurationError) -> Value {
        guard let text, let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
            throw ConfigurationError(reason: "its configuration cannot be read")
        }
        return value
    }
}
