import Torch

/// What the systems are made of. A new one needs a name in ``SystemName``, its weights and its making here.
extension SystemName.Estimator {
    /// Whether it learns from each photo by itself, which takes minutes.
    public var learnsFromPhotos: Bool {
        switch self {
        case .kenet, .spectrum: false
        case .kernelgan, .dipfkp, .doubledip: true
        }
    }

    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .kenet: WeightRole(rawValue, scale: scale, trained: [2, 4])
        case .spectrum: WeightRole(rawValue, scale: scale)
        case .dipfkp: WeightRole(KernelFlow.Configuration.system, scale: scale, trained: FKPKernels.scales)
        case .kernelgan, .doubledip: nil
        }
    }

    /// The estimator around its network.
    func make(_ network: (any WeightedNetwork)?, device: Device) -> any KernelEstimator {
        switch self {
        case .kenet, .spectrum: network as! any KernelEstimator
        case .dipfkp: DIPFKP(network as! KernelFlow)
        case .doubledip: DoubleDIP(device: device)
        case .kernelgan: KernelGAN(device: device)
        }
    }
}

extension SystemName.Upscaler {
    /// Whether it learns from each photo by itself, which takes minutes.
    public var learnsFromPhotos: Bool { self == .zssr || self == .zssrRaw }

    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .usrnet, .usrnetTiny: WeightRole(rawValue, scale: scale, servesEveryScale: true)
        case .wiener, .wienerBest: WeightRole(rawValue, scale: scale)
        case .srmd, .mzsr: WeightRole(rawValue, scale: scale, trained: [2, 3, 4])
        case .zssr, .zssrRaw: nil
        }
    }

    /// The upscaler around its network.
    func make(_ network: (any WeightedNetwork)?, device: Device) -> any NonBlindUpscaler {
        switch self {
        case .usrnet, .usrnetTiny, .wiener, .wienerBest, .srmd, .mzsr: network as! any NonBlindUpscaler
        case .zssr: ZSSR(device: device)
        case .zssrRaw: ZSSR(grid: .resizer, device: device)
        }
    }
}

extension SystemName.Whole {
    /// Whether it learns from each photo by itself, which takes minutes.
    public var learnsFromPhotos: Bool { self == .dipfkp || self == .dipfkpRaw || self == .doubledip }

    /// The weights that it needs; nil where it needs none.
    public func role(scale: Int) -> WeightRole? {
        switch self {
        case .bicubic, .bicubicAligned, .doubledip: nil
        case .rcan, .rcanRaw: WeightRole("rcan", scale: scale, trained: [2, 3, 4])
        case .dan, .danV2, .mzsr: WeightRole(rawValue, scale: scale, trained: [2, 3, 4])
        case .dipfkp, .dipfkpRaw: WeightRole(KernelFlow.Configuration.system, scale: scale, trained: FKPKernels.scales)
        }
    }

    /// The system around its network.
    func make(_ network: (any WeightedNetwork)?, device: Device) -> any BlindUpscaler {
        switch self {
        case .bicubic: Bicubic(.resizer)
        case .bicubicAligned: Bicubic(.degradation)
        case .rcan, .dan, .danV2, .mzsr: network as! any BlindUpscaler
        case .rcanRaw: (network as! RCAN).onResizerGrid()
        case .dipfkp: DIPFKP(network as! KernelFlow)
        case .dipfkpRaw: DIPFKP(network as! KernelFlow, alignment: .authors)
        case .doubledip: DoubleDIP(device: device)
        }
    }
}
