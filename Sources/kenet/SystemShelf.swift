import BlindSR
import Evaluation
import TrainingCommands

/// The systems of one `kenet upscale`, by scale: their weights are found when the first photo asks, and loaded once.
struct SystemShelf {
    private let command: Upscale
    private let console: Console
    private var chosen: [Int: WeightSelection] = [:]
    private var systems: [Int: BlindSystem] = [:]
    /// The kernel that is given, read once.
    private(set) var kernel: BlurKernel?
    /// Whether a system could not be loaded: no other photo will fare better.
    private(set) var isBroken = false

    init(_ command: Upscale, console: Console) {
        self.command = command
        self.console = console
    }

    /// Finds the weight files for the scale of the options and reads the kernel that is given. Nothing large is loaded.
    mutating func chooseUsual() throws {
        if kernel == nil { kernel = try command.kernel.map(KernelInput.read) }
        if !command.isScaleOpen { try choose(scale: command.scaleOption.scale) }
    }

    /// Finds the weight files for a scale, once.
    @discardableResult
    mutating func choose(scale: Int) throws -> WeightSelection {
        if let chosen = chosen[scale] { return chosen }
        let weights = try WeightSelection(
            SystemName(parsing: command.model), command.kernel == nil ? .all : .upscaler, scale: scale,
            names: command.weightOptions.weights, store: .ofThisProcess())
        chosen[scale] = weights
        return weights
    }

    /// The system for a scale, loaded once.
    mutating func load(scale: Int) throws -> BlindSystem {
        if let system = systems[scale] { return system }
        try chooseUsual()
        let weights = try choose(scale: scale)
        isBroken = true
        let loaded = try BlindSystem(weights, device: command.engine.start())
        isBroken = false
        for warning in weights.cards.compactMap(\.warning) { console.warn(warning) }
        if let card = weights.usual.upscaler, !card.scales.contains(scale) {
            console.warn("The weights \(card.name) were not trained for ×\(scale); the result may be poor")
        }
        systems[scale] = loaded
        return loaded
    }
}
