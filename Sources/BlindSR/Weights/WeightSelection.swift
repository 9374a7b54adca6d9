/// The weight files that a system is made from.
public struct WeightSelection: Sendable {
    /// What of a system is needed.
    public enum Part: Sendable {
        case all
        /// The kernel is wanted, nothing is restored.
        case estimator
        /// The kernel is given.
        case upscaler
    }

    public let system: SystemName
    public let scale: Int
    public let part: Part
    /// Nil where the kernel is given, and for estimators without weights.
    public private(set) var estimator: WeightCard?
    /// That of the upscaler of a pair, or of a whole system. Nil where only the kernel is wanted, and for systems without weights.
    public private(set) var upscaler: WeightCard?

    /// The files that are used, the estimator's first.
    public var cards: [WeightCard] { [estimator, upscaler].compactMap { $0 } }

    /// Chooses the files of the needed roles: those that are named, else those of the store.
    ///
    /// - Parameters:
    ///   - system: What the files are for.
    ///   - part: What of the system is needed.
    ///   - scale: From 1 to 4.
    ///   - names: A variant, names or paths of weight files. Those of a role of `system` that is not needed are left alone. Without a
    ///     variant the photo weights are taken where every role has them, else the clean ones.
    ///   - store: Where files are looked for.
    /// - Throws: ``ModelError``, also where a named file fits no role.
    public init(
        _ system: SystemName, _ part: Part = .all, scale: Int, names: [String], store: ModelStore
    ) throws(ModelError) {
        self.system = system
        self.scale = scale
        self.part = part
        let roles = system.roles(scale: scale)
        let estimator = part == .upscaler ? nil : roles.estimator
        let upscaler = part == .estimator ? nil : roles.upscaler
        for name in names where WeightVariant(rawValue: name) == nil {
            let card = try store.card(named: name)
            let known = [roles.estimator, roles.upscaler].compactMap(\.self)
            guard let role = known.first(where: { $0.accepts(card) }) else {
                let needed = known.isEmpty ? "\(system), which has none" : known.map(\.description).joined(separator: " or ")
                throw .mismatch(path: card.path, is: card.title, needed: needed)
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

extension SystemName {
    /// The weights that a system needs; of a whole system those of the second kind.
    fileprivate func roles(scale: Int) -> (estimator: WeightRole?, upscaler: WeightRole?) {
        switch self {
        case .pair(let estimator, let upscaler): (estimator.role(scale: scale), upscaler.role(scale: scale))
        case .whole(let whole): (nil, whole.role(scale: scale))
        }
    }
}
