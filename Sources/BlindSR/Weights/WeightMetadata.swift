import Foundation

/// The metadata of a weight file that decide which network is made from it, checked before memory is taken for it.
struct WeightMetadata {
    let network: WeightCard.Network
    let scales: [Int]

    /// What is wrong, as part of a sentence.
    struct Failure: Error {
        let reason: String
    }

    init(_ metadata: [String: String]) throws(Failure) {
        guard let system = metadata["system"] else { throw Failure(reason: "it does not say which network it is for") }
        switch system {
        case "kenet": network = .kenet(try Self.decode(metadata["configuration"]))
        case "spectrum": network = .spectrum(try Self.decode(metadata["configuration"]))
        case "usrnet": network = .usrnet(try Self.decode(metadata["configuration"]))
        case "wiener": network = .wiener(try Self.decode(metadata["configuration"]))
        default: throw Failure(reason: "it is for \"\(system.prefix(40))\", which is no network of this program")
        }
        scales = try Self.decode(metadata["scales"])
        guard !scales.isEmpty, scales.allSatisfy((1...4).contains) else { throw Failure(reason: "its scales are not between 1 and 4") }
        try network.checkBounds()
    }

    private static func decode<Value: Decodable>(_ text: String?) throws(Failure) -> Value {
        guard let text, let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
            throw Failure(reason: "its configuration cannot be read")
        }
        return value
    }
}

extension WeightCard.Network {
    /// Sizes that a network may have at all.
    func checkBounds() throws(WeightMetadata.Failure) {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(WeightMetadata.Failure) {
            guard range.contains(value) else {
                throw WeightMetadata.Failure(reason: "its \(name) is \(value), not in \(range.lowerBound)…\(range.upperBound)")
            }
        }
        switch self {
        case .kenet(let configuration):
            try check("width", configuration.width, 1...512)
            try check("hidden width", configuration.hidden, 1...8192)
            try check("kernel size", configuration.kernelSize, BlurKernel.sizes)
            guard configuration.kernelSize % 2 == 1 else { throw WeightMetadata.Failure(reason: "its kernel size is even") }
        case .spectrum(let configuration):
            try check("number of tile sizes", configuration.tiles.count, 1...4)
            for side in configuration.tiles {
                try check("tile", side, 4...256)
                guard side % 2 == 0 else { throw WeightMetadata.Failure(reason: "its tile is odd") }
            }
            guard Set(configuration.tiles).count == configuration.tiles.count else {
                throw WeightMetadata.Failure(reason: "two of its tile sizes are the same")
            }
            try check("width", configuration.width, 1...8192)
            try check("number of features", configuration.features, 1...8192)
            try check("number of heads", configuration.heads, 1...256)
            try check("hidden width", configuration.hidden, 1...8192)
            try check("kernel size", configuration.kernelSize, BlurKernel.sizes)
            guard configuration.kernelSize % 2 == 1 else { throw WeightMetadata.Failure(reason: "its kernel size is even") }
        case .usrnet(let configuration):
            try check("number of iterations", configuration.iterations, 1...64)
            try check("hyper-parameter width", configuration.hyperWidth, 1...1024)
            try check("number of resolutions", configuration.widths.count, 4...4)
            for width in configuration.widths { try check("width", width, 1...1024) }
            try check("number of blocks", configuration.blocks, 1...16)
        case .wiener(let configuration):
            try check("scale", configuration.scale, 1...4)
            try check("width", configuration.width, 1...1024)
            try check("number of blocks", configuration.blocks, 0...128)
            try check("number of starts", configuration.starts, 1...16)
        }
    }

    /// Whether a file with this many values can hold the network: bounds the memory that is taken by the size of the file.
    func check(parameterCount: Int) throws(WeightMetadata.Failure) {
        let atLeast: Int =
            switch self {
            case .kenet(let c): 9 * 2 * 16 * c.width * c.width + c.hidden * (c.hidden + c.kernelSize * c.kernelSize)
            case .spectrum(let c):
                c.tiles.reduce(0) { $0 + c.width * (TileSpectrum.count(side: $1) + c.features) + c.hidden * c.heads * c.features }
            case .wiener(let c): 9 * c.width * (2 * c.blocks * c.width + 3 * c.fold * c.fold * (c.starts + 1))
            case .usrnet(let c): 9 * 2 * c.blocks * c.widths.reduce(0) { $0 + $1 * $1 } + c.hyperWidth * (c.hyperWidth + 2 * c.iterations)
            }
        guard atLeast <= parameterCount else {
            throw WeightMetadata.Failure(reason: "it is too small for the network that it names")
        }
    }

    /// The network's configuration as JSON, the value of the metadata key `configuration`.
    var configurationJSON: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let data =
                switch self {
                case .kenet(let configuration): try encoder.encode(configuration)
                case .spectrum(let configuration): try encoder.encode(configuration)
                case .usrnet(let configuration): try encoder.encode(configuration)
                case .wiener(let configuration): try encoder.encode(configuration)
                }
            return String(decoding: data, as: UTF8.self)
        }
    }
}
