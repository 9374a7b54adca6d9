import Foundation
import Pixels
import Synchronization
import Testing

@testable import BlindSR
@testable import Torch

/// The asynchronous front of a system, with the shipped weights.
@Suite(.serialized) struct RestorerTests {
    private static let store = {
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { package.deleteLastPathComponent() }
        return ModelStore(folders: [package.appendingPathComponent("Weights").path])
    }()

    /// Tiles of 48 pixels: a photo of 200×64 has several in a row.
    private static let options = UpscalingOptions(restoration: .init(tile: 48))

    private func photo(_ width: Int = 200, _ height: Int = 64) -> Image {
        var image = Image(width: width, height: height, channels: 3)
        for c in 0..<3 {
            for y in 0..<height {
                for x in 0..<width {
                    let slope = Float(x + c * y) / Float(width + 2 * height)
                    image[x, y, c] = (x / 9 + y / 7) % 2 == 0 ? slope : 1 - slope
                }
            }
        }
        return image
    }

    /// What a progress closure was told.
    private final class Record: Sendable {
        private let calls = Mutex<[(stage: UpscalingStage, part: Double, thread: String?)]>([])
        var all: [(stage: UpscalingStage, part: Double, thread: String?)] { calls.withLock(\.self) }
        func add(_ stage: UpscalingStage, _ part: Double) { calls.withLock { $0.append((stage, part, Thread.current.name)) } }
    }

    @Test func sameAsWithoutIt() async throws {
        let photo = photo()
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let (image, findings) = try await restorer.upscale(photo, options: Self.options)
        let expected = try BlindSystem(scale: 2, store: Self.store).upscale(photo, options: Self.options)
        // Not to the last bit: the threads of an operation are set for each thread that calls it.
        func isNear(_ a: [Float], _ b: [Float], _ tolerance: Float) -> Bool {
            a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
        }
        let kernel = try #require(findings.estimate?.kernel)
        let isSameImage = isNear(image.samples, expected.image.samples, 1 / 255)
        #expect(isSameImage)
        #expect(isNear(kernel.values, try #require(expected.findings.estimate?.kernel).values, 1e-5))
        #expect(isNear(kernel.values, try await restorer.estimateKernel(photo).kernel.values, 1e-5))
    }

    @Test func progressOnItsThread() async throws {
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let record = Record()
        _ = try await restorer.upscale(photo(), options: Self.options) { record.add($0, $1) }
        let restoring = record.all.filter { $0.stage == .restoring }.map(\.part)
        #expect(restoring.count > 3 && restoring == restoring.sorted() && restoring.first == 0 && restoring.last == 1)
        #expect(Set(record.all.map(\.thread)) == [TensorThread.name])
    }

    /// The task is cancelled from within, after the second tile: nothing more is done, and the restorer is as before.
    @Test func cancelledBetweenTiles() async throws {
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let (photo, record) = (photo(), Record())
        let task = Task {
            let result = try await restorer.upscale(photo, options: Self.options) { stage, part in
                record.add(stage, part)
                if stage == .restoring, record.all.count == 3 { withUnsafeCurrentTask { $0?.cancel() } }
            }
            return result.image.width
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(record.all.count == 3)
        #expect(try await restorer.upscale(photo, options: Self.options).image.width == 400)
    }

    @Test func cancelledBeforeItsTurn() async throws {
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let (photo, record) = (photo(), Record())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await restorer.upscale(photo) { record.add($0, $1) }.image.width
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let estimating = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await restorer.estimateKernel(photo)
        }
        await #expect(throws: CancellationError.self) { try await estimating.value }
        #expect(record.all.isEmpty)
    }

    /// Two restorers on one thread, asked many things at once.
    @Test func manyAtOnce() async throws {
        let thread = TensorThread(threads: 1)
        let pair = [
            try await Restorer(scale: 2, store: Self.store, thread: thread),
            try await Restorer(scale: 4, store: Self.store, thread: thread),
        ]
        let photo = photo(48, 40)
        let images = try await withThrowingTaskGroup(of: Image.self) { group in
            for i in 0..<12 { group.addTask { try await pair[i % 2].upscale(photo).image } }
            return try await group.reduce(into: [Image]()) { $0.append($1) }
        }
        let (twice, fourTimes) = (images.filter { $0.width == 96 }, images.filter { $0.width == 192 })
        #expect(twice.count == 6 && twice.allSatisfy { $0 == twice[0] })
        #expect(fourTimes.count == 6 && fourTimes.allSatisfy { $0 == fourTimes[0] })
    }

    @Test func degrades() async throws {
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let kernel = GaussianParameters(variance1: 2, variance2: 1, angle: 0.5).kernel(size: 11)
        let small = try await restorer.degrade(photo(97, 81), by: kernel)
        #expect(small == (try photo(97, 81).cropped(toMultipleOf: 2).degraded(by: kernel, scale: 2).rounded8Bit()))
        #expect(small.width == 48 && small.height == 40)
    }

    @Test func errorsKeepTheirTypes() async throws {
        let restorer = try await Restorer(scale: 2, store: Self.store)
        let (kernel, tiny) = (GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 11), photo(8, 8))
        await #expect(throws: EstimationError.self) { try await restorer.estimateKernel(tiny) }
        await #expect(throws: ModelError.self) { try await Restorer(scale: 2, store: ModelStore(folders: ["/nowhere"])) }
        let estimator = try await Restorer(WeightSelection(.standard, .estimator, scale: 2, names: [], store: Self.store))
        await #expect(throws: ModelError.self) { try await estimator.upscale(tiny, options: .init(kernel: kernel)) }
        let starved = UpscalingOptions(kernel: kernel, restoration: .init(memory: 1000))
        await #expect(throws: UpscalingError.self) { try await restorer.upscale(tiny, options: starved) }
    }

    /// The thread goes with the last restorer, also where its last work ends after that.
    @Test func threadEnds() async throws {
        weak var thread: TensorThread?
        do {
            let strong = TensorThread()
            thread = strong
            let restorer = try await Restorer(scale: 2, store: Self.store, thread: strong)
            let photo = photo(48, 40)
            Task { try await restorer.upscale(photo) }
            _ = try await restorer.estimateKernel(photo)
        }
        for _ in 0..<500 where thread != nil { try await Task.sleep(for: .milliseconds(10)) }
        #expect(thread == nil)
    }

    /// With a kernel that is given the noise is still looked for, unless it is given, too.
    @Test func theNoiseOfAKnownKernelIsEstimated() throws {
        let kernel = GaussianParameters(variance1: 1, variance2: 1, angle: 0).kernel(size: 11)
        let system = try BlindSystem(WeightSelection(.standard, .upscaler, scale: 2, names: ["photo"], store: Self.store))
        func noise(_ level: Double, told: Double? = nil) throws -> Double {
            var photo = Seeded.picture(width: 160, height: 120)
            var random = CounterRandom(seed: 1, index: 0)
            for i in photo.samples.indices { photo.samples[i] += Float(level / 255 * random.normal()) }
            let options = UpscalingOptions(kernel: kernel, restoration: .init(noise: told))
            return try system.upscale(photo, options: options).findings.noise * 255
        }
        let (little, much) = (try noise(2), try noise(10))
        #expect((0.5...4).contains(little) && (6...14).contains(much), "\(little), \(much)")
        #expect(try noise(10, told: 3 / 255) == 3)
        let clean = try BlindSystem(WeightSelection(.standard, .upscaler, scale: 2, names: ["clean"], store: Self.store))
        #expect(try clean.upscale(photo(), options: .init(kernel: kernel)).findings.noise == 0)
    }
}
