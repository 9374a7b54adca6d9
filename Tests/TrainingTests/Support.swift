import BlindSR
import Foundation
import NeuralNetworks

@testable import Training

/// A folder that goes away with its test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "kenet-training-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A pack of small pictures of soft random shapes; some photos fall into the validation set.
    func pack(photos: Int = 40, width: Int = 220, height: Int = 208) throws -> TrainingPack {
        let file = path + "/train.pack"
        let pictures = (0..<photos).map { (name: String(format: "set/photo%03d_f1_0.png", $0), width: width, height: height) }
        try TrainingPack.write(pictures, to: file) { index in
            var random = CounterRandom(seed: 9, index: UInt64(index))
            let waves = (0..<6).map { _ in (random.uniform() * 0.8, random.uniform() * 0.8, random.uniform() * 6) }
            var bytes = [UInt8](repeating: 0, count: 3 * width * height)
            for i in bytes.indices {
                let (x, y, c) = (Double(i % width), Double(i / width % height), Double(i / (width * height)))
                let sum = waves.reduce(0) { $0 + sin($1.0 * x + $1.1 * y + $1.2 + c) }
                bytes[i] = UInt8(min(max(128 + 30 * sum + 10 * random.uniform(), 0), 255))
            }
            return bytes
        }
        return try TrainingPack(path: file)
    }
}

extension KENetTask.Recipe {
    /// Small enough for a test, with everything switched on.
    static func miniature(loss: KernelLoss = .attention, steps: Int = 6) -> KENetTask.Recipe {
        var recipe = KENetTask.Recipe.improved(scale: 2)
        recipe.width = 2
        recipe.side = 16
        recipe.loss = loss
        recipe.reducedPrecision = false
        recipe.schedule = Schedule(steps: steps, batch: 4, learningRate: .cosine(peak: 1e-3, warmUp: 2, floor: 0.1), seed: 11)
        return recipe
    }
}

func bits(_ parameters: Parameters) throws -> [UInt32] { try parameters.tensors.flatMap { try $0.floats().map(\.bitPattern) } }
