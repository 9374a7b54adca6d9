import Torch

/// What the systems are made of. A new one needs a name in ``SystemName``, its weights and its making here.
extension SystemName.Estimator {
    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .kenet, .spectrum: WeightRole(rawValue, scale: scale, trained: [2, 4])
        }
    }

    /// The estimator around its network.
    func make(_ network: (any WeightedNetwork)?) -> any KernelEstimator {
        switch self {
        case .kenet, .spectrum: network as! any KernelEstimator
        }
    }
}

extension SystemName.Upscaler {
    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .usrnet, .usrnetTiny: WeightRole(rawValue, scale: scale, servesEveryScale: true)
        case .wiener, .wienerBest: WeightRole(rawValue, scale: scale)
        }
    }

    /// The upscaler around its network.
    func make(_ network: (any WeightedNetwork)?) -> any NonBlindUpscaler {
        switch self {
        case .usrnet, .usrnetTiny, .wiener, .wienerBest: network as! any NonBlindUpscaler
        }
    }
}

extension SystemName.Whole {
    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .bicubic, .bicubicAligned: nil
        }
    }

    /// The system around its network.
    func make(_ network: (any WeightedNetwork)?) -> any BlindUpscaler {
        switch self {
        case .bicubic: Bicubic(.resizer)
        case .bicubicAligned: Bicubic(.degradation)
        }
    }
}
