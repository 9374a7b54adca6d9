import Foundation
import Testing

@testable import Evaluation

@Suite struct HTMLReportTests {
    private let hostile = "<script>alert('x')</script>\"&"

    private func report(items: [EvaluationItem], planned: Int, skipped: [SkippedImage] = []) -> EvaluationReport {
        let weight = WeightRecord(scale: 2, name: "kenet-x2", sha256: "abc", summary: hostile, curve: "<svg onload=\"alert(1)\"/>")
        return EvaluationReport(
            settings: EvaluationSettings(
                title: hostile, command: "kenet \(hostile)", datasets: ["Set5"], protocolName: .paper, seed: 0, draws: hostile, threads: 1),
            machine: Machine(processor: hostile, cores: 1, memory: 1, system: "", engine: "", device: "cpu", program: ""),
            methods: [
                MethodRecord(name: "bicubic", weights: [], missing: nil),
                MethodRecord(name: "kenet+usrnet-tiny", weights: [weight], missing: nil),
                MethodRecord(name: "dan", weights: [], missing: "This version has no such system."),
            ], items: items, skipped: skipped, planned: planned)
    }

    private func item(_ method: String, psnr: Double?, image: String = "baby") -> EvaluationItem {
        EvaluationItem(
            dataset: "Set5", scale: 2, method: method, image: image, draw: 0, width: 8, height: 8,
            trueBlur: BlurMeasure(variance1: 4, variance2: 1, angle: 30), psnrY: psnr, ssimY: psnr.map { _ in 0.5 }, seconds: 1)
    }

    @Test func whatComesFromFilesIsEscaped() {
        let skipped = [SkippedImage(dataset: hostile, image: hostile, reason: hostile)]
        let text = HTMLReport(report(items: [item("bicubic", psnr: 28, image: hostile)], planned: 1, skipped: skipped), pictures: []).text
        #expect(!text.contains("<script>alert") && !text.contains("onload"))
        #expect(text.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"))
        // One script, which is ours, and nothing from elsewhere.
        #expect(text.components(separatedBy: "<script").count == 2 && !text.contains("src=\"http") && !text.contains("@import"))
    }

    @Test func theTablesHoldOursAndThePapers() {
        let items = [item("bicubic", psnr: 28.123), item("kenet+usrnet-tiny", psnr: .infinity)]
        let text = HTMLReport(report(items: items, planned: 5), pictures: []).text
        #expect(text.contains("28.12 / 0.5000<small>paper 28.54/.8571</small>") && text.contains("∞ / 0.5000"))
        #expect(text.contains("missing<small>paper 29.39/.8880</small>") && text.contains("This version has no such system."))
        #expect(text.contains("2 of 5 results") && text.contains(HTML.escaped(PaperFigures.note)))
        #expect(text.contains("aria-sort=\"none\"") && text.contains("data-key=\"28.123\"") && text.contains("2.00 × 1.00 at 30°"))
        #expect(text.contains("data:image/svg+xml;base64,"))
    }

    @Test func picturesStandWorstFirst() throws {
        let items = [item("bicubic", psnr: 30, image: "good"), item("bicubic", psnr: 20, image: "bad")]
        let pictures = items.map { item in
            ItemPictures(
                key: item.key, x: 0, y: 0,
                files: ["lr", "result", "hr", "true"].map {
                    .init(name: $0, mimeType: "image/jpeg", bytes: Data("\($0) of \(item.image)".utf8))
                })
        }
        let text = HTMLReport(report(items: items, planned: 2), pictures: pictures).text
        let bad = try #require(text.range(of: Data("result of bad".utf8).base64EncodedString()))
        let good = try #require(text.range(of: Data("result of good".utf8).base64EncodedString()))
        #expect(bad.lowerBound < good.lowerBound && text.contains("<dialog"))
    }

    @Test func thePapersFigures() {
        #expect(PaperFigures.figure(dataset: "Urban100", scale: 4, method: "gt+usrnet-tiny")?.text == "25.32/.7682")
        #expect(PaperFigures.figure(dataset: "BSD100", scale: 4, method: "kenet:l1+usrnet-tiny")?.text == "26.95/.7265, kernel 46.11")
        #expect(PaperFigures.figure(dataset: "Set14", scale: 2, method: "kenet+usrnet-tiny")?.psnr == 32.11)
        #expect(PaperFigures.figure(dataset: "Set5", scale: 3, method: "bicubic") == nil)
    }
}
