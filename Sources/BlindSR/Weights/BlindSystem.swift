import NeuralNetworks
import Pixels
import Torch

/// A system of the paper, loaded: a photo in, its kernel and a sharper, larger photo out.
///
///     let store = try ModelStore(environment: ProcessInfo.processInfo.environment, executable: CommandLine.arguments[0])
///     let system = try BlindSystem(scale: 2, store: store)
///     let (sharp, kernel) = try system.upscale(photo)
public final class BlindSystem {
    public let scale: Int
    /// The weight files that were loaded, the estimator's first.
    public let weights: [WeightCard]
    /// SHA-256 of ``weights``.
    public let hashes: [String]
    private let estimator: (any KernelEstimator)?
    private let upscaler: (any NonBlindUpscaler)?

    /// Loads a whole system.
    ///
    /// - Parameters:
    ///   - name: Nil for ``SystemName/standard(scale:)``.
    ///   - names: `clean` or `photo`, names or paths of weight files; see ``WeightSelection``.
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public convenience init(
        _ name: SystemName? = nil, scale: Int, names: [String] = [], store: ModelStore, device: Device = .cpu
    ) throws {
        let name = name ?? .standard(scale: scale)
        let selection = try WeightSelection(
            estimator: .estimator(name.estimator, scale: scale), upscaler: .upscaler(name.upscaler, scale: scale), of: name, scale: scale,
            names: names,
            store: store)
        try self.init(selection, scale: scale, device: device)
    }

    /// Loads what has been selected: an estimator, an upscaler or both.
    public init(_ selection: WeightSelection, scale: Int, device: Device = .cpu) throws {
        self.scale = scale
        weights = selection.cards
        hashes = try weights.map { (card) throws(ModelError) in try card.hash() }
        estimator = try selection.estimator.map { try Self.estimator($0, scale: scale, device: device) }
        upscaler = try selection.upscaler.map { try Self.upscaler($0, device: device) }
    }

    /// Makes an estimator from its weight file.
    static func estimator(_ card: WeightCard, scale: Int, device: Device) throws -> any KernelEstimator {
        switch card.network {
        case .kenet(let configuration):
            let network = try KENet(configuration, scale: scale, device: device)
            try card.load(into: network.parameters)
            return network
        case .spectrum(let configuration):
            let network = try SpectralEstimator(configuration, scale: scale, device: device)
            try card.load(into: network.parameters)
            return network
        case .usrnet, .wiener: throw ModelError.mismatch(path: card.path, is: card.title, needed: "kenet or spectrum")
        }
    }

    /// Makes a non-blind upscaler from its weight file.
    static func upscaler(_ card: WeightCard, device: Device) throws -> any NonBlindUpscaler {
        switch card.network {
        case .usrnet(let configuration):
            let network = try USRNet(configuration, device: device)
            try card.load(into: network.parameters)
            return network
        case .wiener(let configuration):
            let network = try WienerNet(configuration, device: device)
            try card.load(into: network.parameters)
            return network
        case .kenet, .spectrum: throw ModelError.mismatch(path: card.path, is: card.title, needed: "usrnet or wiener")
        }
    }

    /// The photo's blur kernel on the enlarged grid.
    ///
    /// - Throws: ``EstimationError``; ``ModelError`` for a system that was loaded without estimator.
    public func estimateKernel(_ lr: Image) throws -> KernelEstimate {
        guard let estimator else { throw ModelError.notFound(what: "an estimator in this system", folders: weights.map(\.path)) }
        return try estimator.estimate(lr, scale: scale)
    }

    /// The photo's blur from place to place.
    ///
    /// - Parameters:
    ///   - whole: What ``estimateKernel(_:)`` says of the photo.
    ///   - progress: Called with the finished part, 0…1; what it throws ends the work.
    /// - Throws: As ``estimateKernel(_:)``.
    public func estimateMap(_ lr: Image, whole: KernelEstimate, progress: (Double) throws -> Void = { _ in }) throws -> KernelMap {
        guard let estimator else { throw ModelError.notFound(what: "an estimator in this system", folders: weights.map(\.path)) }
        return try KernelMapEstimator(estimator)(lr, scale: scale, whole: whole, progress: progress)
    }

    /// Restores and enlarges a photo whose kernel is known.
    ///
    /// - Parameter progress: Called with the finished part, 0…1; what it throws ends the work.
    /// - Throws: ``UpscalingError``, `TorchError`; ``ModelError`` for a system that was loaded without upscaler.
    public func restore(
        _ lr: Image, kernel: BlurKernel, options: Restoration.Options = .init(), progress: (Double) throws -> Void = { _ in }
    ) throws -> Image {
        guard let upscaler else { throw ModelError.notFound(what: "an upscaler in this system", folders: weights.map(\.path)) }
        return try Restoration(upscaler: upscaler, options: options)(lr, kernel: kernel, scale: scale, progress: progress)
    }

    /// The same for a photo whose blur varies.
    public func restore(
        _ lr: Image, map: KernelMap, options: Restoration.Options = .init(), progress: (Double) throws -> Void = { _ in }
    ) throws -> Image {
        guard let upscaler else { throw ModelError.notFound(what: "an upscaler in this system", folders: weights.map(\.path)) }
        return try Restoration(upscaler: upscaler, options: options)(lr, map: map, scale: scale, progress: progress)
    }

    /// The photo's blur kernel, or a mild one where it cannot be told.
    ///
    /// - Returns: The kernel, and where it is a mild one, why, as part of a sentence.
    /// - Throws: As ``estimateKernel(_:)``, but not for a photo that is too small.
    public func trustedKernel(_ lr: Image) throws -> (estimate: KernelEstimate, doubt: String?) {
        do {
            let estimate = try estimateKernel(lr)
            if estimate.isTrusted(scale: scale) { return (estimate, nil) }
            return (.mild(scale: scale, noise: estimate.noise), "the blur cannot be told with confidence")
        } catch EstimationError.tooSmall(_, _, let smallest) {
            return (.mild(scale: scale), "the blur cannot be told from less than \(smallest)×\(smallest) pixels")
        }
    }

    /// Estimates and restores, with a mild kernel where the blur cannot be told.
    public func upscale(_ lr: Image, options: Restoration.Options = .init()) throws -> (image: Image, kernel: BlurKernel) {
        let estimate = try trustedKernel(lr).estimate
        var options = options
        options.confidence = estimate.confidence?.expected
        options.noise = options.noise ?? estimate.noise
        return (try restore(lr, kernel: estimate.kernel, options: options), estimate.kernel)
    }
}

extension WeightCard {
    /// Overwrites a network's parameters with the values of this file, strictly. Throws ``ModelError``, `WeightError`, `TorchError`.
    public func load(into parameters: Parameters) throws {
        let file: SafetensorsFile
        do throws(SafetensorsError) { file = try SafetensorsFile(contentsOf: path) } catch { throw ModelError(error, path: path) }
        try parameters.load(file, fileName: path)
    }

    /// Loads the file into a network that is thrown away: whether it can be used. Throws as ``load(into:)``.
    public func verify() throws {
        switch network {
        case .kenet, .spectrum: _ = try BlindSystem.estimator(self, scale: scales[0], device: .cpu)
        case .usrnet, .wiener: _ = try BlindSystem.upscaler(self, device: .cpu)
        }
    }
}
