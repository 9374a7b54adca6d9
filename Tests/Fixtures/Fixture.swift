import Foundation
import NeuralNetworks

/// Reference data for tests: the large fixtures in the folder that `KENET_FIXTURES` names, the small ones in this repository.
public enum Fixture {
    /// The folder that holds `conformance/`, `reference-weights/` and `data/`; nil where `KENET_FIXTURES` is not set.
    public static var root: String? {
        ProcessInfo.processInfo.environment["KENET_FIXTURES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the large fixtures are there; use it as `@Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))`.
    public static var isAvailable: Bool {
        root.map { FileManager.default.fileExists(atPath: $0 + "/conformance") } ?? false
    }

    /// Whether `KENET_SLOW=1` asks for the tests that take minutes (`make test-slow`).
    public static var runsSlowTests: Bool { ProcessInfo.processInfo.environment["KENET_SLOW"] == "1" }

    public static let skipMessage = "set KENET_FIXTURES to the folder with conformance/ to run this"

    /// The conformance fixture `name`, for example "bicubic".
    public static func conformance(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: path("conformance/\(name).safetensors"))
    }

    /// The published weights `name`, for example "usrnet_tiny".
    public static func referenceWeights(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: path("reference-weights/\(name).safetensors"))
    }

    /// The path of a file or folder below `KENET_FIXTURES`, for example "data/test/draws.json".
    public static func path(_ relative: String) throws -> String {
        guard let root else { throw FixtureError.noFolder }
        return root + "/" + relative
    }

    /// A small fixture of this repository, `Tests/Fixtures/Data/<name>.safetensors`.
    public static func small(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: smallPath(name + ".safetensors"))
    }

    /// The path of a file in `Tests/Fixtures/Data`.
    public static func smallPath(_ file: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data/\(file)").path
    }
}

public enum FixtureError: Error {
    case noFolder
    case differentCount(name: String, expected: Int, found: Int)
}
