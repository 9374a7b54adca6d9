/// What kind of photos weights were trained on.
public enum WeightVariant: String, Sendable, CaseIterable {
    /// Without noise or compression, as in the literature.
    case clean
    /// With the noise, the compression and the blurs of cameras.
    case photo
}

/// What weights are needed for: a network, at a scale.
public struct WeightRole: Sendable, Hashable, CustomStringConvertible {
    /// The network's name in ``SystemName``.
    public let network: String
    public let scale: Int
    /// The scales for which there are weights at all.
    public let trained: [Int]
    /// Whether the same weights are used at all scales.
    public let servesEveryScale: Bool

    init(_ network: String, scale: Int, trained: [Int] = [1, 2, 3, 4], servesEveryScale: Bool = false) {
        self.network = network
        self.scale = scale
        self.trained = trained
        self.servesEveryScale = servesEveryScale
    }

    /// Whether these weights can play the role.
    public func accepts(_ card: WeightCard) -> Bool {
        card.configuration.name == network && (servesEveryScale || card.scales.contains(scale))
    }

    /// The name of the weights that ship for the role.
    public var standardName: String { servesEveryScale ? network : "\(network)-x\(scale)" }

    /// The name of the weights that ship for the role in a variant: `spectrum-x2`, `spectrum-x2-photo`.
    public func name(_ variant: WeightVariant) -> String { variant == .clean ? standardName : "\(standardName)-\(variant.rawValue)" }

    public var description: String { servesEveryScale ? network : "\(network) at ×\(scale)" }
}
