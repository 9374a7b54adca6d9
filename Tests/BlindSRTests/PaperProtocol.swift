import BlindSR
import Fixtures
import Foundation
import Imaging
import Pixels
import Testing
import Torch

/// The paper's test protocol on the sets and fixed draws below `KENET_FIXTURES`.
struct PaperProtocol {
    /// One image of a set under one of its draws.
    struct Case {
        let name: String
        let hr: Image
        let lr: Image
        let kernel: BlurKernel
    }

    let set: String
    let scale: Int
    private let draws: [String: [[Double]]]

    /// - Parameter set: "Set5", "Set14" or "BSD100".
    init(_ set: String, scale: Int) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.path("data/test/draws.json")))
        let all = try #require(
            (JSONSerialization.jsonObject(with: data) as? [String: Any])?["x\(scale)"] as? [String: [String: [[Double]]]])
        self.set = set
        self.scale = scale
        draws = try #require(all[set])
    }

    var names: [String] { draws.keys.sorted() }

    /// The first `count` draws of an image.
    func cases(of name: String, draws count: Int = .max) throws -> [Case] {
        let hr = try ImageFile.read(Fixture.path("data/test/\(set)/\(name).png")).image.cropped(toMultipleOf: scale)
        return try #require(draws[name]).prefix(count).map { draw in
            let kernel = GaussianParameters(variance1: draw[0], variance2: draw[1], angle: draw[2] * .pi / 180)
                .kernel(size: BlurKernel.defaultSize(scale: scale))
            let weights = try Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width])
            let blur = try CircularBlur(kernel: weights, height: hr.height, width: hr.width, scale: scale)
            let lr = try Image(blur.degraded(hr.rgbTensor()).roundedTo8Bit(), grey: hr.channels == 1)
            return Case(name: name, hr: hr, lr: lr, kernel: kernel)
        }
    }
}

/// Mean, median and mean of the lowest tenth.
struct Summary: CustomStringConvertible {
    let mean: Double
    let median: Double
    let worstTenth: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        let tenth = sorted.prefix(max(1, sorted.count / 10))
        mean = sorted.reduce(0, +) / Double(sorted.count)
        median = sorted[sorted.count / 2]
        worstTenth = tenth.reduce(0, +) / Double(tenth.count)
    }

    var description: String { String(format: "mean %.2f, median %.2f, worst tenth %.2f", mean, median, worstTenth) }
}
