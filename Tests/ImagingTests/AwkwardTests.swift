import Foundation
import Imaging
import Pixels
import Testing

extension ImagingTests {
    /// Files of a kind that other programs spoil.
    @Suite struct Awkward {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        @Test func aProfileOfAnotherKindIsLeftOut() throws {
            let grey = try ImageFile.encode(Image(width: 16, height: 16, channels: 1, repeating: 0.5), as: .jpeg, name: "grey")
            func photo(_ profile: [UInt8]) throws -> Photo {
                try ImageFile.decode(JPEGBytes.adding(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile, to: grey), name: "a")
            }
            #expect(try photo(ProfileBytes.grey).metadata.profile == ProfileBytes.grey)
            #expect(try photo(ProfileBytes.grey).losses(in: .webp).count == 1)
            var broken = ProfileBytes.grey
            broken[131] = 200
            for wrong in [ProfileBytes.displayP3, broken, Array(ProfileBytes.grey.prefix(150)), Array("nothing".utf8)] {
                let photo = try photo(wrong)
                #expect(photo.metadata.profile == nil && photo.warnings.count == 1)
                #expect(throws: Never.self) { try ImageFile.encode(photo, as: .png, name: "b") }
            }
        }

        @Test(arguments: ImageFormat.allCases) func hiddenColourIsNotDrawnIntoTheSeen(format: ImageFormat) throws {
            // Blue in the left half; the right half is fully transparent and hides red.
            let row: [UInt8] = (0..<32).flatMap { x -> [UInt8] in x < 16 ? [0, 0, 255, 255] : [255, 0, 0, 0] }
            let rows = [[UInt8]](repeating: row, count: 16)
            let photo = try ImageFile.decode(PNGBytes.file(width: 32, height: 16, colour: .rgba, rows: rows), name: "a")
            #expect(photo.colour == Image(width: 32, height: 16, channels: 3, samples: blue(32 * 16)))
            let result = photo.finished(photo.colour.enlargedOnModelGrid(scale: 2), scale: 2)
            let again = try ImageFile.decode(
                ImageFile.encode(result, as: format, options: EncodingOptions(quality: format == .webp ? nil : 100), name: "b"), name: "b")
            if format == .jpeg {
                #expect(again.alpha == nil && again.colour[60, 10, 0] > 0.9 && photo.losses(in: format).count == 1)
                return
            }
            let alpha = try #require(again.alpha)
            #expect(largestDifference(alpha, result.alpha!) < 0.02)
            #expect(alpha[0, 5, 0] == 1 && alpha[60, 5, 0] == 0 && photo.losses(in: format).isEmpty)
            for x in 0..<33 { #expect(again.colour[x, 5, 0] < 0.02 && again.colour[x, 5, 2] > 0.98) }
        }

        private func blue(_ plane: Int) -> [Float] {
            [Float](repeating: 0, count: 2 * plane) + [Float](repeating: 1, count: plane)
        }

        @Test func opaqueStaysOpaque() throws {
            let rows = (0..<9).map { y -> [UInt8] in (0..<9).flatMap { x -> [UInt8] in [UInt8(x * 20), UInt8(y * 20), 7, 255] } }
            let photo = try ImageFile.decode(PNGBytes.file(width: 9, height: 9, colour: .rgba, rows: rows), name: "a")
            let result = photo.finished(photo.colour.enlargedOnModelGrid(scale: 3), scale: 3).resampled(width: 20, height: 20)
            let again = try ImageFile.decode(ImageFile.encode(result, as: .png, name: "b"), name: "b")
            #expect(again.alpha == Image(width: 20, height: 20, channels: 1, repeating: 1))
        }

        @Test func aPhotoHiddenEverywhereIsGrey() throws {
            let photo = try ImageFile.decode(
                PNGBytes.file(width: 2, height: 1, colour: .rgba, rows: [[1, 2, 3, 0, 4, 5, 6, 0]]), name: "a")
            #expect(photo.colour == Image(width: 2, height: 1, channels: 3, repeating: 0.5) && photo.alpha?.samples == [0, 0])
        }

        @Test func aPaletteWithTransparency() throws {
            let bytes = PNGBytes.file(
                width: 3, height: 1, colour: .palette, palette: [255, 0, 0, 0, 255, 0, 0, 0, 51], opacity: [255, 51, 0], rows: [[2, 0, 1]])
            let photo = try ImageFile.decode(bytes, name: "palette")
            #expect(photo.alpha?.samples == [0, 1, 0.2])
            #expect((0..<3).map { photo.colour[1, 0, $0] } == [1, 0, 0] && (0..<3).map { photo.colour[2, 0, $0] } == [0, 1, 0])
        }

        @Test func aPrintJPEGBecomesRGB() throws {
            // No ink, black, cyan, yellow.
            let photo = try ImageFile.decode(
                JPEGBytes.cmyk([[0, 0, 0, 0], [0, 0, 0, 255], [255, 0, 0, 0], [0, 0, 255, 0]]), name: "print")
            let colours = (0..<4).map { block in (0..<3).map { photo.colour[block * 8 + 4, 4, $0] } }
            #expect(photo.colour.channels == 3 && photo.alpha == nil && photo.warnings.count == 1 && photo.metadata.profile == nil)
            #expect(colours[0].allSatisfy { $0 > 0.97 } && colours[1].allSatisfy { $0 < 0.3 })
            #expect(colours[2][0] < 0.3 && colours[2][2] > 0.6 && colours[3][0] > 0.8 && colours[3][2] < 0.3)
        }

        @Test func theFirstOfSeveralPages() throws {
            let bytes = TIFFBytes.file(
                width: 1, height: 1, samplesPerPixel: 3, bits: 8, photometric: .rgb, isRepeated: true, data: [255, 0, 51])
            let photo = try ImageFile.decode(bytes, name: "pages")
            #expect(photo.colour.samples == [1, 0, 0.2])
            #expect(photo.warnings == ["it holds 2 pages or frames, of which one is taken"])
        }

        @Test func aJPEGThatLiesAboutItsSize() throws {
            let jpeg = try ImageFile.encode(gradient(width: 64, height: 48), as: .jpeg, name: "photo")
            for (width, height) in [(9000, 9000), (1000, 700), (64, 800)] {
                let error = refusal { _ = try ImageFile.decode(JPEGBytes.announcing(width: width, height: height, jpeg), name: "liar") }
                guard case .damaged = error else { throw Unexpected(error: error) }
            }
            let error = refusal { _ = try ImageFile.decode(JPEGBytes.announcing(width: 60_000, height: 60_000, jpeg), name: "liar") }
            guard case .tooLarge = error else { throw Unexpected(error: error) }
        }

        @Test func aBombIsRefusedByItsHeader() throws {
            let bomb = try ImageFile.encode(Image(width: 6000, height: 6000, channels: 1), as: .png, name: "bomb")
            #expect(bomb.count < 200_000)
            let limits = ImageLimits(maxPixels: 30_000_000)
            let error = refusal { _ = try ImageFile.decode(bomb, name: "bomb", limits: limits) }
            #expect(error == .tooLarge(path: "bomb", width: 6000, height: 6000, limit: 30_000_000))
        }

        @Test func aBombOfTextsIsRefused() throws {
            let png = try ImageFile.encode(gradient(width: 8, height: 8), as: .png, name: "a")
            func withTexts(_ count: Int) -> [UInt8] {
                let text = PNGBytes.chunk("iTXt", Array("k\0\0\0\0\0words".utf8))
                return Array(png.prefix(33)) + [[UInt8]](repeating: text, count: count).joined() + png.dropFirst(33)
            }
            #expect(throws: Never.self) { try ImageFile.decode(withTexts(16), name: "a") }
            guard case .unsupported? = refusal({ _ = try ImageFile.decode(withTexts(17), name: "a") }) else { throw Unexpected() }
        }

        @Test func aHeaderIsReadAlone() throws {
            let path = try folder.file("a.png", PNGBytes.file(width: 70_000, height: 70_000, bits: 16, colour: .rgba, rows: []))
            let header = try ImageFile.header(path)
            #expect(header.width == 70_000 && header.height == 70_000 && header.hasAlpha && header.bitsPerSample == 16)
            #expect(header.channels == 3 && header.format == .png && header.pages == 1)
        }

        @Test func otherFilesOfTheSameFamilyAreNoImages() {
            for brand in ["isom", "mp42", "M4A "] {
                let bytes = [0, 0, 0, 20] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0] + Array("mp41".utf8)
                guard case .unsupported? = refusal({ _ = try ImageFile.decode(bytes, name: "film.heic") }) else {
                    Issue.record("\(brand)")
                    continue
                }
            }
        }
    }
}
