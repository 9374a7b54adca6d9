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
    /// The weight files that may be used, the estimator's first, those for photos without noise last.
    public let weights: [WeightCard]
    private let selection: WeightSelection
    private let device: Device
    private let usual: Networks
    /// Loaded when the first photo without noise comes.
    private var clean: Networks?
    /// By path, those that were asked for.
    private var hashes: [String: String] = [:]
    /// Nil for a pair.
    private(set) var blind: (any BlindUpscaler)?

    /// What a pair works with.
    private struct Networks {
        var estimator: (any KernelEstimator)?
        var upscaler: (any NonBlindUpscaler)?
    }

    /// Below this standard deviation of its noise, for samples in 0…1, a photo is restored better by the clean weights than by the photo
    /// weights. Measured on degraded photos (Documentation/experiments.md); at ×2 it means none, at ×4 what enlarging leaves of none.
    public static func leastNoise(scale: Int) -> Double { (scale < 3 ? 0.2 : 0.8) / 255 }

    /// The largest eigenvalue in px² of a blur for the clean weights, which have seen up to 4.
    private static let widestCleanBlur = 4.5

    /// Loads a whole system.
    ///
    /// - Parameters:
    ///   - name: What is made of networks.
    ///   - scale: From 1 to 4.
    ///   - names: `clean` or `photo`, names or paths of weight files; see ``WeightSelection``.
    ///   - store: Where weights are looked for.
    ///   - device: Where the networks live.
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public convenience init(
        _ name: SystemName = .standard, scale: Int, names: [String] = [], store: ModelStore, device: Device = .cpu
    ) throws {
        try self.init(WeightSelection(name, scale: scale, names: names, store: store), device: device)
    }

    /// Loads what has been selected: an estimator, an upscaler or both.
    ///
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public init(_ selection: WeightSelection, device: Device = .cpu) throws {
        name = selection.system
        scale = selection.scale
        weights = selection.cards
        self.selection = selection
        self.device = device
        usual = try Self.networks(selection.usual, of: selection, device: device)
        if case .whole(let whole) = selection.system {
            blind = whole.make(try selection.usual.upscaler?.network(scale: selection.scale, device: device), device: device)
        }
    }

    private static func networks(_ files: WeightSelection.Files, of selection: WeightSelection, device: Device) throws -> Networks {
        var networks = Networks()
        guard case .pair(let estimator, let upscaler) = selection.system else { return networks }
        func network(_ card: WeightCard?) throws -> (any WeightedNetwork)? { try card?.network(scale: selection.scale, device: device) }
        if selection.part != .upscaler || files.estimator != nil {
            networks.estimator = estimator.make(try network(files.estimator), device: device)
        }
        if selection.part != .estimator { networks.upscaler = upscaler.make(try network(files.upscaler), device: device) }
        return networks
    }

    /// Whether the clean weights take over from the photo weights, where nobody chose.
    private func isClean(_ estimate: KernelEstimate, noise: Double?) -> Bool {
        guard selection.clean != nil, let noise, noise < Self.leastNoise(scale: scale) else { return false }
        return estimate.isClean || GaussianParameters.fit(to: estimate.kernel).variance1 <= Self.widestCleanBlur
    }

    private func networks(for estimate: KernelEstimate, noise: Double?) throws -> Networks {
        guard let files = selection.clean, isClean(estimate, noise: noise) else { return usual }
        if let clean { return clean }
        let networks = try Self.networks(files, of: selection, device: device)
        clean = networks
        return networks
    }

    /// The weight files for a photo with this blur and this noise, for samples in 0…1; nil where nothing is known of it.
    public func weights(for estimate: KernelEstimate, noise: Double?) -> [WeightCard] {
        isClean(estimate, noise: noise) ? selection.clean!.cards : selection.usual.cards
    }

    /// SHA-256 of weight files, each of which is read for it once; throws ``ModelError``.
    public func hashes(of cards: [WeightCard]) throws(ModelError) -> [String] {
        try cards.map { (card) throws(ModelError) in
            if let hash = hashes[card.path] { return hash }
            let hash = try card.hash()
            hashes[card.path] = hash
            return hash
        }
    }

    /// Whether the system goes from the photo to the result by itself: it takes no kernel.
    public var isWhole: Bool { blind != nil }

    /// The photo's blur kernel on the enlarged grid. Where it is found to have no noise, as those find that were trained without any.
    ///
    /// - Throws: ``EstimationError``; ``ModelError`` for a system without estimator.
    public func estimateKernel(_ lr: Image, progress: ProgressHandler = { _ in }) throws -> KernelEstimate {
        let estimate = try estimator(usual).estimate(lr, scale: scale, progress: progress)
        guard isClean(estimate, noise: estimate.noise) else { return estimate }
        var clean = try estimator(networks(for: estimate, noise: estimate.noise)).estimate(lr, scale: scale, progress: progress)
        clean.noise = 0
        clean.isClean = true
        return clean
    }

    /// The photo's noise, for samples in 0…1; nil where nothing here tells it.
    ///
    /// - Throws: `TorchError`.
    func estimateNoise(_ lr: Image) throws -> Double? {
        guard let estimator = usual.estimator, estimator.estimatesNoise, min(lr.width, lr.height) >= estimator.smallestSide else {
            return nil
        }
        return try estimator.estimate(lr, scale: scale).noise
    }

    private func estimator(_ networks: Networks) throws -> any KernelEstimator {
        guard let estimator = networks.estimator else {
            throw ModelError.notFound(what: "an estimator in this system", folders: weights.map(\.path))
        }
        return estimator
    }

    /// The photo's blur from place to place.
    ///
    /// - Parameters:
    ///   - lr: RGB or grey in 0…1.
    ///   - whole: What ``estimateKernel(_:progress:)`` says of the photo.
    ///   - progress: Told of the finished part; what it throws ends the work.
    /// - Throws: As ``estimateKernel(_:progress:)``.
    public func estimateMap(_ lr: Image, whole: KernelEstimate, progress: ProgressHandler = { _ in }) throws -> KernelMap {
        try KernelMapEstimator(estimator(networks(for: whole, noise: whole.noise)))(
            lr, scale: scale, whole: whole, progress: progress)
    }

    /// Restores and enlarges a photo whose kernel is known. A noise of less than ``leastNoise(scale:)`` in the options calls for the clean
    /// weights, where nobody chose.
    ///
    /// - Throws: ``UpscalingError``, `TorchError`; ``ModelError`` for a system without non-blind upscaler.
    public func restore(
        _ lr: Image, kernel: BlurKernel, options: Restoration.Options = .init(), progress: ProgressHandler = { _ in }
    ) throws -> Image {
        try restoration(for: KernelEstimate(kernel: kernel), options)(lr, kernel: kernel, scale: scale, progress: progress)
    }

    /// The same for a photo whose blur varies.
    public func restore(
        _ lr: Image, map: KernelMap, options: Restoration.Options = .init(), progress: ProgressHandler = { _ in }
    ) throws -> Image {
        let whole = map.kernel(over: Rectangle(x: 0, y: 0, width: lr.width, height: lr.height))
        return try restoration(for: KernelEstimate(kernel: whole), options)(lr, map: map, scale: scale, progress: progress)
    }

    func restoration(for estimate: KernelEstimate, _ options: Restoration.Options) throws -> Restoration {
        guard let upscaler = try networks(for: estimate, noise: options.noise).upscaler else {
            throw ModelError.notFound(what: "an upscaler in this system", folders: weights.map(\.path))
        }
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
            return (.mild(scale: scale, size: estimate.kernel.width, noise: estimate.noise), "the blur cannot be told with confidence")
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
