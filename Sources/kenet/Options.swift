import ArgumentParser
import BlindSR
import Evaluation
import Foundation

/// The scale of the enlargement.
struct ScaleOption: ParsableArguments {
    @Option(
        name: [.short, .customLong("scale")], parsing: .unconditional,
        help: ArgumentHelp("How many times larger: 2, 3 or 4, or 1 to sharpen alone (default: 2).", valueName: "scale"))
    var given: Int?

    var scale: Int { given ?? 2 }

    func validate() throws {
        guard (1...4).contains(scale) else { throw ValidationError("The scale \(scale) is not offered; scales are 1 to 4.") }
    }
}

/// Which weight files are used.
struct WeightOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            """
            clean: weights trained without noise or compression, as in the literature; photo: with those of cameras; or a weight file by \
            name or path. May be repeated. By default photo, where there are such weights, but clean for a photo without noise.
            """, valueName: "clean|photo|file"))
    var weights: [String] = []
}

/// An amount of pixels: 40000000, 40M or 1.5G.
struct PixelCount: ExpressibleByArgument {
    let count: Int

    init(count: Int) { self.count = count }

    init?(argument: String) {
        let factors: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9]
        let factor = argument.last.flatMap { factors[$0] }
        guard let number = Double(factor == nil ? argument : String(argument.dropLast())), number.isFinite else { return nil }
        let pixels = number * (factor ?? 1)
        guard pixels >= 1, pixels < 1e15, pixels == pixels.rounded() else { return nil }
        count = Int(pixels)
    }

    var defaultValueDescription: String { count % 1_000_000 == 0 ? "\(count / 1_000_000)M" : "\(count)" }
}

/// An amount of memory: 800M, 1.5G.
struct ByteCount: ExpressibleByArgument {
    let count: Int

    init?(argument: String) {
        let factors: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let text = argument.uppercased().hasSuffix("B") ? argument.uppercased().dropLast() : argument.uppercased()[...]
        guard let factor = text.last.flatMap({ factors[$0] }), let number = Double(text.dropLast()), number > 0, number < 1e6 else {
            return nil
        }
        count = Int(number * Double(1 << factor))
    }

    private init(count: Int) { self.count = count }

    /// Three quarters of the machine's memory.
    static let mostOfThisMachine = ByteCount(count: Int(ProcessInfo.processInfo.physicalMemory / 4 * 3))

    var defaultValueDescription: String { "three quarters of this machine's" }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { "all" }
}

extension ModelStore {
    /// The store of this process.
    static func ofThisProcess() throws(ModelError) -> ModelStore {
        try ModelStore(environment: ProcessInfo.processInfo.environment, executable: executablePath)
    }

    /// Where this program's file is.
    static var executablePath: String { Bundle.main.executablePath ?? CommandLine.arguments[0] }
}
