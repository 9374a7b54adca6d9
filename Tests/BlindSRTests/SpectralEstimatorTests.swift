import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct SpectralEstimatorTests {
    private func narrow(noise: Bool = false) throws -> SpectralEstimator {
        var configuration = SpectralEstimator.Configuration(tiles: [16, 8], kernelSize: 11)
        (configuration.width, configuration.features, configuration.heads, configuration.hidden) = (24, 16, 3, 20)
        configuration.noise = noise
        return try SpectralEstimator(configuration, scale: 2, seed: 3)
    }

    /// Each feature against the sums of its definition.
    @Test(arguments: [8, 12]) func theSpectrumEqualsItsDefinition(side: Int) throws {
        let tile = Seeded.numbers(side * side, seed: 5)
        let features = try TileSpectrum(side: side, device: .cpu)(Tensor(tile.map { Float($0) }, shape: [1, 1, side, side])).floats()
        let mean = tile.reduce(0, +) / Double(tile.count)
        let window = (0..<side).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(side)) }
        var levels: [Double] = []
        for v in 0..<side {
            for u in 0...side / 2 {
                var (real, imaginary) = (0.0, 0.0)
                for (i, value) in tile.enumerated() {
                    let (y, x) = (i / side, i % side)
                    let phase = -2 * Double.pi * Double(u * x + v * y) / Double(side)
                    let windowed = (value - mean) * window[y] * window[x]
                    (real, imaginary) = (real + windowed * cos(phase), imaginary + windowed * sin(phase))
                }
                levels.append(log(real * real + imaginary * imaginary + 1e-5))
            }
        }
        let level = levels.reduce(0, +) / Double(levels.count)
        let variance = tile.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(tile.count)
        let expected = levels.map { $0 - level } + [level, log(variance + 1e-6)]
        #expect(features.count == TileSpectrum.count(side: side) && features.count == expected.count)
        #expect(zip(features, expected).allSatisfy { abs(Double($0) - $1) < 2e-3 })
    }

    /// The analytic head reaches the whole family: the matrix logarithm of a Gaussian's precision gives its kernel.
    @Test(arguments: [(4.0, 0.2, 0.4), (1.3, 2.9, 2.5), (0.7, 0.7, 0)])
    func gaussianLogitsGiveTheGaussian(variance1: Double, variance2: Double, angle: Double) throws {
        let (level, r) = (-0.5 * log(variance1 * variance2), -0.5 * log(variance1 / variance2))
        let numbers = [level, r * cos(2 * angle), r * sin(2 * angle)].map { Float($0) }
        let kernel = try GaussianLogits(size: 11, device: .cpu)(Tensor(numbers, shape: [1, 3])).softmax(1).floats()
        let expected = GaussianParameters(variance1: variance1, variance2: variance2, angle: angle).kernel(size: 11).values
        #expect(zip(kernel, expected).allSatisfy { abs($0 - $1) < 2e-5 })
    }

    /// From 48×48 on, any shape, grey and in colour.
    @Test(arguments: [(48, 48, 1), (48, 48, 3), (49, 333, 3), (700, 48, 1)])
    func kernelsAreNonNegativeSymmetricWithSumOne(width: Int, height: Int, channels: Int) throws {
        let network = try SpectralEstimator(.standard(scale: 2), scale: 2, seed: 3)
        let estimate = try network.estimate(Seeded.picture(width: width, height: height, channels: channels), scale: 2)
        let kernel = estimate.kernel
        #expect(kernel.width == 11 && kernel.height == 11)
        #expect(kernel.values.allSatisfy { $0 >= 0 } && abs(kernel.sum - 1) < 1e-5)
        #expect(zip(kernel.values, kernel.values.reversed()).allSatisfy { abs($0 - $1) < 1e-6 })
        let confidence = try #require(estimate.confidence)
        #expect(confidence.interval.contains(confidence.expected) && confidence.interval.upperBound.isFinite)
        #expect(try network.estimate(Seeded.picture(width: width, height: height, channels: channels), scale: 2).kernel == kernel)
    }

    /// Noise is 0 or more, and nil where nothing was trained for it.
    @Test func theNoiseIsEstimatedOnRequest() throws {
        let photo = Seeded.picture(width: 64, height: 48)
        #expect(try narrow().estimate(photo, scale: 2).noise == nil)
        #expect(try #require(narrow(noise: true).estimate(photo, scale: 2).noise) >= 0)
    }

    @Test func confidenceIsShifted() throws {
        let (photo, network) = (Seeded.picture(width: 64, height: 48), try narrow())
        let before = try #require(network.estimate(photo, scale: 2).confidence)
        try network.shiftConfidence(by: [-40, 2, 50])
        let after = try #require(network.estimate(photo, scale: 2).confidence)
        #expect(after.interval.lowerBound < before.interval.lowerBound - 20 && after.interval.upperBound > before.interval.upperBound + 20)
        #expect(after.interval.contains(after.expected))
    }

    @Test func greyIsColourWithEqualChannels() throws {
        let network = try narrow()
        let grey = Seeded.picture(width: 60, height: 50, channels: 1)
        let colour = Image(width: 60, height: 50, channels: 3, samples: grey.samples + grey.samples + grey.samples)
        let kernels = try [grey, colour].map { try network.estimate($0, scale: 2).kernel.values }
        #expect(zip(kernels[0], kernels[1]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// What a photo's tiles give is what training sees of the same pixels.
    @Test func aPhotosTilesAreThoseOfItsTensor() throws {
        let photo = Seeded.picture(width: 75, height: 49)
        let tiles = try TileSpectrum(side: 16, device: .cpu).tiles(of: photo.rgbTensor(), stride: 8).floats()
        let chosen = TileChoice(side: 16)(photo)
        #expect(tiles.count == chosen.count && zip(tiles, chosen).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// A transposed photo has the transposed kernel.
    @Test func theKernelTurnsWithThePhoto() throws {
        let network = try narrow()
        let photo = Seeded.picture(width: 64, height: 48, channels: 1)
        let turned = try network.estimate(DihedralElement.transposed.apply(to: photo), scale: 2).kernel
        let expected = DihedralElement.transposed.apply(to: try network.estimate(photo, scale: 2).kernel)
        #expect(zip(turned.values, expected.values).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func theCostOfALargePhotoIsBounded() throws {
        var photo = Image(width: 900, height: 700, channels: 1, repeating: 0.5)
        for y in 300..<400 { for x in 500..<640 { photo[x, y, 0] = Float((x * 7 + y * 3) % 11) / 11 } }
        let choice = TileChoice(side: 16, limit: 40, candidates: 2000)
        let places = choice.positions(in: photo)
        #expect(places.count == 40 && Set(places.map { $0.row * 900 + $0.column }).count == 40)
        #expect(places.allSatisfy { (284..<400).contains($0.row) && (484..<640).contains($0.column) })
        #expect(choice(photo).count == 40 * 256 && choice(photo) == choice(photo))
        let narrow = TileChoice(side: 16, limit: 40, candidates: 60).positions(in: Image(width: 40_000, height: 17, channels: 1))
        #expect(narrow.count == 40 && narrow.allSatisfy { $0.row == 0 && $0.column <= 40_000 - 16 })
        #expect(TileChoice(side: 16).positions(in: Image(width: 48, height: 48, channels: 3)).count == 25)
    }

    /// A photo of 100 megapixels costs hardly more than one of a single.
    @Test(.enabled(if: Fixture.runsSlowTests, "slow")) func aHundredMegapixelsAreNoMatter() throws {
        let network = try SpectralEstimator(.standard(scale: 2), scale: 2, seed: 3)
        for (width, height) in [(10_000, 10_000), (2_000_000, 50)] {
            var photo = Image(width: width, height: height, channels: 1, repeating: 0.5)
            for i in stride(from: 0, to: photo.samples.count, by: 7) { photo.samples[i] = Float(i % 11) / 11 }
            let start = ContinuousClock.now
            #expect(try abs(network.estimate(photo, scale: 2).kernel.sum - 1) < 1e-5)
            #expect(start.duration(to: .now) < .seconds(3))
        }
    }

    @Test func aKernelIsTrustedUnlessTheMildOneIsNearlySurelyBetter() throws {
        let kernel = GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 11)
        for scale in 1...4 {
            for size in [BlurKernel.defaultSize(scale: scale), 23] {
                func estimate(_ decibels: Double) -> KernelEstimate {
                    KernelEstimate(
                        kernel: kernel.resizedCanvas(to: size),
                        confidence: KernelConfidence(expected: decibels, interval: decibels - 5...decibels + 5))
                }
                let mild = KernelEstimate.mild(scale: scale, size: size)
                let least = try #require(mild.confidence).interval.lowerBound
                #expect(mild.isTrusted(scale: scale) && mild.kernel.width == size)
                #expect(!estimate(least - 0.1).isTrusted(scale: scale) && estimate(least + 0.1).isTrusted(scale: scale))
            }
        }
        #expect(KernelEstimate(kernel: kernel).isTrusted(scale: 2))
    }

    /// An estimated kernel restores a little narrower than it is; a known one, and at ×2 one for photos without noise, as it is.
    @Test func estimatesAreNarrowedBeforeTheyRestore() {
        let blur = GaussianParameters(variance1: 2, variance2: 0.3, angle: 0.7)
        let confidence = KernelConfidence(expected: 55, interval: 50...60)
        func variances(_ scale: Int, noise: Double?, known: Bool = false) -> [Double] {
            let estimate = KernelEstimate(kernel: blur.kernel(size: 21), confidence: known ? nil : confidence, noise: noise)
            let narrowed = GaussianParameters.fit(to: estimate.restoringKernel(scale: scale))
            return [narrowed.variance1, narrowed.variance2]
        }
        func isNear(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 0.01 } }
        #expect(isNear(variances(4, noise: nil), [1.8, 0.15]) && isNear(variances(2, noise: 0.01), [1.95, 0.25]))
        #expect(isNear(variances(2, noise: nil), [2, 0.3]) && isNear(variances(4, noise: nil, known: true), [2, 0.3]))
        let map = KernelMap(
            width: 9, height: 9, columns: 2, rows: 1, cells: [.init(blur: blur, error: 0.1), .init(blur: blur, error: 0.2)], kernelSize: 21)
        let estimate = KernelEstimate(kernel: blur.kernel(size: 21), confidence: confidence, noise: 0)
        let narrowed = estimate.restoringMap(map, scale: 4).cells
        #expect(
            narrowed.allSatisfy { isNear([$0.blur.variance1, $0.blur.variance2], [1.8, 0.15]) } && narrowed.map(\.error) == [0.1, 0.2])
    }

    /// What the mild kernel says of itself is what the paper's Gaussians make of it.
    @Test(arguments: 1...4, [0, 4]) func theMildKernelKnowsItself(scale: Int, more: Int) throws {
        let size = BlurKernel.defaultSize(scale: scale) + more
        let mild = KernelEstimate.mild(scale: scale, size: size)
        var random = CounterRandom(seed: 1, index: 0)
        let scores = (0..<2000).map { _ in mild.kernel.kernelPSNR(to: KernelDistribution().sample(using: &random).kernel(size: size)) }
            .sorted()
        let confidence = try #require(mild.confidence)
        #expect(abs(scores[1000] - confidence.expected) < 0.5)
        #expect(abs(scores[200] - confidence.interval.lowerBound) < 1 && abs(scores[1800] - confidence.interval.upperBound) < 1)
    }

    @Test(arguments: [false, true]) func gradientsReachEveryParameter(isThrifty: Bool) throws {
        let network = try narrow(noise: true)
        network.isThrifty = isThrifty
        try network.parameters.requireGradients()
        let lr = try Tensor.concatenate(
            (0..<2).map { seed throws(TorchError) in try Seeded.picture(width: 48, height: 48, seed: seed).rgbTensor() }, dim: 0)
        try withoutGradients { try network.standardize(over: lr) }
        let prediction = try network(lr)
        let loss = try prediction.kernels.squared().sum() + (prediction.confidence.sum() + #require(prediction.noiseLevel).sum()) * 1e-3
        for (name, gradient) in zip(network.parameters.names, try loss.gradients(of: network.parameters.tensors)) {
            let largest = try gradient.abs().maximum().item()
            #expect(largest > 0 && largest.isFinite, "\(name)")
        }
    }

    /// The confidence learns without a say in the kernels.
    @Test func theConfidenceLeavesTheKernelsAlone() throws {
        let network = try narrow()
        try network.parameters.requireGradients()
        let confidence = try network(Seeded.picture(width: 48, height: 48).rgbTensor()).confidence.sum()
        #expect(throws: TorchError.self) { try confidence.gradients(of: [network.parameters.tensors[0]]) }
    }

    @Test func otherScalesAndTinyPhotosAreRefused() throws {
        let network = try narrow()
        #expect(throws: EstimationError.scale(4, trained: [2])) {
            try network.estimate(Image(width: 48, height: 48, channels: 3), scale: 4)
        }
        #expect(throws: EstimationError.tooSmall(width: 15, height: 40, smallest: 16)) {
            try network.estimate(Image(width: 15, height: 40, channels: 3), scale: 2)
        }
    }

    @Test func weightsAreFoundAndLoadedStrictly() throws {
        let folder = NSTemporaryDirectory() + "kenet-spectrum-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try narrow()
        func write(_ name: String, _ configuration: SpectralEstimator.Configuration) throws {
            let metadata = [
                "system": "spectrum", "name": name, "scales": "[2]",
                "configuration": String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
            ]
            try SafetensorsFile.write(network.parameters.named, metadata: metadata, to: "\(folder)/\(name).safetensors")
        }
        try write("spectrum-x2", network.configuration)
        let store = ModelStore(folders: [folder])
        let card = try store.list().find(SystemName.Estimator.spectrum.role(scale: 2)!)
        #expect((card.configuration as? SpectralEstimator.Configuration) == network.configuration && card.title == "spectrum at ×2")
        #expect(throws: ModelError.self) { try store.list().find(SystemName.Estimator.kenet.role(scale: 2)!) }
        let photo = Seeded.picture(width: 64, height: 48)
        let loaded = try #require(card.network(scale: 2, device: .cpu) as? SpectralEstimator)
        #expect(try loaded.estimate(photo, scale: 2).kernel == network.estimate(photo, scale: 2).kernel)

        var other = network.configuration
        other.heads = 2
        try write("heads", other)
        #expect(throws: WeightError.self) { try WeightCard(path: folder + "/heads.safetensors").verify() }
        other.tiles = [15]
        try write("odd", other)
        #expect(throws: ModelError.self) { try WeightCard(path: folder + "/odd.safetensors") }
        let imported = try WeightImport(contentsOf: folder + "/spectrum-x2.safetensors")
        #expect((imported.configuration as? SpectralEstimator.Configuration) == network.configuration)
    }
}
