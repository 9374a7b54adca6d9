/// The weight files of a store as they lay there when it was asked: each header is read once.
public struct WeightList: Sendable {
    /// The path of each file with its card, or why that cannot be read.
    public let files: [(path: String, card: Result<WeightCard, ModelError>)]
    let store: ModelStore

    init(_ store: ModelStore) {
        self.store = store
        files = store.files.map { path in (path, Result { () throws(ModelError) in try WeightCard(path: path) }) }
    }

    private var cards: [WeightCard] { files.compactMap { try? $0.card.get() } }

    /// Whether there are weights of a variant for a role, under their own name.
    func has(_ role: WeightRole, _ variant: WeightVariant) -> Bool {
        cards.contains { $0.name == role.name(variant) && role.accepts($0) }
    }

    /// The weights that a role is played with where none are named: those of the role's own name, and of the clean variant any others but
    /// the photo weights where that is missing.
    ///
    /// Files that cannot be read are passed over, but where nothing else is found the damage of the role's own file is what is
    /// reported. Throws ``ModelError``.
    public func find(_ role: WeightRole, _ variant: WeightVariant = .clean) throws(ModelError) -> WeightCard {
        let candidates = cards.filter { role.accepts($0) }
        if let card = candidates.first(where: { $0.name == role.name(variant) }) { return card }
        if variant == .clean, let card = candidates.first(where: { $0.name != role.name(.photo) }) { return card }
        if let own = files.first(where: { $0.path.hasSuffix("/\(role.name(variant)).safetensors") }) { _ = try own.card.get() }
        if !role.trained.contains(role.scale) { throw .scale(role.scale, estimator: role.network, scales: role.trained) }
        let isOneOfSeveral = variant != .clean || !candidates.isEmpty
        throw .notFound(what: "\(role)\(isOneOfSeveral ? " in the variant \(variant.rawValue)" : "")", folders: store.folders)
    }
}
