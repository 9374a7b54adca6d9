/// The weight files that a system is made from.
public struct WeightSelection: Sendable {
    /// What of a system is needed.
    public enum Part: Sendable {
        case all
        /// The kernel is wanted, nothing is restored.
        case estimator
        /// The kernel is given. Beside photo weights the estimator's stay, for the noise.
        case upscaler
    }

    public let system: SystemName
    public let scale: Int
    public let part: Part
    /// The files for all photos, or for all with noise.
    public private(set) var usual = Files()
    /// Those that take over where a photo has neither noise nor compression: beside photo weights that nobody asked for by name.
    public private(set) var clean: Files?

    /// One file for each network.
    public struct Files: Sendable {
        /// Nil where the kernel is given and no noise is asked for, and for estimators without weights.
        public fileprivate(set) var estimator: WeightCard?
        /// That of the upscaler of a pair, or of a whole system. Nil where only the kernel is wanted, and for systems without weights.
        public fileprivate(set) var upscaler: WeightCard?

        /// The estimator's first.
        public var cards: [WeightCard] { [estimator, upscaler].compactMap { $0 } }
    }

    /// All files that may be used, the usual ones first.
    public var cards: [WeightCard] { usual.cards + (clean?.cards ?? []) }

    /// Chooses the files of the needed roles: those that are named, else those of the store.
    ///
    /// - Parameters:
    ///   - system: What the files are for.
    ///   - part: What of the system is needed.
    ///   - scale: From 1 to 4.
    ///   - names: A variant, names or paths of weight files. Those of a role of `system` that is not needed are left alone. Without a
    ///     variant the photo weights are taken where every role has them, else the clean ones; without any name the clean ones are chosen
    ///     beside them, for photos without noise.
    ///   - list: The files to choose from.
    /// - Throws: ``ModelError``, also where a named file fits no role.
    public init(
        _ system: SystemName, _ part: Part = .all, scale: Int, names: [String], list: WeightList
    ) throws(ModelError) {
        self.system = system
        self.scale = scale
        self.part = part
        let roles = system.roles(scale: scale)
        let estimator = part == .upscaler ? nil : roles.estimator
        let upscaler = part == .estimator ? nil : roles.upscaler
        for name in names where WeightVariant(rawValue: name) == nil {
            let card = try list.store.card(named: name)
            let known = [roles.estimator, roles.upscaler].compactMap(\.self)
            guard let role = known.first(where: { $0.accepts(card) }) else {
                let needed = known.isEmpty ? "\(system), which has none" : known.map(\.description).joined(separator: " or ")
                throw .mismatch(path: card.path, is: card.title, needed: needed)
            }
            if role == estimator { usual.estimator = card }
            if role == upscaler { usual.upscaler = card }
        }
        let open = [usual.estimator == nil ? estimator : nil, usual.upscaler == nil ? upscaler : nil].compactMap { $0 }
        let variant =
            names.compactMap(WeightVariant.init).last
            ?? (open.allSatisfy { list.has($0, .photo) } ? .photo : .clean)
        if let estimator, usual.estimator == nil { usual.estimator = try list.find(estimator, variant) }
        if let upscaler, usual.upscaler == nil { usual.upscaler = try list.find(upscaler, variant) }
        if part == .upscaler, let role = roles.estimator, usual.upscaler?.name == upscaler?.name(.photo), list.has(role, .photo) {
            usual.estimator = try list.find(role, .photo)
        }
        if names.isEmpty, variant == .photo, open.allSatisfy({ list.has($0, .clean) }) {
            clean = Files(
                estimator: try estimator.map { (role) throws(ModelError) in try list.find(role, .clean) },
                upscaler: try upscaler.map { (role) throws(ModelError) in try list.find(role, .clean) })
        }
    }

    /// The same from the files of a store.
    public init(
        _ system: SystemName, _ part: Part = .all, scale: Int, names: [String], store: ModelStore
    ) throws(ModelError) {
        try self.init(system, part, scale: scale, names: names, list: store.list())
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
