import Pixels
import Torch

/// A system for asynchronous programs: photos in, their kernels and sharper, larger photos out. It works on a thread of its own, and only
/// values cross.
///
///     let restorer = try await Restorer(scale: 2, store: store)
///     let (sharp, findings) = try await restorer.upscale(photo) { stage, part in print(stage, part) }
///
/// Calls are done one after another, in the order in which they come. One whose task is cancelled ends with `CancellationError`: before its
/// turn's work begins, between two stages, or after the tile or step in hand. The restorer can be used again at once.
public actor Restorer {
    /// Told, on the restorer's thread, of the finished part, 0…1, of a stage.
    public typealias Progress = @Sendable (UpscalingStage, Double) -> Void

    /// The system and the weight files it was loaded from.
    public nonisolated let selection: WeightSelection
    private let thread: TensorThread
    /// Loaded by the initializer, on the thread.
    private var system: BlindSystem!

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// The factor by which photos are enlarged.
    public nonisolated var scale: Int { selection.scale }

    /// Loads a whole system.
    ///
    /// - Parameters:
    ///   - name: What is made of networks.
    ///   - scale: From 1 to 4.
    ///   - names: `clean` or `photo`, names or paths of weight files; see ``WeightSelection``.
    ///   - store: Where weights are looked for.
    ///   - device: Where the networks live.
    ///   - thread: Where the work is done; restorers that share one take turns.
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public init(
        _ name: SystemName = .standard, scale: Int, names: [String] = [], store: ModelStore, device: Device = .cpu,
        thread: TensorThread = TensorThread()
    ) async throws {
        let selection = try WeightSelection(name, scale: scale, names: names, store: store)
        try await self.init(selection, device: device, thread: thread)
    }

    /// Loads what has been selected: an estimator, an upscaler or both.
    ///
    /// - Throws: ``ModelError``, `WeightError`, `TorchError`.
    public init(_ selection: WeightSelection, device: Device = .cpu, thread: TensorThread = TensorThread()) async throws {
        self.selection = selection
        self.thread = thread
        // Everything has its value now: from here on this runs on the actor's thread.
        system = try BlindSystem(selection, device: device)
    }

    /// Estimates the blur where it is not given, with a mild kernel where it cannot be told, and restores.
    ///
    /// - Parameters:
    ///   - photo: RGB or grey in 0…1; a part of the options lies inside.
    ///   - options: What is known of the blur, and how the photo is to be restored.
    ///   - progress: Told of each stage's progress.
    /// - Returns: The image, ``scale`` times as wide and high, not clipped, on the grid whose pixels 0, s, 2s, … are those of `photo`.
    /// - Throws: ``UpscalingError``, ``EstimationError``, ``ModelError`` for a system without upscaler, `TorchError`, `CancellationError`.
    public func upscale(
        _ photo: Image, options: UpscalingOptions = .init(), progress: Progress = { _, _ in }
    ) throws -> (image: Image, findings: Findings) {
        try Task.checkCancellation()
        return try system.upscale(photo, options: options) { stage, part in
            try Task.checkCancellation()
            progress(stage, part)
        }
    }

    /// The photo's blur kernel on the enlarged grid.
    ///
    /// - Throws: ``EstimationError``, ``ModelError`` for a system without estimator, `TorchError`, `CancellationError`.
    public func estimateKernel(_ photo: Image, progress: Progress = { _, _ in }) throws -> KernelEstimate {
        try Task.checkCancellation()
        return try system.estimateKernel(photo) { part in
            try Task.checkCancellation()
            progress(.estimating, part)
        }
    }

    /// The photo's blur from place to place.
    ///
    /// - Parameters:
    ///   - photo: RGB or grey in 0…1.
    ///   - whole: What ``estimateKernel(_:progress:)`` says of the photo.
    ///   - progress: Told of each stage's progress.
    /// - Throws: As ``estimateKernel(_:progress:)``.
    public func estimateMap(_ photo: Image, whole: KernelEstimate, progress: Progress = { _, _ in }) throws -> KernelMap {
        try Task.checkCancellation()
        return try system.estimateMap(photo, whole: whole) { part in
            try Task.checkCancellation()
            progress(.mapping, part)
        }
    }

    /// Makes a small, blurred photo from a sharp one, as the paper's test protocol does it: cropped to a multiple of ``scale``, Eq. (1)
    /// without noise under a circular border, rounded to 8 bits.
    ///
    /// - Parameters:
    ///   - sharp: RGB or grey in 0…1, at least ``scale`` pixels wide and high.
    ///   - kernel: The blur on the grid of `sharp`.
    /// - Returns: 1/``scale`` as wide and high.
    public func degrade(_ sharp: Image, by kernel: BlurKernel) throws(TorchError) -> Image {
        try sharp.cropped(toMultipleOf: scale).degraded(by: kernel, scale: scale).rounded8Bit()
    }
}
