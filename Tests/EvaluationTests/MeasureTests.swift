import Foundation
import Testing

@testable import Evaluation

/// Every measure against values computed by hand.
@Suite struct MeasureTests {
    @Test func distribution() {
        let values = (1...20).map(Double.init).shuffled()
        #expect(Distribution(values) == Distribution(mean: 10.5, median: 10.5, worstTenth: 1.5))
        #expect(Distribution(values, worst: .highest) == Distribution(mean: 10.5, median: 10.5, worstTenth: 19.5))
        #expect(Distribution([3]) == Distribution(mean: 3, median: 3, worstTenth: 3))
        #expect(Distribution([5, 1, 3]).median == 3 && Distribution([5, 1, 3]).worstTenth == 1)
    }

    /// Against the tables of the t distribution.
    @Test(arguments: [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (13, 2.160), (99, 1.984)])
    func studentT(freedom: Int, quantile: Double) {
        #expect(abs(StudentT.quantile975(freedom: freedom) - quantile) < 0.04)
    }

    private func item(_ method: String, _ image: String, _ draw: Int, _ psnr: Double?, kernel: Double? = nil) -> EvaluationItem {
        EvaluationItem(
            dataset: "Set", scale: 2, method: method, image: image, draw: draw, width: 1000, height: 500, psnrY: psnr,
            ssimY: psnr.map { $0 / 100 }, psnrRGB: psnr.map { $0 - 1 }, kernelPSNR: kernel, eigenvalueError: kernel.map { $0 / 1000 },
            seconds: Double(draw + 1), peakMemory: UInt64(draw + 7))
    }

    @Test func rankCorrelation() throws {
        #expect(ConfidenceQuality.rankCorrelation([1, 2, 3, 10], [0, 5, 6, 7]) == 1)
        #expect(ConfidenceQuality.rankCorrelation([1, 2, 3], [3, 2, 1]) == -1)
        // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5/√(4.5 · 5).
        #expect(abs(try #require(ConfidenceQuality.rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])) - 0.9.squareRoot()) < 1e-12)
        #expect(ConfidenceQuality.rankCorrelation([1, 1], [1, 2]) == nil)
    }

    @Test func confidenceCountsWhatItsIntervalsHold() throws {
        let items = [(50.0, 48.0), (60, 75), (55, 58), (40, 41)].enumerated().map { index, value in
            var item = item("spectrum", "a", index, nil, kernel: value.1)
            (item.confidence, item.confidenceLow, item.confidenceHigh) = (value.0, value.0 - 5, value.0 + 5)
            return item
        }
        #expect(ConfidenceQuality(items) == ConfidenceQuality(rankCorrelation: 1, coverage: 0.75))
        #expect(ConfidenceQuality(pair) == nil)
    }

    private var pair: [EvaluationItem] {
        [
            item("kenet+usrnet-tiny", "a", 0, 30, kernel: 50), item("kenet+usrnet-tiny", "a", 1, 32, kernel: 60),
            item("kenet+usrnet-tiny", "b", 0, 28, kernel: 40), item("kenet+usrnet-tiny", "b", 1, 26, kernel: 45),
        ]
    }
    private var truth: [EvaluationItem] {
        [
            item("gt+usrnet-tiny", "a", 0, 31), item("gt+usrnet-tiny", "a", 1, 32.5), item("gt+usrnet-tiny", "b", 0, 30.5),
            item("gt+usrnet-tiny", "b", 1, 30),
        ]
    }

    @Test func row() {
        let row = EvaluationRow(pair, truth: truth)
        #expect(row.images == 2 && row.draws == 2 && row.count == 4)
        #expect(row.psnrY == 29 && abs(row.ssimY! - 0.29) < 1e-12 && row.psnrRGB == 28)
        #expect(row.gapToGT == -2 && row.peakMemory == 8)
        #expect(row.kernelPSNR == Distribution(mean: 48.75, median: 47.5, worstTenth: 40))
        #expect(row.eigenvalueError!.worstTenth == 0.06)
        // 1, 2, 1 and 2 seconds for half a megapixel each.
        #expect(row.secondsPerMegapixel == 3)
        // The data set's means are 29 and 29.
        #expect(row.spreadOverDraws == 0)
    }

    /// Image a loses 1 and 0.5, image b 2.5 and 4: means 0.75 and 3.25, deviation 2.5/√2.
    @Test func comparisonIsOverImages() throws {
        let comparison = try #require(PairedComparison(pair, with: truth))
        #expect(comparison.images == 2 && comparison.difference == -2)
        #expect(abs(comparison.halfWidth! - 12.706 * 1.25) < 0.01)
        #expect(PairedComparison(pair, with: []) == nil)
        #expect(PairedComparison([pair[0]], with: [truth[0]])?.halfWidth == nil)
    }

    /// Items of two scales and of a third method; the order in which they came is of no account.
    @Test func summaryIsTheSameInAnyOrder() throws {
        let bicubic = pair.map { pair in
            var item = pair
            (item.method, item.kernelPSNR, item.eigenvalueError) = ("bicubic", nil, nil)
            item.psnrY! -= 3.3
            return item
        }
        let all = pair + truth + bicubic
        let methods = ["bicubic", "kenet+usrnet-tiny", "gt+usrnet-tiny"].map { MethodRecord(name: $0, weights: [], missing: nil) }
        let settings = EvaluationSettings(
            title: "", command: "", datasets: ["Set"], protocolName: .paper, seed: 0, draws: "", threads: 1)
        let machine = Machine(processor: "", cores: 1, memory: 1, system: "", engine: "", device: "cpu", program: "")
        func report(_ items: [EvaluationItem]) -> EvaluationReport {
            EvaluationReport(settings: settings, machine: machine, methods: methods, items: items, skipped: [], planned: items.count)
        }
        let first = report(all)
        for _ in 0..<5 { #expect(report(all.shuffled()) == first) }
        #expect(first.rows.map(\.method) == methods.map(\.name))
        #expect(first.rows[0].gapToGT == first.rows[0].psnrY! - first.rows[2].psnrY!)
        #expect(first.rows[2].gapToGT == nil)
        #expect(first.comparisons.count == 3)
    }

    @Test func blurError() {
        let truth = BlurMeasure(variance1: 4, variance2: 1, angle: 0)
        #expect(BlurMeasure(variance1: 3, variance2: 1.5, angle: 90).error(from: truth) == 0.375)
    }

    @Test func csvQuotesWhatMustBe() throws {
        let report = EvaluationReport(
            settings: EvaluationSettings(title: "", command: "", datasets: ["Set"], protocolName: .paper, seed: 0, draws: "", threads: 1),
            machine: Machine(processor: "", cores: 1, memory: 1, system: "", engine: "", device: "cpu", program: ""),
            methods: [MethodRecord(name: "bicubic", weights: [], missing: nil)], items: [item("bicubic", "a,\"b\"", 0, .infinity)],
            skipped: [],
            planned: 1)
        let lines = report.csv.components(separatedBy: "\r\n")
        #expect(lines.count == 3 && lines[2].isEmpty)
        #expect(lines[1].hasPrefix("Set,2,bicubic,\"a,\"\"b\"\"\",0,1000,500,inf,"))
        // JSON has no infinity, and must bring it back nevertheless.
        let back = try ReportCoding.decode(EvaluationReport.self, from: report.json)
        #expect(back == report)
    }
}
