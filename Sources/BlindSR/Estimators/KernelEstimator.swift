import Pixels

/// Called with the finished part of a piece of work, 0…1, now and then; what it throws ends the work.
public typealias ProgressHandler = (Double) throws -> Void

/// What an estimator says of one photo.
public struct KernelEstimate: Sendable {
    public let kernel: BlurKernel
    /// What the system expects of this kernel; nil where it says nothing.
    public let confidence: KernelConfidence?
    /// Standard deviation of the photo's noise in 0…1; nil where the system does not estimate it.
    public var noise: Double?
    /// Whether the weights for photos without noise made it, where nobody chose: they restore with it, too.
    var isClean = false

    public init(kernel: BlurKernel, confidence: KernelConfidence? = nil, noise: Double? = nil) {
        self.kernel = kernel
        self.confidence = confidence
        self.noise = noise
    }
}

/// The kernel PSNR that an estimator expects of its own estimate, in dB.
public struct KernelConfidence: Sendable, Equatable {
    /// The middle of what is expected: the truth is as often above as below.
    public let expected: Double
    /// Where the truth lies in eight cases of ten.
    public let interval: ClosedRange<Double>

    public init(expected: Double, interval: ClosedRange<Double>) {
        self.expected = expected
        self.interval = interval
    }
}

/// A system that looks at an LR photo and says which blur made it.
public protocol KernelEstimator {
    /// The scales that it is trained for.
    var scales: [Int] { get }
    /// The smallest side in LR pixels of a photo that it takes.
    var smallestSide: Int { get }
    /// Whether its estimates tell of the noise, too.
    var estimatesNoise: Bool { get }

    /// - Parameters:
    ///   - lr: The photo in [0, 1], grey or RGB.
    ///   - scale: One of ``scales``.
    ///   - progress: Told of the progress of systems that take their time.
    /// - Returns: The kernel on the HR grid, non-negative, with sum one.
    /// - Throws: ``EstimationError``, `TorchError`, what `progress` throws.
    func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate
}

extension KernelEstimator {
    public var estimatesNoise: Bool { false }

    /// The same without progress.
    public func estimate(_ lr: Image, scale: Int) throws -> KernelEstimate { try estimate(lr, scale: scale) { _ in } }

    /// Throws where the scale or the photo's size is not one that the estimator takes.
    func check(_ lr: Image, scale: Int) throws(EstimationError) {
        guard scales.contains(scale) else { throw .scale(scale, trained: scales) }
        guard min(lr.width, lr.height) >= smallestSide else {
            throw .tooSmall(width: lr.width, height: lr.height, smallest: smallestSide)
        }
    }
}

/// Why a photo's kernel could not be estimated.
public enum EstimationError: Error, Equatable, CustomStringConvertible {
    case scale(Int, trained: [Int])
    case tooSmall(width: Int, height: Int, smallest: Int)

    public var description: String {
        switch self {
        case .scale(let scale, let trained):
            "The estimator is trained for ×\(trained.map(String.init).joined(separator: ", ×")), not for ×\(scale); there a known kernel is needed."
        case .tooSmall(let width, let height, let smallest):
            "A photo of \(width)×\(height) is too small to estimate its blur from; at least \(smallest)×\(smallest) is needed."
        }
    }
}
