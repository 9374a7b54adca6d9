import Fixtures
import NeuralNetworks
import Pixels
import Testing
import Torch

@testable import BlindSR

/// One Fourier data step: the global part of every model that is restored in tiles, without the cost of a network.
private struct Deconvolution: NonBlindUpscaler {
    let scales = [1, 2, 3, 4]
    var alpha = 1e-4

    func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        let kernel = try Tensor(kernel.values, shape: [1, 1, kernel.height, kernel.width])
        let y = try Tensor(lr.samples, shape: [1, lr.channels, lr.height, lr.width])
        let step = try DataStep(CircularBlur(kernel: kernel, height: lr.height * scale, width: lr.width * scale, scale: scale))
        return try Image(step(y, near: y.enlargedNearest(scale: scale), alpha: .full(alpha, shape: [1, 1, 1, 1])))
    }
}

private struct Broken: NonBlindUpscaler {
    let scales = [2]

    func upscale(
        _ lr: Image, kernel: BlurKernel, noise: Double, confidence: Double?, scale: Int, progress: ProgressHandler
    ) throws -> Image {
        Image(width: lr.width * scale, height: lr.height * scale, channels: lr.channels, repeating: .nan)
    }
}

@Suite(.serialized) struct RestorationTests {
    private let kernel = GaussianParameters(variance1: 3, variance2: 1.5, angle: 0.5).kernel(size: 11)

    @Test(arguments: [(Restoration.Border.extend, 1), (.extend, 2), (.extend, 3), (.extend, 4), (.circular, 2)])
    func tiledEqualsWhole(border: Restoration.Border, scale: Int) throws {
        try expectTiledEqualsWhole(
            Seeded.picture(width: 131, height: 127), Deconvolution(), kernel: kernel, scale: scale, border: border, tile: 40)
    }

    /// Opposite sides of this photo meet with more contrast than most.
    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"), arguments: [2, 4])
    func tiledEqualsWholeOnAPhotoWithPublishedWeights(scale: Int) throws {
        let network = try USRNet(.tiny)
        try network.parameters.load(Fixture.referenceWeights("usrnet_tiny"), fileName: "usrnet_tiny")
        let file = try Fixture.conformance("golden_x2")
        let butterfly = try Image(file.tensor("input.lr") / 255)
        let photo = butterfly.cropped(x: 0, y: 20, width: 128, height: scale == 2 ? 48 : 16)
        let size = BlurKernel.defaultSize(scale: scale)
        let kernel = GaussianParameters(variance1: 3, variance2: 0.8, angle: 0.7).kernel(size: size)
        try expectTiledEqualsWhole(photo, network, kernel: kernel, scale: scale, border: .extend, tile: 40, most: 3 / 255.0, usual: 4e-4)
    }

    /// A cut-out is restored as it is within its whole, not as where opposite sides meet.
    @Test func theExtendedBorderDoesNotRing() throws {
        let hr = Seeded.picture(width: 300, height: 260)
        let blurred = try CircularBlur(
            kernel: Tensor(kernel.values, shape: [1, 1, 11, 11]), height: 260, width: 300, scale: 2
        ).degraded(hr.rgbTensor())
        // Cut out of the middle, so that opposite sides differ and what lies beyond the border is known.
        let lr = try Image(blurred)
        let part = lr.cropped(x: 30, y: 25, width: 88, height: 72)
        func restored(_ image: Image, _ border: Restoration.Border) throws -> Image {
            try Restoration(upscaler: Deconvolution(), options: .init(border: border))(image, kernel: kernel, scale: 2)
        }
        let known = try restored(lr, .extend).cropped(x: 60, y: 50, width: 176, height: 144).samples.map(Double.init)
        func error(_ border: Restoration.Border) throws -> Double {
            Deviation(try restored(part, border).samples.map(Double.init), known).rootMeanSquare
        }
        #expect(try error(.extend) < 0.5 * error(.circular))
    }

    /// With the same blur everywhere a map gives what one kernel gives, however it is cut.
    @Test(arguments: [(2, nil), (2, 40), (4, 40)]) func aConstantMapIsOneKernel(scale: Int, tile: Int?) throws {
        let blur = GaussianParameters(variance1: 3, variance2: 1.5, angle: 0.5)
        let photo = Seeded.picture(width: 131, height: 127)
        let map = KernelMap(
            width: 131, height: 127, columns: 3, rows: 2, cells: Array(repeating: .init(blur: blur, error: 0.1), count: 6), kernelSize: 11)
        let one = try Restoration(upscaler: Deconvolution())(photo, kernel: blur.kernel(size: 11), scale: scale)
        let mapped = try Restoration(upscaler: Deconvolution(), options: .init(tile: tile))(photo, map: map, scale: scale)
        let deviation = Deviation(mapped.samples.map(Double.init), one.samples.map(Double.init))
        #expect(deviation.maximum <= 1 / 255.0 && deviation.rootMeanSquare <= 3e-4)
    }

    /// On flat grey and on a ramp a steep map leaves no trace: no step between neighbouring pixels is larger than the ramp's.
    @Test(arguments: [0, 1 / 400.0]) func aMapLeavesNoSeam(slope: Double) throws {
        let (width, height) = (300, 210)
        let samples = (0..<width * height).map { i -> Float in Float(0.2 + slope * 0.5 * Double(i % width + i / width)) }
        let photo = Image(width: width, height: height, channels: 1, samples: samples)
        let cells = (0..<24).map { i -> KernelMap.Cell in
            let (column, row) = (Double(i % 6), Double(i / 6))
            return KernelMap.Cell(blur: .init(variance1: 0.4 + 0.5 * column, variance2: 0.3 + 0.4 * row, angle: 0.3), error: 0.1)
        }
        let map = KernelMap(width: width, height: height, columns: 6, rows: 4, cells: cells, kernelSize: 11)
        var tiles = 0
        let result = try Restoration(upscaler: Deconvolution())(photo, map: map, scale: 2) { _ in tiles += 1 }
        #expect(tiles > 4)
        let context = 2 * 16
        for y in context..<2 * height - context {
            for x in context..<2 * width - context {
                let expected = 0.2 + slope * 0.25 * Double(x + y)
                #expect(abs(Double(result[x, y, 0]) - expected) < 0.5 / 255)
            }
        }
    }

    /// A blur that varies, whose truth is the map: better than any one kernel.
    @Test func aMapBeatsTheBestSingleKernel() throws {
        let hr = Seeded.picture(width: 400, height: 240, channels: 1)
        let blur = VaryingBlur(
            left: .init(variance1: 0.6, variance2: 0.4, angle: 0.3), right: .init(variance1: 3, variance2: 2, angle: 0.3))
        let lr = blur.degraded(hr, scale: 2)
        let map = KernelMap(
            width: 200, height: 120, columns: 20, rows: 1,
            cells: (0..<20).map { .init(blur: blur((Double($0) + 0.5) / 20), error: 0) }, kernelSize: 11)
        let mapped = ImageQuality.psnrY(try Restoration(upscaler: Deconvolution(alpha: 0.002))(lr, map: map, scale: 2), hr)
        let singles = try stride(from: 0.0, through: 1, by: 0.2).map { share in
            let kernel = blur(share).kernel(size: 11)
            return ImageQuality.psnrY(try Restoration(upscaler: Deconvolution(alpha: 0.002))(lr, kernel: kernel, scale: 2), hr)
        }
        #expect(mapped > singles.max()! + 0.2, "\(mapped) \(singles)")
    }

    @Test func aGreyImageStaysGrey() throws {
        let network = try USRNet(.init(iterations: 1, hyperWidth: 4, widths: [4, 4, 4, 4], blocks: 1))
        let grey = Seeded.picture(width: 13, height: 10, channels: 1)
        let result = try Restoration(upscaler: network)(grey, kernel: kernel, scale: 2)
        #expect(result.channels == 1 && result.width == 26 && result.height == 20)
    }

    @Test(arguments: [(1, 1), (2, 5), (7, 1), (30, 3)])
    func tinyImagesAreRestored(width: Int, height: Int) throws {
        let wide = GaussianParameters(variance1: 60, variance2: 60, angle: 0).kernel(size: 61)
        let result = try Restoration(upscaler: Deconvolution())(
            Image(width: width, height: height, channels: 3, repeating: 0.25), kernel: wide, scale: 4)
        #expect(result.width == 4 * width && result.height == 4 * height)
        #expect(result.samples.allSatisfy { abs($0 - 0.25) < 1e-4 })
    }

    @Test func progressRisesToOneAndCancels() throws {
        let restoration = Restoration(upscaler: Deconvolution(), options: .init(tile: 24))
        let photo = Seeded.picture(width: 151, height: 60)
        var shares: [Double] = []
        _ = try restoration(photo, kernel: kernel, scale: 2) { shares.append($0) }
        #expect(shares.count > 2 && shares == shares.sorted() && shares.last == 1)
        var calls = 0
        #expect(throws: CancellationError.self) {
            try restoration(photo, kernel: kernel, scale: 2) { _ in
                calls += 1
                throw CancellationError()
            }
        }
        #expect(calls == 1)
    }

    @Test func whatIsNoImageIsAnError() {
        #expect(throws: UpscalingError.notFinite) {
            try Restoration(upscaler: Broken())(Image(width: 9, height: 9, channels: 3), kernel: kernel, scale: 2)
        }
        #expect(throws: UpscalingError.scale(3, supported: [2])) {
            try Restoration(upscaler: Broken())(Image(width: 9, height: 9, channels: 3), kernel: kernel, scale: 3)
        }
    }

    /// Less memory means smaller tiles and the same picture; too little is an error before anything is computed.
    @Test func aMemoryLimitMakesTilesSmaller() throws {
        let photo = Seeded.picture(width: 400, height: 300)
        func restored(_ memory: Int?, tile: Int? = nil) throws -> (image: Image, tiles: Int) {
            var tiles = 0
            let restoration = Restoration(upscaler: Deconvolution(), options: .init(tile: tile, memory: memory))
            let image = try restoration(photo, kernel: kernel, scale: 2) { _ in tiles += 1 }
            return (image, tiles)
        }
        let (free, limited) = (try restored(nil), try restored(300 << 20))
        #expect(free.tiles == 1 && limited.tiles > 1)
        // Also where somebody asks for larger ones.
        #expect(try restored(300 << 20, tile: 4096).tiles > 1)
        let deviation = Deviation(limited.image.samples.map(Double.init), free.image.samples.map(Double.init))
        #expect(deviation.maximum <= 1 / 255.0)
        #expect { try restored(20 << 20) } throws: { error in
            if case .memory? = error as? UpscalingError { true } else { false }
        }
    }

    @Test func anExtendedPhotoHasNoJump() throws {
        let photo = Image(width: 37, height: 21, channels: 1, samples: (0..<777).map { Float($0 % 37) / 36 })
        let periodic = PeriodicImage(photo, margin: 24)
        #expect(periodic.period.width == 88 && periodic.period.height == 72)
        #expect(periodic.window(Rectangle(x: 0, y: 0, width: 37, height: 21)) == photo)
        let twice = periodic.window(Rectangle(x: -90, y: -3, width: 180, height: 1))
        let steps = zip(twice.samples, twice.samples.dropFirst()).map { abs($0 - $1) }
        #expect(steps.allSatisfy { $0 < 2.5 / 36 })
    }

    @Test(arguments: [(1, 8), (64, 64), (65, 72), (85, 88), (176, 176), (129, 144), (1000, 1000), (1041, 1056)])
    func periodsTransformFast(length: Int, expected: Int) {
        #expect(PeriodicImage.fastLength(atLeast: length) == expected)
    }

    /// What depends on kernel and size alone is computed once for all tiles of one size.
    @Test func tilesOfOneSizeShareTheirFilters() {
        let memory = KernelMemory<Int>()
        var made = 0
        func value(_ kernel: BlurKernel, side: Int) -> Int {
            memory(kernel, for: Image(width: side, height: 8, channels: 1), scale: 2) {
                made += 1
                return made
            }
        }
        let other = GaussianParameters(variance1: 2, variance2: 1, angle: 0).kernel(size: 11)
        #expect([value(kernel, side: 8), value(kernel, side: 8), value(kernel, side: 16), value(other, side: 16)] == [1, 1, 2, 3])
    }

    private func expectTiledEqualsWhole(
        _ photo: Image, _ upscaler: some NonBlindUpscaler, kernel: BlurKernel, scale: Int, border: Restoration.Border, tile: Int,
        most: Double = 1 / 255.0, usual: Double = 3e-4
    ) throws {
        func restored(tile: Int) throws -> (image: Image, tiles: Int) {
            var tiles = 0
            let restoration = Restoration(upscaler: upscaler, options: .init(border: border, tile: tile, noise: 2 / 255))
            return (try restoration(photo, kernel: kernel, scale: scale) { _ in tiles += 1 }, tiles)
        }
        let whole = try restored(tile: 4096)
        let tiled = try restored(tile: tile)
        #expect(whole.tiles == 1 && tiled.tiles > 1)
        let deviation = Deviation(tiled.image.samples.map(Double.init), whole.image.samples.map(Double.init))
        #expect(deviation.maximum <= most)
        #expect(deviation.rootMeanSquare <= usual)
    }
}
