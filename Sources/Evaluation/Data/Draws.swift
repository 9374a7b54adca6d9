import BlindSR
import Foundation
import NeuralNetworks

/// The blurs that each image of a set is given: Gaussians of a file, else random ones, or kernels of a file.
public struct Draws: Sendable {
    /// `["x2": ["Set5": ["baby": [[eigenvalue, eigenvalue, degrees], …]]]]`.
    private typealias Document = [String: [String: [String: [[Double]]]]]

    private let fixed: Document
    private let limit: Int
    private let kernels: [NamedKernel]
    let seed: UInt64
    /// What the draws are, for the report.
    public let description: String

    /// Random draws: both eigenvalues uniform in 0.2…4 px², the angle in [0°, 180°). An image's draws depend on the seed and its name alone.
    public init(count: Int, seed: UInt64) {
        fixed = [:]
        limit = count
        kernels = []
        self.seed = seed
        description = "\(count) at random of each image, seed \(seed)"
    }

    /// The first `limit` draws of each image in a file. Images that the file does not name get one random draw.
    ///
    /// - Throws: ``EvaluationError/draws(_:reason:)``.
    public init(file: String, limit: Int = .max, seed: UInt64) throws(EvaluationError) {
        guard let data = FileManager.default.contents(atPath: file) else { throw .draws(file, reason: "the file cannot be read") }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw .draws(file, reason: "it is not a JSON object")
        }
        var document: Document = [:]
        for (key, value) in object where key.hasPrefix("x") {
            guard let sets = value as? [String: [String: [[Double]]]] else {
                throw .draws(file, reason: "\(key) does not hold sets of images of draws")
            }
            for draw in sets.values.flatMap({ $0.values.joined() }) {
                guard draw.count == 3, (try? GaussianParameters(checking: draw[0], draw[1], degrees: draw[2])) != nil else {
                    throw .draws(file, reason: "a draw is two eigenvalues and an angle in degrees, not \(draw)")
                }
            }
            document[key] = sets
        }
        fixed = document
        self.limit = limit
        kernels = []
        self.seed = seed
        let hash = SHA256.hexadecimal(of: [UInt8](data))
        let name = (file as NSString).lastPathComponent
        description =
            "\(limit == .max ? "all" : "the first \(limit)") of \(name) (SHA-256 \(hash)), seed \(seed) for images that it does not name"
    }

    /// Every kernel of a file or folder for each image. Throws `KernelFileError`, `ImagingError`.
    public init(kernels path: String, seed: UInt64) throws {
        fixed = [:]
        limit = 0
        kernels = try NamedKernel.all(in: path)
        self.seed = seed
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        description = "the \(kernels.count) kernels of \(name) (SHA-256 \(NamedKernel.hash(kernels)))"
    }

    /// The kernels of an image, Gaussians at the scale's usual size.
    func kernels(of image: String, set: String, scale: Int) -> [NamedKernel] {
        guard kernels.isEmpty else { return kernels }
        let size = BlurKernel.defaultSize(scale: scale)
        return blurs(of: image, set: set, scale: scale).map { NamedKernel(name: nil, kernel: $0.kernel(size: size)) }
    }

    /// The generator of an image's noise under a draw.
    func noise(of image: String, draw: Int) -> CounterRandom {
        CounterRandom(seed: seed, index: Self.number(of: image), stream: 1 << 31 | UInt32(draw))
    }

    /// The Gaussian blurs of an image.
    func blurs(of image: String, set: String, scale: Int) -> [GaussianParameters] {
        if let draws = fixed["x\(scale)"]?[set]?[image] {
            return draws.prefix(limit).map { GaussianParameters(variance1: $0[0], variance2: $0[1], angle: $0[2] * .pi / 180) }
        }
        return (0..<(fixed.isEmpty ? limit : 1)).map { draw in
            var random = CounterRandom(seed: seed, index: Self.number(of: image), stream: UInt32(draw))
            return KernelDistribution().gaussian(using: &random)
        }
    }

    /// A number that is the same for a name wherever it is computed (FNV-1a).
    private static func number(of name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
