import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

@testable import BlindSR

/// Kernel maps on photos whose blur is known, with the shipped weights: what stands in Documentation/experiments.md.
@Suite(.serialized, .enabled(if: Fixture.isAvailable && Fixture.runsSlowTests, "slow, and needs KENET_FIXTURES"))
struct KernelMapStudy {
    private static func system(_ name: SystemName.Estimator) throws -> BlindSystem {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let store = ModelStore(folders: [package.appendingPathComponent("Weights").path])
        return try BlindSystem(.pair(name, .usrnetTiny), scale: 2, store: store)
    }

    /// Root mean square over all cells of the error of log-covariances (m, p, q; the eigenvalues' relative error, about).
    private func error(_ map: KernelMap, _ truth: (Double) -> GaussianParameters) -> Double {
        let squares = map.cells.indices.map { index in
            let place = map.middle(of: index)
            let difference = LogCovariance(map.cells[index].blur).numbers - LogCovariance(truth(place.x / Double(map.width))).numbers
            return (difference * difference).sum() / 3
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    /// A uniform blur: how often the map is flat, and its error beside the single estimate's.
    @Test(arguments: ["Set5", "Set14", "BSD100"]) func uniformBlur(set: String) throws {
        let system = try Self.system(.spectrum)
        let data = try PaperProtocol(set, scale: 2)
        var (flat, mapErrors, singleErrors) = (0, [Double](), [Double]())
        let names = set == "BSD100" ? data.names.enumerated().filter { $0.offset % 3 == 0 }.map(\.element) : data.names
        for name in names {
            for item in try data.cases(of: name, draws: 2) {
                let truth = GaussianParameters.fit(to: item.kernel)
                let whole = try system.estimateKernel(item.lr)
                let map = try system.estimateMap(item.lr, whole: whole)
                let single = KernelMap(
                    width: 1, height: 1, columns: 1, rows: 1, cells: [.init(blur: .fit(to: whole.kernel), error: 0)], kernelSize: 11)
                flat += map.isUniform ? 1 : 0
                mapErrors.append(error(map) { _ in truth })
                singleErrors.append(error(single) { _ in truth })
            }
        }
        print("\(set): \(flat) of \(mapErrors.count) flat; error of the map", Summary(mapErrors), "of one kernel", Summary(singleErrors))
        fflush(nil)
    }

    private static let blurs = [
        VaryingBlur(left: .init(variance1: 0.5, variance2: 0.4, angle: 0.3), right: .init(variance1: 3.5, variance2: 2.5, angle: 0.3)),
        VaryingBlur(left: .init(variance1: 3, variance2: 1, angle: 0.2), right: .init(variance1: 2, variance2: 0.6, angle: 1.4)),
        VaryingBlur(left: .init(variance1: 2, variance2: 1, angle: 0), right: .init(variance1: 1, variance2: 0.6, angle: 0)),
    ]

    /// The single estimate and the middle blur as one kernel, the estimated map, and the truth as a map; `nil` is the tool's own tile.
    @Test(arguments: ["BSD100", "Set14"], [0, 1, 2]) func varyingBlur(set: String, number: Int) throws {
        let system = try Self.system(.spectrum)
        let blur = Self.blurs[number]
        var scores: [String: [Double]] = [:]
        let (step, all) = (set == "BSD100" ? 16 : 4, try PaperProtocol(set, scale: 2).names)
        for (index, name) in all.enumerated() where index % (step / 4) == 0 {
            let hr = try ImageFile.read(Fixture.path("data/test/\(set)/\(name).png")).image.cropped(toMultipleOf: 2)
            let lr = blur.degraded(hr, scale: 2)
            let whole = try system.estimateKernel(lr)
            let map = try system.estimateMap(lr, whole: whole)
            func across(_ blur: (Double) -> GaussianParameters) -> KernelMap {
                KernelMap(
                    width: lr.width, height: lr.height, columns: 32, rows: 1,
                    cells: (0..<32).map { .init(blur: blur((Double($0) + 0.5) / 32), error: 0) }, kernelSize: 11)
            }
            let (single, truth) = (GaussianParameters.fit(to: whole.kernel), across(blur.callAsFunction))
            scores["error of one", default: []].append(error(across { _ in single }, blur.callAsFunction))
            scores["error of the map", default: []].append(error(map, blur.callAsFunction))
            scores["flat", default: []].append(map.isUniform ? 1 : 0)
            guard index % step == 0 else { continue }
            func restore(_ method: String, _ map: KernelMap, tile: Int?) throws {
                let clock = ContinuousClock()
                let start = clock.now
                let restored = try system.restore(lr, map: map, options: .init(tile: tile))
                scores["\(method) seconds", default: []].append((clock.now - start) / .seconds(1))
                scores[method, default: []].append(ImageQuality.psnrY(restored.rounded8Bit(), hr))
            }
            try restore("one", across { _ in single }, tile: nil)
            try restore("middle", across { _ in blur(0.5) }, tile: nil)
            for tile in number == 0 ? [nil, 48, 64, 128] : [nil] {
                let name = tile.map { " \($0)" } ?? ""
                try restore("map" + name, map, tile: tile)
                try restore("truth" + name, truth, tile: tile)
            }
        }
        let figures = scores.sorted { $0.key < $1.key }
            .map { "\($0.key) \(String(format: "%.3f", $0.value.reduce(0, +) / Double($0.value.count)))" }
        print("\(set), blur \(number), \(scores["one"]!.count) of \(scores["flat"]!.count) photos:", figures.joined(separator: ", "))
        fflush(nil)
    }
}
