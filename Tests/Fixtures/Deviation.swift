import Foundation
import NeuralNetworks

/// How far numbers lie from their reference.
public struct Deviation: Sendable {
    /// Largest absolute difference; infinite where a number is NaN.
    public let maximum: Double
    /// Root of the mean squared difference.
    public let rootMeanSquare: Double

    public init(_ actual: [Double], _ expected: [Double]) {
        var maximum = 0.0
        var squares = 0.0
        for (a, b) in zip(actual, expected) {
            let difference = abs(a - b)
            maximum = difference.isNaN ? .infinity : max(maximum, difference)
            squares += difference * difference
        }
        self.maximum = maximum
        rootMeanSquare = (squares / Double(max(actual.count, 1))).squareRoot()
    }
}

/// The largest deviation that a fixture's header allows for one tensor; nil where it says nothing.
public struct Tolerance: Sendable {
    public let absolute: Double?
    public let rootMeanSquare: Double?
}

extension Fixture {
    /// Compares `actual` with the tensor `name` of `file`; throws `FixtureError.differentCount` where their sizes differ.
    public static func compare(_ actual: [Float], to file: SafetensorsFile, _ name: String) throws -> Deviation {
        try compare(actual.map(Double.init), to: file, name)
    }

    /// Compares `actual` with the tensor `name` of `file`; throws `FixtureError.differentCount` where their sizes differ.
    public static func compare(_ actual: [Double], to file: SafetensorsFile, _ name: String) throws -> Deviation {
        let expected = try file.doubles(name)
        guard actual.count == expected.count else {
            throw FixtureError.differentCount(name: name, expected: expected.count, found: actual.count)
        }
        return Deviation(actual, expected)
    }

    /// The tolerances that the metadata of `file` states for the tensor `name`.
    public static func tolerance(of name: String, in file: SafetensorsFile) throws -> Tolerance {
        func value(_ key: String) throws -> Double? {
            try JSONDecoder().decode([String: Double].self, from: Data((file.metadata[key] ?? "{}").utf8))[name]
        }
        return Tolerance(absolute: try value("tolerance_abs"), rootMeanSquare: try value("tolerance_rms"))
    }
}
