import NeuralNetworks
import Pixels
import Torch

/// A system, loaded: a photo in, its kernel and a sharper, larger photo out.
///
///     let store = try ModelStore(environment: ProcessInfo.processInfo.environment, executable: CommandLine.arguments[0])
///     let system = try BlindSystem(scale: 2, store: store)
///     let sharp = try system.upscale(photo).image
public final class BlindSystem {
    public let name: SystemName
    public let scale: Int
    /// The weight files that were loaded, the estimator's first.
    public let weights: [WeightCard]
    /// SHA-256 of ``weights``.
    public let hashes: [String]
    private var estimator: (any KernelEstimator)?
    private var upscaler: (any NonBlindUpscaler)?
    /// Nil for a pair.
    private(set) var blind: (any BlindUpscaler)?

    /// Loads a whole system.
    ///
    /// - Parameters:
    ///   - name: Nil for ``SystemName/standard(scale:)``.
    ///   - scale: From 1 to 4.
    ///   - names: `clean` or `photo`, names or paths of weight files; see ``WeightSelection``.
    ///   - store: Where weights are looked for.
    ///   - device: Where the networks live.
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public convenience init(
        _ name: SystemName? = nil, scale: Int, names: [String] = [], store: ModelStore, device: Device = .cpu
    ) throws {
        try self.init(WeightSelection(name ?? .standard(scale: scale), scale: scale, names: names, store: store), device: device)
    }

    /// Loads what has been selected: an estimator, an upscaler or both.
    ///
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public init(_ selection: WeightSelection, device: Device = .cpu) throws {
        name = selection.system
        scale = selection.scale
        weights = selection.cards
        hashes = try weights.map { (card) throws(ModelError) in try card.hash() }
        let scale = selection.scale
        func network(_ card: WeightCard?) throws -> (any WeightedNetwork)? { try card?.network(scale: scale, device: device) }
        switch selection.system {
        case .pair(let estimator, let upscaler):
            if selection.part != .upscaler { self.estimator = estimator.make(try network(selection.estimator), device: device) }
            if selection.part != .estimator { self.upscaler = upscaler.make(try network(selection.upscaler), device: device) }
        case .whole(let whole): blind = whole.make(try network(selection.upscaler), device: device)
        }
    }

    /// Whether the system goes from the photo to the result by itself: it takes no kernel.
    public var isWhole: Bool { blind != nil }

    /// The photo's blur kernel on the enlarged grid.
    ///
    /// - Throws: ``EstimationError``; ``ModelError`` for a system without estimator.
    public func estimateKernel(_ lr: Image, progress: ProgressHandler = { _ in }) throws -> KernelEstimate {
        guard let estimator else { throw ModelError.notFound(what: "an estimator in this system", folders: weights.map(\.path)) }
        return try estimator.estimate(lr, scale: scale, progress: progress)
    }

    /// The photo's blur from place to place.
    ///
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - whole: What ``estimateKernel(_:progress:)`` says of the photo.
    ///   - progress: Told of the finished part; what it throws ends the work.
    /// - Throws: As ``estimateKernel(_:progress:)``.
    public func estimateMap(_ lr: Image, whole: KernelEstimate, progress: ProgressHandler = { _ in }) throws -> KernelMap {
        guard let estimator else { throw ModelError.notFound(what: "an estimator in this system", folders: weights.map(\.path)) }
        return try KernelMapEstimator(estimator)(lr, scale: scale, whole: whole, progress: progress)
    }

    /// Restores and enlarges a photo whose kernel is known.
    ///
    /// - Throws: ``UpscalingError``, `TorchError`; ``ModelError`` for a system without non-blind upscaler.
    public func restore(
        _ lr: Image, kernel: BlurKernel, options: Restoration.Options = .init(), progress: ProgressHandler = { _ in }
    ) throws -> Image {
        try restoration(options)(lr, kernel: kernel, scale: scale, progress: progress)
    }

    /// The same for a photo whose blur varies.
    public func restore(
        _ lr: Image, map: KernelMap, options: Restoration.Options = .init(), progress: ProgressHandler = { _ in }
    ) throws -> Image {
        try restoration(options)(lr, map: map, scale: scale, progress: progress)
    }

    func restoration(_ options: Restoration.Options) throws(ModelError) -> Restoration {
        guard let upscaler else { throw ModelError.notFound(what: "an upscaler in this system", folders: weights.map(\.path)) }
        return Restoration(upscaler: upscaler, options: options)
    }

    /// The photo's blur kernel, or a mild one where it cannot be told.
    ///
    /// - Returns: The kernel, and where it is a mild one, why, as part of a sentence.
    /// - Throws: As ``estimateKernel(_:progress:)``, but not for a photo that is too small.
    public func trustedKernel(
        _ lr: Image, progress: ProgressHandler = { _ in }
    ) throws -> (estimate: KernelEstimate, doubt: String?) {
        do {
            let estimate = try estimateKernel(lr, progress: progress)
            if estimate.isTrusted(scale: scale) { return (estimate, nil) }
            return (.mild(scale: scale, noise: estimate.noise), "the blur cannot be told with confidence")
        } catch EstimationError.tooSmall(_, _, let smallest) {
            return (.mild(scale: scale), "the blur cannot be told from less than \(smallest)×\(smallest) pixels")
        }
    }
}

extension WeightCard {
    /// The network with the values of this file. Throws ``ModelError``, `WeightError`, `TorchError`.
    func network(scale: Int, device: Device) throws -> any WeightedNetwork {
        let network = try configuration.makeNetwork(scale: scale, device: device)
        try load(into: network.parameters)
        return network
    }

    /// Overwrites a network's parameters with the values of this file, strictly. Throws ``ModelError``, `WeightError`, `TorchError`.
    public func load(into parameters: Parameters) throws {
        let file: SafetensorsFile
        do throws(SafetensorsError) { file = try SafetensorsFile(contentsOf: path) } catch { throw ModelError(error, path: path) }
        try parameters.load(file, fileName: path)
    }

    /// Loads the file into a network that is thrown away: whether it can be used. Throws as ``load(into:)``.
    public func verify() throws { _ = try network(scale: scales[0], device: .cpu) }
}
