import BlindSR
import Foundation
import Pixels
import Testing
import Torch

@testable import Training

@Suite(.serialized) struct RestorationTests {
    private func source(_ degradation: PhotoDegradation?) throws -> RestorationSource {
        RestorationSource(
            crops: try CropSource(TemporaryFolder().pack(), \.training, side: 96), kernels: KernelDistribution(), scale: 2, seed: 6,
            device: .cpu, degradation: degradation, side: 48)
    }

    /// An estimator that looks at some samples sees what it would see of them among all.
    @Test(arguments: [nil, PhotoDegradation.photo]) func surroundingsOfSomeAreThoseOfAll(degradation: PhotoDegradation?) throws {
        let source = try source(degradation)
        let (all, some, none) = try (source.batch(3..<8), source.batch(3..<8, estimated: [1, 4]), source.batch(3..<8, estimated: []))
        let (whole, part) = try (all.surroundings!.floats(), some.surroundings!.floats())
        let plane = whole.count / 5
        #expect(Array(whole[plane..<2 * plane]) == Array(part[..<plane]) && Array(whole[4 * plane..<5 * plane]) == Array(part[plane...]))
        #expect(none.surroundings == nil)
        #expect(try all.lr.floats() == some.lr.floats() && all.lr.floats() == none.lr.floats())
    }

    /// Of two results with errors that differ by a factor the loss tells the decibels between them.
    @Test func theLossCountsDecibels() throws {
        var random = CounterRandom(seed: 2, index: 0)
        let hr = Image(width: 24, height: 16, channels: 3, samples: (0..<1152).map { _ in Float(0.3 + 0.4 * random.uniform()) })
        let errors = (0..<1152).map { _ in Float(0.1 * random.normal()) }
        func scores(_ factor: Float) throws -> (loss: Double, psnrY: Double) {
            let restored = Image(width: 24, height: 16, channels: 3, samples: zip(hr.samples, errors).map { $0 + factor * $1 })
            func tensor(_ image: Image) throws -> Tensor { try Tensor(image.samples, shape: [1, 3, 16, 24], device: .cpu) }
            let loss = try restorationLoss(tensor(restored), tensor(hr)).item()
            return (Double(loss), ImageQuality.psnrY(restored, hr))
        }
        let (good, bad) = (try scores(0.5), try scores(1))
        let nepers = (good.psnrY - bad.psnrY) * log(10.0) / 10
        #expect(abs(bad.loss - good.loss - 0.02 * 1.25 * nepers) < 1e-3 && bad.psnrY < good.psnrY - 5)
    }
}
