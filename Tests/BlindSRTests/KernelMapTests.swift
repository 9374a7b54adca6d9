import Fixtures
import Foundation
import Pixels
import Testing
import Torch

@testable import BlindSR

/// Says of each photo what is known of it: the mean of its first channel is the logarithm of its variance, the lowest value of the second
/// the expected kernel PSNR in hundreds of dB.
private struct Reader: KernelEstimator {
    let scales = [2]
    let smallestSide = 8

    func estimate(_ lr: Image, scale: Int, progress: ProgressHandler) throws -> KernelEstimate {
        let plane = lr.width * lr.height
        let variance = exp(lr.samples[..<plane].reduce(0) { $0 + Double($1) } / Double(plane))
        let confidence = lr.samples[plane..<2 * plane].min().map { 100 * Double($0) }
        return KernelEstimate(
            kernel: GaussianParameters(variance1: 1.5 * variance, variance2: variance, angle: 0.6).kernel(size: 11),
            confidence: confidence.map { KernelConfidence(expected: $0, interval: $0 - 5...$0 + 5) })
    }
}

@Suite(.serialized) struct KernelMapTests {
    /// A photo as ``Reader`` reads it.
    private func photo(_ width: Int, _ height: Int, level: (Int, Int) -> Double, confidence: (Int, Int) -> Double) -> Image {
        var image = Image(width: width, height: height, channels: 3)
        for y in 0..<height {
            for x in 0..<width { (image[x, y, 0], image[x, y, 1]) = (Float(level(x, y)), Float(confidence(x, y))) }
        }
        return image
    }

    private func map(of image: Image) throws -> KernelMap {
        try KernelMapEstimator(Reader())(image, scale: 2, whole: Reader().estimate(image, scale: 2))
    }

    private func observations(_ columns: Int, _ rows: Int, value: (Int, Int) -> (SIMD3<Double>, Double)) -> [BlurField.Observation] {
        (0..<columns * rows).map { index in
            let (numbers, variance) = value(index % columns, index / columns)
            return BlurField.Observation(
                x: Double(index % columns) * 50, y: Double(index / columns) * 50, blur: LogCovariance(numbers: numbers), variance: variance)
        }
    }

    @Test(arguments: [(4.0, 0.2, 0.4), (1.3, 1.2, 2.5), (0.7, 0.7, 0), (30, 0.02, 3.1)])
    func logarithmsGiveTheGaussianBack(variance1: Double, variance2: Double, angle: Double) {
        let blur = GaussianParameters(variance1: variance1, variance2: variance2, angle: angle)
        let back = LogCovariance(blur).gaussian
        #expect(abs(back.variance1 / variance1 - 1) < 1e-9 && abs(back.variance2 / variance2 - 1) < 1e-9)
        #expect(abs(back.angle - angle) < 1e-9)
    }

    /// The negative of the logarithm is the inverse; adding to m scales; mirroring turns q round.
    @Test func theLogarithmIsOne() {
        let blur = GaussianParameters(variance1: 3, variance2: 0.5, angle: 0.7)
        let numbers = LogCovariance(blur).numbers
        let inverse = LogCovariance(numbers: -numbers).gaussian
        #expect(abs(inverse.variance1 - 2) < 1e-9 && abs(inverse.variance2 - 1 / 3.0) < 1e-9)
        #expect(abs(inverse.angle - (0.7 + .pi / 2)) < 1e-9)
        #expect(abs(LogCovariance(numbers: numbers + [log(2), 0, 0]).gaussian.variance1 - 6) < 1e-9)
        let mirrored = LogCovariance(numbers: [numbers.x, numbers.y, -numbers.z]).gaussian
        #expect(abs(mirrored.angle - (.pi - 0.7)) < 1e-9)
        #expect(LogCovariance(numbers: [50, 0, 0]).gaussian.variance1 == GaussianParameters.variances.upperBound)
    }

    @Test func aConstantBlurGivesAConstantField() {
        let numbers: SIMD3<Double> = [0.3, -0.2, 0.1]
        let field = BlurField(
            observations(6, 4) { column, row in (numbers, 0.01 + 0.1 * Double((column + row) % 3)) }, side: 100, spacing: 50)
        #expect(field.variation == 0)
        let value = field(x: 77, y: 31)
        #expect(((value.blur.numbers - numbers) * (value.blur.numbers - numbers)).sum() < 1e-12)
    }

    /// Noise as large as it was said to be is no variation; the field is the mean, in which uncertain observations count little.
    @Test func noiseAloneGivesAConstantField() {
        let noise = Seeded.numbers(3 * 35, seed: 4)
        // Regions side by side, whose errors are independent; the numbers of each have a variance of 1/12.
        let field = BlurField(
            observations(7, 5) { column, row in
                let i = 3 * (row * 7 + column)
                return ([noise[i] - 0.5, noise[i + 1] - 0.5, noise[i + 2] - 0.5], 1 / 12.0)
            }, side: 50, spacing: 50)
        #expect(field.variation == 0)
        #expect(abs(field(x: 0, y: 0).variance - 1 / 12.0 / 35) < 1e-6)
    }

    @Test func aVariationIsFollowed() {
        func truth(_ column: Int) -> SIMD3<Double> { [-1 + 0.4 * Double(column), 0.2, -0.1 * Double(column)] }
        let field = BlurField(observations(6, 4) { column, _ in (truth(column), 0.01) }, side: 100, spacing: 50)
        #expect(field.variation > 0)
        for column in 0..<6 {
            let difference = field(x: 50 * Double(column), y: 60).blur.numbers - truth(column)
            #expect((difference * difference).sum().squareRoot() < 0.1)
        }
        // Between observations, too.
        #expect(abs(field(x: 125, y: 60).blur.numbers.x) < 0.1)
    }

    @Test func anUncertainPlaceTakesItsNeighboursBlur() {
        let field = BlurField(
            observations(6, 5) { column, row in
                column == 3 && row == 2 ? ([-3, 2, 2], 100) : ([-1 + 0.4 * Double(column), 0, 0], 0.01)
            }, side: 100, spacing: 50)
        let numbers = field(x: 150, y: 100).blur.numbers
        #expect(abs(numbers.x - 0.2) < 0.1 && abs(numbers.y) < 0.05 && abs(numbers.z) < 0.05)
    }

    @Test(arguments: [(30, 40), (96, 96), (97, 96), (480, 360), (4000, 50), (12000, 9000)])
    func regionsCoverThePhoto(width: Int, height: Int) {
        let side = 96
        let regions = KernelMapEstimator.regions(width: width, height: height, side: side, spacing: 60)
        #expect(regions.allSatisfy { $0.x >= 0 && $0.y >= 0 && $0.x + $0.width <= width && $0.y + $0.height <= height })
        #expect(regions.allSatisfy { $0.width == min(side, width) && $0.height == min(side, height) })
        let columns = Set(regions.map(\.x)).sorted()
        let rows = Set(regions.map(\.y)).sorted()
        #expect(columns.first == 0 && columns.last == max(0, width - side) && rows.last == max(0, height - side))
        #expect(columns.count * rows.count == regions.count)
        #expect(zip(columns, columns.dropFirst()).allSatisfy { $1 - $0 <= 61 })
    }

    @Test func aUniformPhotoHasTheEstimateOfTheWhole() throws {
        let image = photo(300, 220, level: { x, _ in x % 2 == 0 ? 0.2 : 0.4 }, confidence: { _, _ in 0.6 })
        var shares: [Double] = []
        let whole = try Reader().estimate(image, scale: 2)
        let map = try KernelMapEstimator(Reader())(image, scale: 2, whole: whole) { shares.append($0) }
        #expect(map.isUniform && map.columns == 6 && map.rows == 5 && map.kernelSize == 11)
        #expect(map.kernel(over: Rectangle(x: 10, y: 20, width: 96, height: 80)).kernelPSNR(to: whole.kernel) > 100)
        #expect(shares == shares.sorted() && shares.last == 1)
        let small = try KernelMapEstimator(Reader())(image.cropped(x: 0, y: 0, width: 20, height: 30), scale: 2, whole: whole)
        #expect(small.cells.count == 1)
        #expect(throws: CancellationError.self) {
            try KernelMapEstimator(Reader())(image, scale: 2, whole: whole) { _ in throw CancellationError() }
        }
    }

    /// A ramp of blur with a patch of which the estimator knows nothing: the map follows the ramp, through the patch as well.
    @Test func aMapFollowsTheBlur() throws {
        func level(_ x: Int) -> Double { -0.6 + 1.5 * Double(x) / 480 }
        func inside(_ x: Int, _ y: Int) -> Bool { (180..<300).contains(x) && (120..<240).contains(y) }
        let image = photo(
            480, 360, level: { x, y in inside(x, y) ? -2 : level(x) }, confidence: { x, y in inside(x, y) ? 0.1 : 0.7 })
        let map = try self.map(of: image)
        #expect(!map.isUniform)
        for (x, y) in [(60, 60), (240, 60), (240, 180), (420, 300)] {
            #expect(abs(log(map.blur(x: Double(x), y: Double(y)).variance2) - level(x)) < 0.2, "\(x) \(y)")
        }
        let errors = map.cells.map(\.error)
        #expect(errors.firstIndex(of: errors.max()!).map { map.middle(of: $0).x } ?? 0 > 150)
    }

    /// A mirrored photo has the mirrored map.
    @Test func theMapTurnsWithThePhoto() throws {
        let image = photo(400, 300, level: { x, y in -0.6 + Double(x + 2 * y) / 700 }, confidence: { _, _ in 0.65 })
        let map = try self.map(of: image)
        let mirrored = try self.map(of: DihedralElement.flippedHorizontally.apply(to: image))
        #expect(!map.isUniform)
        for (x, y) in [(50.0, 40.0), (200, 150), (333, 290)] {
            #expect(abs(map.blur(x: x, y: y).variance1 / mirrored.blur(x: 400 - x, y: y).variance1 - 1) < 1e-3)
        }
    }

    @Test func aMapIsInterpolated() {
        func cell(_ variance: Double) -> KernelMap.Cell {
            .init(blur: .init(variance1: variance, variance2: variance, angle: 0), error: 0.1)
        }
        let map = KernelMap(width: 80, height: 30, columns: 2, rows: 1, cells: [cell(0.5), cell(2)], kernelSize: 11)
        for (x, variance) in [(0.0, 0.5), (20, 0.5), (40, 1), (60, 2), (80, 2)] {
            #expect(abs(map.blur(x: x, y: 3).variance1 - variance) < 1e-9)
        }
        #expect(map.kernel(over: Rectangle(x: 30, y: 0, width: 20, height: 30)).kernelPSNR(to: cell(1).blur.kernel(size: 11)) > 100)
        #expect(abs(map.steepness - log(4) / 40) < 1e-9)
        #expect(map.deviations == 0.5.squareRoot()...2.0.squareRoot())
    }

    @Test(arguments: [(480, 360), (37, 29), (3000, 40)]) func thePictureIsLegibleAtAnySize(width: Int, height: Int) throws {
        let blur = GaussianParameters(variance1: 4, variance2: 0.25, angle: 0)
        let map = KernelMap(
            width: width, height: height, columns: 3, rows: 1,
            cells: [0, 0.1, 1].map { KernelMap.Cell(blur: blur, error: $0) }, kernelSize: 11)
        let picture = KernelMapPicture(map, photo: Image(width: width, height: height, channels: 1, repeating: 1))
        let image = picture.render()
        #expect(image.channels == 3 && max(image.width, image.height) >= 1200 && min(image.width, image.height) >= 96)
        #expect(image.samples.allSatisfy { (0...1).contains($0) })
        // The tip of the first ellipse, on its long axis, in the colour of what is sure.
        let tip = Int(Double(image.width) / 6 + 2 * picture.magnification)
        let row = image.height / 2
        let colour = KernelMapPicture.colour(error: 0)
        #expect((tip - 2...tip + 2).contains { abs(image[$0, row, 2] - colour.z) < 0.1 && image[$0, row, 0] > 0.9 })
        #expect(image[2, 2, 0] == image[2, 2, 2])
    }
}
