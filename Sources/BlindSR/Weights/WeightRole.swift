/// What kind of photos weights were trained on.
public enum WeightVariant: String, Sendable, CaseIterable {
    /// Without noise or compression, as in the literature.
    case clean
    /// With the noise, the compression and the blurs of cameras.
    case photo
}

/// What weights are needed for.
public enum WeightRole: Sendable, Equatable, CustomStringConvertible {
    case estimator(SystemName.Estimator, scale: Int)
    case upscaler(SystemName.Upscaler, scale: Int)

    /// Whether these weights can play the role.
    public func accepts(_ card: WeightCard) -> Bool {
        switch (self, card.network) {
        case (.estimator(.kenet, let scale), .kenet), (.estimator(.spectrum, let scale), .spectrum): card.scales.contains(scale)
        case (.upscaler(.usrnetTiny, _), .usrnet(let configuration)): configuration == .tiny
        case (.upscaler(.usrnet, _), .usrnet(let configuration)): configuration != .tiny
        case (.upscaler(.wiener, let scale), .wiener(let configuration)): configuration == .fast(scale: scale)
        case (.upscaler(.wienerBest, let scale), .wiener(let configuration)):
            configuration.scale == scale && configuration != .fast(scale: scale)
        default: false
        }
    }

    /// The name of the weights that ship for the role.
    public var standardName: String {
        switch self {
        case .estimator(let estimator, let scale): "\(estimator.rawValue)-x\(scale)"
        case .upscaler(let upscaler, let scale):
            switch upscaler {
            case .usrnetTiny, .usrnet: upscaler.rawValue
            case .wiener, .wienerBest: "\(upscaler.rawValue)-x\(scale)"
            }
        }
    }

    /// The name of the weights that ship for the role in a variant: `spectrum-x2`, `spectrum-x2-photo`.
    public func name(_ variant: WeightVariant) -> String { variant == .clean ? standardName : "\(standardName)-\(variant.rawValue)" }

    public var description: String {
        switch self {
        case .estimator(let estimator, let scale): "\(estimator.rawValue) at ×\(scale)"
        case .upscaler(let upscaler, let scale):
            switch upscaler {
            case .usrnetTiny, .usrnet: upscaler.rawValue
            case .wiener, .wienerBest: "\(upscaler.rawValue) at ×\(scale)"
            }
        }
    }
}

/// The weight files that a system is made from.
public struct WeightSelection: Sendable {
    /// Nil where the kernel is given.
    public private(set) var estimator: WeightCard?
    /// Nil where only the kernel is wanted.
    public private(set) var upscaler: WeightCard?

    /// The files that are used, the estimator's first.
    public var cards: [WeightCard] { [estimator, upscaler].compactMap { $0 } }

    /// Chooses the files of the needed roles: those that are named, else those of the store.
    ///
    /// - Parameters:
    ///   - estimator: Nil where no kernel is to be estimated.
    ///   - upscaler: Nil where nothing is to be restored.
    ///   - names: A variant, names or paths of weight files. Those of a role of `system` that is not needed are left alone. Without a
    ///     variant the photo weights are taken where every role has them, else the clean ones.
    /// - Throws: ``ModelError``, also where a named file fits no role.
    public init(
        estimator: WeightRole?, upscaler: WeightRole?, of system: SystemName, scale: Int, names: [String], store: ModelStore
    ) throws(ModelError) {
        let roles: [WeightRole] = [.estimator(system.estimator, scale: scale), .upscaler(system.upscaler, scale: scale)]
        for name in names where WeightVariant(rawValue: name) == nil {
            let card = try store.card(named: name)
            guard let role = roles.first(where: { $0.accepts(card) }) else {
                throw .mismatch(path: card.path, is: card.title, needed: roles.map(\.description).joined(separator: " or "))
            }
            if role == estimator { self.estimator = card }
            if role == upscaler { self.upscaler = card }
        }
        let open = [self.estimator == nil ? estimator : nil, self.upscaler == nil ? upscaler : nil].compactMap { $0 }
        let variant =
            names.compactMap(WeightVariant.init).last
            ?? (open.allSatisfy { store.has($0, .photo) } ? .photo : .clean)
        if let estimator, self.estimator == nil { self.estimator = try store.find(estimator, variant) }
        if let upscaler, self.upscaler == nil { self.upscaler = try store.find(upscaler, variant) }
    }
}

extension WeightCard {
    /// The network and scales in words: "kenet at ×2".
    public var title: String {
        switch network {
        case .kenet, .spectrum: "\(network.system) at ×" + scales.map(String.init).joined(separator: ", ×")
        case .usrnet(let configuration): configuration == .tiny ? "usrnet-tiny" : "usrnet"
        case .wiener(let configuration):
            (configuration == .fast(scale: configuration.scale) ? "wiener" : "wiener-best") + " at ×\(configuration.scale)"
        }
    }
}
