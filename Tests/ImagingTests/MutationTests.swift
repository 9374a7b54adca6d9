import Foundation
import Imaging
import Pixels
import Testing

extension ImagingTests {
    /// Files that carry everything and were good once: each is refused or comes out as a whole file.
    @Suite struct Mutations {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        @Test func aFewMutatedFiles() throws { try mutate(60, from: 0) }

        @Test(.enabled(if: ProcessInfo.processInfo.environment["KENET_SLOW"] == "1", "slow"))
        func slowTwoThousandMutatedFiles() throws { try mutate(2000, from: 60) }

        private func mutate(_ count: Int, from first: Int) throws {
            let originals = try ImageFormat.allCases.map(original)
            var written = 0
            for i in first..<first + count {
                var random = SplitMix(state: UInt64(i))
                let bytes = mutated(originals[i % originals.count], &random)
                let photo: Photo
                do { photo = try ImageFile.decode(bytes, name: "\(i)", limits: ImageLimits(maxPixels: 4_000_000)) } catch {
                    #expect(error.description.hasPrefix("\(i): ") && !error.description.contains("\n"))
                    continue
                }
                let format = ImageFormat.allCases[random.draw(6)]
                guard max(photo.colour.width, photo.colour.height) * 2 <= format.maximumSide else { continue }
                let path = folder("\(i)." + format.pathExtension)
                try ImageFile.write(photo.finished(photo.colour.enlargedOnModelGrid(scale: 2), scale: 2), to: path)
                let again = try ImageFile.read(path)
                #expect(again.colour.width == photo.colour.width * 2 && again.colour.height == photo.colour.height * 2)
                written += 1
            }
            #expect(folder.names.count == written && written > count / 10)
            print("\(written) of \(count) mutated files came out whole, the others were refused")
        }

        /// A small photo with opacity, 16 bits, a profile, EXIF, XMP and IPTC, as far as the format has them.
        private func original(_ format: ImageFormat) throws -> [UInt8] {
            let exif: [UInt8] =
                [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 2] + [0x01, 0x0F, 0, 2, 0, 0, 0, 8, 0, 0, 0, 38]
                + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0] + Array("Painter\0".utf8)
            let xmp = """
                http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
                xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
                xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>
                """
            let iptc = Array("Photoshop 3.0\08BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 8, 0x1C, 2, 0x78, 0, 3, 0x43, 0x61, 0x70]
            var jpeg = try ImageFile.encode(gradient(width: 24, height: 20), as: .jpeg, name: "plain")
            jpeg = JPEGBytes.adding(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + ProfileBytes.displayP3, to: jpeg)
            jpeg = JPEGBytes.adding(0xED, iptc, to: JPEGBytes.adding(0xE1, Array(xmp.utf8), to: jpeg))
            var photo = try ImageFile.decode(JPEGBytes.adding(0xE1, Array("Exif\0\0".utf8) + exif, to: jpeg), name: "photo")
            try #require(photo.colour.width == 20 && photo.metadata.profile != nil)
            photo.alpha = Image(width: 20, height: 24, channels: 1, samples: (0..<480).map { Float($0 % 7) / 6 })
            photo.bitsPerSample = 16
            return try ImageFile.encode(photo, as: format, name: "original")
        }

        /// Some bytes changed, a stretch doubled, removed or cut off at the end.
        private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
            var bytes = bytes
            for _ in 0...random.draw(8) { bytes[random.draw(bytes.count)] = UInt8(random.draw(256)) }
            let start = random.draw(bytes.count)
            let stretch = start..<min(bytes.count, start + 1 + random.draw(64))
            switch random.draw(6) {
            case 0: bytes.insert(contentsOf: bytes[stretch], at: start)
            case 1: bytes.removeSubrange(stretch)
            case 2: bytes.removeSubrange(max(1, start)...)
            default: break
            }
            return bytes
        }
    }
}

/// Vigna's SplitMix64.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 ..< count.
    mutating func draw(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}
