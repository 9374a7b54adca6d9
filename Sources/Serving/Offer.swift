import BlindSR

/// The systems that the weights at hand make up.
struct Offer: Sendable {
    /// By the systems' names and aliases, the scales at which all their networks have weights.
    let scales: [String: [Int]]

    /// Throws ``ServingError/noModels``.
    init(store: ModelStore, weights: [String]) throws(ServingError) {
        let pairs = SystemName.Estimator.allCases.flatMap { estimator in
            SystemName.Upscaler.allCases.map { "\(SystemName.pair(estimator, $0))" }
        }
        let list = store.list()
        var scales: [String: [Int]] = [:]
        for name in SystemName.aliases + pairs + SystemName.Whole.allCases.map(\.rawValue) {
            scales[name] = (1...4).filter { scale in
                guard let system = try? SystemName(parsing: name), system.isOfUse(scale: scale) else { return false }
                return (try? WeightSelection(system, scale: scale, names: weights, list: list)) != nil
            }
        }
        self.scales = scales.filter { !$0.value.isEmpty }
        guard !self.scales.isEmpty else { throw .noModels }
    }
}

extension SystemName {
    /// Whether all parts of the system have weights, and none learns for minutes from each photo: nobody waits so long before a page.
    fileprivate func isOfUse(scale: Int) -> Bool {
        switch self {
        case .pair(let estimator, let upscaler):
            estimator.role(scale: scale) != nil && !estimator.learnsFromPhotos && upscaler.role(scale: scale) != nil
                && !upscaler.learnsFromPhotos
        case .whole(let whole): whole.role(scale: scale) != nil && !whole.learnsFromPhotos
        }
    }
}
