import Fixtures
import Foundation
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct ZeroShotTests {
    private static let isAvailable = Fixture.isAvailable

    /// Compares at the fixture's tolerances.
    private func expect(_ actual: Tensor, _ name: String, in file: SafetensorsFile) throws {
        let deviation = try Fixture.compare(actual.floats(), to: file, name)
        let tolerance = try Fixture.tolerance(of: name, in: file)
        #expect(deviation.maximum <= tolerance.absolute ?? 0, "\(name): \(deviation)")
        #expect(deviation.rootMeanSquare <= tolerance.rootMeanSquare ?? .infinity, "\(name): \(deviation)")
    }

    private func kernel(_ name: String, in file: SafetensorsFile) throws -> BlurKernel {
        let shape = file.entries[name]!.shape
        return BlurKernel(height: shape[2], width: shape[3], unchecked: try file.floats(name))
    }

    /// A kernel of the authors' belongs to a correlation.
    private func scaling(_ file: SafetensorsFile) throws -> ZeroShotScaling {
        try ZeroShotScaling(kernel: kernel("input.kernel", in: file).rotated180, scale: 2, grid: .resizer)
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func theNetworkIsTheAuthors() throws {
        let file = try Fixture.conformance("zssr")
        let network = ZeroShotNetwork(filters: try (0..<8).map { try file.tensor("weight.filter_\($0)") })
        let input = try file.tensor("input.interpolated")
        let layer = try input.correlated(with: file.tensor("weight.filter_0"), padding: 1).relu()
        try expect(layer.slice(1, 0..<8), "mid.layer_0", in: file)
        let result = try network(input)
        try expect(result - input, "mid.residual", in: file)
        try expect(result, "output.network", in: file)
        try expect(result.clamped(to: 0...1), "output.network_clipped", in: file)
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func scalingIsTheAuthors() throws {
        let file = try Fixture.conformance("zssr")
        let scaling = try scaling(file)
        try expect(
            Tensor(scaling.kernel.values, shape: [1, 1, scaling.kernel.height, scaling.kernel.width]), "mid.kernel_shifted", in: file)
        for name in ["hr_even", "hr_odd"] {
            try expect(scaling.shrunk(file.tensor("input.\(name)")), "output.kernel_downscale.\(name)", in: file)
        }
        let (even, odd) = (try file.tensor("input.lr_even"), try file.tensor("input.lr_odd"))
        try expect(scaling.enlarged(even, height: 36, width: 44), "output.resize.lr_even.up2", in: file)
        try expect(scaling.enlarged(odd, height: 34, width: 26), "output.resize.lr_odd.up2", in: file)
        try expect(scaling.enlarged(odd, height: 33, width: 25), "output.resize.lr_odd.up2_forced_size", in: file)
        for name in ["even", "odd"] {
            let (sr, lr) = (try file.tensor("input.sr_\(name)"), try file.tensor("input.lr_\(name)"))
            try expect(scaling.backProjected(sr, lr), "output.back_projection.\(name).kernel", in: file)
        }
    }

    /// Their bicubic shrinking, and back-projection with it.
    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func bicubicShrinkingIsTheAuthors() throws {
        let file = try Fixture.conformance("zssr")
        func shrunk(_ x: Tensor) throws -> Tensor {
            func axis(_ count: Int) -> ResampledAxis {
                ResampledAxis(from: count, to: (count + 1) / 2, kernelScale: 0.5, mirrorsStart: false) { 2 * Double($0) + 0.5 }
            }
            return try x.resampled(rows: axis(x.shape[2]), columns: axis(x.shape[3]))
        }
        for name in ["even", "odd"] {
            try expect(shrunk(file.tensor("input.hr_\(name)")), "output.resize.hr_\(name).down2", in: file)
            let (sr, lr) = (try file.tensor("input.sr_\(name)"), try file.tensor("input.lr_\(name)"))
            let missing = try scaling(file).enlarged(lr - shrunk(sr), height: sr.shape[2], width: sr.shape[3])
            try expect((sr + missing).clamped(to: 0...1), "output.back_projection.\(name).cubic", in: file)
        }
    }

    @Test(.enabled(if: isAvailable, "\(Fixture.skipMessage)"))
    func theMedianIsTheAuthors() throws {
        let file = try Fixture.conformance("zssr")
        let sr = try file.tensor("input.sr_even")
        let factors: [Double] = [1, 1.02, 0.96, 1.06, 0.92, 1.1, 0.88, 1.14]
        let variants = try factors.map { try sr * $0 }
        try expect(.median(of: variants), "output.median_of_8", in: file)
    }

    /// On the degradation's grid the operator is the degradation, away from the border.
    @Test(arguments: [2, 3, 4], [(48, 40), (47, 41)])
    func sonsAreDegradedAsPhotosAre(scale: Int, size: (width: Int, height: Int)) throws {
        let photo = Seeded.picture(width: size.width, height: size.height)
        let kernel = try BlurKernel(height: 5, width: 5, values: Seeded.numbers(25, seed: 3).map(Float.init), normalize: true)
        let expected = try photo.degraded(by: kernel, scale: scale)
        let son = try Image(ZeroShotScaling(kernel: kernel, scale: scale, grid: .degradation).shrunk(photo.rgbTensor()))
        #expect(son.width == expected.width && son.height == expected.height)
        let (width, height) = (son.width - 2, son.height - 2)
        let deviation = Deviation(
            son.cropped(x: 1, y: 1, width: width - 1, height: height - 1).samples.map(Double.init),
            expected.cropped(x: 1, y: 1, width: width - 1, height: height - 1).samples.map(Double.init))
        #expect(deviation.maximum < 1e-5)
    }

    @Test func symmetriesOfKernels() {
        func count(_ variance1: Double, _ variance2: Double, _ degrees: Double) -> Int {
            DihedralElement.symmetries(
                of: GaussianParameters(variance1: variance1, variance2: variance2, angle: degrees * .pi / 180).kernel(size: 11)
            ).count
        }
        #expect(count(2, 2, 0) == 8)
        #expect(count(3, 1, 0) == 4 && count(3, 1, 45) == 4)
        #expect(count(3, 1, 20) == 2)
    }

    @Test(arguments: DihedralElement.allCases) func tensorsTurnAsImagesDo(element: DihedralElement) throws {
        let photo = Seeded.picture(width: 7, height: 5)
        #expect(try Image(element.apply(to: photo.rgbTensor())) == element.apply(to: photo))
    }

    /// A line through errors that fall steadily keeps the rate; where they wander, it falls to a tenth, at last for good.
    @Test func theRateFallsWhereTheErrorNoLongerDoes() {
        func rates(_ error: (Int) -> Double) -> (last: PlateauSchedule, steps: Int) {
            var schedule = PlateauSchedule()
            for step in 0..<3000 {
                if step % PlateauSchedule.interval == 0 { schedule.record(error(step), step: step) }
                schedule.update(after: step)
                if schedule.isFinished { return (schedule, step + 1) }
            }
            return (schedule, 3000)
        }
        #expect(rates { 1 - Double($0) * 1e-4 }.last.rate == 1e-3)
        let wandering = rates { $0 / 50 % 2 == 0 ? 1.0 : 1.1 }
        #expect(wandering.steps == 900 && wandering.last.reductions == 3)
    }

    /// Parts of the photo, of the asked size, in range, the same for the same seed.
    @Test func fathersComeFromThePhoto() throws {
        let photo = try Seeded.picture(width: 150, height: 90).rgbTensor()
        for symmetries in [[DihedralElement.identity], DihedralElement.allCases] {
            let source = FatherSource(photo, symmetries: symmetries)
            for index: UInt64 in 0..<12 {
                var (random, again) = (CounterRandom(seed: 1, index: index), CounterRandom(seed: 1, index: index))
                let father = try source.father(&random)
                #expect([[1, 3, 90, 128], [1, 3, 128, 90]].contains(father.shape))
                #expect(try father.floats() == source.father(&again).floats())
                #expect(try father.isFinite() && father.maximum().item() <= 1)
            }
        }
    }

    /// A short run on a photo of odd size: grey stays grey, the same seed gives the same image, and stopping it is possible.
    @Test func aShortRun() throws {
        let photo = Seeded.picture(width: 37, height: 29, channels: 1)
        let kernel = GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 11)
        let system = ZSSR(iterations: 3)
        var parts: [Double] = []
        let result = try system.upscale(photo, kernel: kernel, noise: 0.01, confidence: nil, scale: 3) { parts.append($0) }
        #expect(result.width == 111 && result.height == 87 && result.channels == 1 && result.samples.allSatisfy(\.isFinite))
        #expect(parts == parts.sorted() && parts.last == 1)
        #expect(try system.upscale(photo, kernel: kernel, noise: 0.01, confidence: nil, scale: 3) { _ in } == result)
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try ZSSR().upscale(photo, kernel: kernel, noise: 0, confidence: nil, scale: 2) { _ in throw Stop() }
        }
        #expect(throws: UpscalingError.scale(1, supported: [2, 3, 4])) {
            try system.upscale(photo, kernel: kernel, noise: 0, confidence: nil, scale: 1) { _ in }
        }
    }

    /// KernelGAN and ZSSR need no weights; they are stopped through the progress of the whole.
    @Test func namesLeadToTheSystems() throws {
        let store = ModelStore(folders: [NSTemporaryDirectory()])
        for name in ["kernelgan+zssr", "kernelgan+zssr-raw"] {
            let system = try BlindSystem(SystemName(parsing: name), scale: 2, store: store)
            #expect(system.weights.isEmpty)
            struct Stop: Error {}
            var stages: [UpscalingStage] = []
            #expect(throws: Stop.self) {
                try system.upscale(Seeded.picture(width: 70, height: 66)) { stage, part in
                    stages.append(stage)
                    if stages.count == 2 { throw Stop() }
                }
            }
            #expect(stages == [.estimating, .estimating])
        }
    }

    @Test func tilesMakeAWhole() throws {
        let photo = Seeded.picture(width: 700, height: 40)
        var parts: [Double] = []
        let result = try photo.enlargedInTiles(scale: 2, progress: { parts.append($0) }, enlarge: { $0.enlargedOnModelGrid(scale: 2) })
        #expect(parts.count > 1 && parts.last == 1)
        let whole = photo.enlargedOnModelGrid(scale: 2)
        #expect(Deviation(result.samples.map(Double.init), whole.samples.map(Double.init)).maximum < 1e-5)
    }

    /// The photo is enlarged by tiles as it is as a whole.
    @Test func theNetworkReachesEightPixels() throws {
        let network = ZeroShotNetwork(filters: try ZSSR.newParameters(seed: 1, device: .cpu).tensors)
        let photo = try Seeded.picture(width: 60, height: 40).rgbTensor()
        let whole = try network(photo).slice(3, 20..<30)
        let part = try network(photo.slice(3, 12..<38)).slice(3, 8..<18)
        #expect(try (whole - part).abs().maximum().item() < 1e-5)
    }

    @Test(.enabled(if: isAvailable && Fixture.runsSlowTests, "slow, and needs KENET_FIXTURES"))
    func zssrBeatsBicubic() throws {
        let item = try PaperProtocol("Set5", scale: 2).cases(of: "butterfly", draws: 1)[0]
        let start = ContinuousClock.now
        let result = try ZSSR().upscale(item.lr, kernel: item.kernel, noise: 0, confidence: nil, scale: 2) { _ in }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let psnr = ImageQuality.psnrY(result.rounded8Bit(), item.hr)
        let bicubic = ImageQuality.psnrY(item.lr.enlargedOnModelGrid(scale: 2).rounded8Bit(), item.hr)
        print("ZSSR, butterfly ×2, true kernel: \(psnr) dB in \(seconds) s; aligned bicubic \(bicubic) dB")
        #expect(psnr > bicubic)
    }
}
