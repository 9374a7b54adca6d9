import Foundation
import Imaging
import Pixels
import Testing

extension ImagingTests {
    /// Results that are written while they are made.
    @Suite struct WritingRows {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A photo with a slope of opacity.
        private func photo(_ width: Int, _ height: Int, bits: Int = 8) -> Photo {
            var photo = Photo(gradient(width: width, height: height))
            var alpha = Image(width: width, height: height, channels: 1)
            for y in 0..<height {
                for x in 0..<width { alpha[x, y, 0] = Float(x + 1) / Float(width) }
            }
            photo.alpha = alpha
            photo.bitsPerSample = bits
            return photo
        }

        private func rows(of image: Image, _ range: Range<Int>) -> Image {
            image.cropped(x: 0, y: range.lowerBound, width: image.width, height: range.count)
        }

        @Test(arguments: ImageFormat.allCases, [8, 16]) func bandsGiveTheSameFileAsTheWhole(format: ImageFormat, bits: Int) throws {
            let photo = photo(40, 30, bits: bits)
            let result = gradient(width: 80, height: 60)
            let (whole, parts) = (folder("whole." + format.pathExtension), folder("parts." + format.pathExtension))
            try ImageFile.write(photo.finished(result, scale: 2), to: whole)
            let writer = try PhotoWriter(photo, scale: 2, to: parts)
            #expect(folder.names == [(whole as NSString).lastPathComponent])
            for range in [0..<7, 7..<8, 8..<59, 59..<60] { try writer.append(rows(of: result, range)) }
            try writer.finish()
            #expect(try contents(parts) == contents(whole))
            #expect(folder.names.count == 2)
        }

        @Test func withoutItsEndNothingAppears() throws {
            do {
                let writer = try PhotoWriter(photo(40, 30), scale: 2, to: folder("a.png"))
                try writer.append(gradient(width: 80, height: 10))
            }
            #expect(folder.names.isEmpty)
        }

        @Test func whatCannotBeWrittenIsSaidBeforehand() throws {
            let wide = Photo(Image(width: 9000, height: 1, channels: 1))
            guard case .unsupported = refusal({ _ = try PhotoWriter(wide, scale: 2, to: folder("a.webp")) }) else { throw Unexpected() }
            let path = try folder.file("a.png", [1])
            #expect(refusal { _ = try PhotoWriter(wide, scale: 2, to: path) } == .exists(path: path))
        }

        /// 100 megapixels go through the room without being held. Other tests must not have left a higher peak: a run of its own.
        @Test(.enabled(if: ProcessInfo.processInfo.environment["KENET_SLOW"] == "1", "slow"), arguments: ["png", "jpg", "tif"])
        func slowAHundredMegapixelsInLittleMemory(type: String) throws {
            let photo = Photo(Image(width: 3125, height: 2000, channels: 3, repeating: 0.5))
            let writer = try PhotoWriter(photo, scale: 4, to: folder("large." + type), options: EncodingOptions(pngCompression: 1))
            let band = Image(width: 12_500, height: 80, channels: 3, samples: (0..<12_500 * 240).map { Float($0 % 251) / 251 })
            for _ in 0..<100 { try writer.append(band) }
            try writer.finish()
            let peak = try peakMemory()
            #expect(peak < 300_000_000, "\(peak / 1_000_000) MB")
            print("\(type): peak \(peak / 1_000_000) MB")
        }

        private func peakMemory() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(line.split(separator: " ").compactMap { Int($0) }.first) * 1000
        }
    }
}
