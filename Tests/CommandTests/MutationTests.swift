import BlindSR
import Fixtures
import Foundation
import Imaging
import Pixels
import Testing

extension CommandTests {
    /// Files that were good once.
    @Suite(.enabled(if: Fixture.runsSlowTests, "slow")) struct Mutations {
        private static let count = 2000

        @Test func slowTwoThousandMutatedImages() throws {
            let folder = try WorkFolder()
            try folder.folder("in")
            try folder.folder("out")
            let originals = try ImageFormat.allCases.map { try Array(original($0)) }
            var names: [String] = []
            for i in 0..<Self.count {
                let format = i % ImageFormat.allCases.count
                var random = CounterRandom(seed: 6, index: UInt64(i))
                let name = "in/\(i).\(ImageFormat.allCases[format].pathExtension)"
                try folder.write(name, mutated(originals[format], &random))
                names.append(name)
            }
            let clock = ContinuousClock()
            let start = clock.now
            let result = try Tool.run(["upscale", "-o", "out", "--json"] + names, in: folder)
            let seconds = (clock.now - start) / .seconds(1)
            #expect(result.status == 0 || result.status == 1, "\(result.errors.suffix(2000))")
            #expect(result.lines.count == Self.count)
            let failed = result.lines.filter { $0.contains("\"error\":") }.count
            let outputs = folder.names.filter { $0.hasPrefix("out/") && $0 != "out/.kenet.jsonl" }
            #expect(outputs.count == Self.count - failed)
            for output in outputs {
                #expect(!output.contains("/.kenet-"))
                #expect(throws: Never.self, "\(output)") { try ImageFile.read(folder(output)) }
            }
            print("\(outputs.count) restored, \(failed) refused in \(Int(seconds)) s")
        }

        /// A small photo with opacity and depth, as far as the format has them.
        private func original(_ format: ImageFormat) throws -> [UInt8] {
            var photo = Photo(Image(width: 24, height: 20, channels: 3))
            for i in photo.colour.samples.indices { photo.colour.samples[i] = Float(i * 37 % 101) / 100 }
            photo.alpha = Image(width: 24, height: 20, channels: 1, samples: (0..<480).map { Float($0 % 7) / 6 })
            photo.bitsPerSample = 16
            return try ImageFile.encode(photo, as: format, name: "original")
        }

        /// Some bytes changed, a stretch doubled, removed or cut off at the end.
        private func mutated(_ bytes: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
            func draw(_ count: Int) -> Int { min(count - 1, Int(random.uniform() * Double(count))) }
            var bytes = bytes
            for _ in 0...draw(8) { bytes[draw(bytes.count)] = UInt8(draw(256)) }
            let start = draw(bytes.count)
            let stretch = start..<min(bytes.count, start + 1 + draw(64))
            switch draw(6) {
            case 0: bytes.insert(contentsOf: bytes[stretch], at: start)
            case 1: bytes.removeSubrange(stretch)
            case 2: bytes.removeSubrange(max(1, start)...)
            default: break
            }
            return bytes
        }
    }
}
