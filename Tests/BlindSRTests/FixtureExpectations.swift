import Fixtures
import NeuralNetworks
import Testing

extension Fixture {
    /// Records an issue where numbers lie further from a fixture's tensor than its header allows.
    static func expectTolerance(_ actual: [Float], _ file: SafetensorsFile, _ name: String) throws {
        let deviation = try compare(actual, to: file, name)
        let tolerance = try tolerance(of: name, in: file)
        #expect(deviation.maximum <= (try #require(tolerance.absolute)), "\(name)")
        #expect(deviation.rootMeanSquare <= (try #require(tolerance.rootMeanSquare)), "\(name)")
    }
}
