import Foundation
import Imaging
import Pixels
import Testing

extension ImagingTests {
    @Suite struct Refusals {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func refused(_ name: String, _ bytes: [UInt8]) throws -> ImagingError? {
            let path = try folder.file(name, bytes)
            let error = refusal { _ = try ImageFile.read(path) }
            let sentence = try #require(error).description
            #expect(sentence.hasPrefix(path + ": ") && !sentence.contains("\n"))
            return error
        }

        @Test func aMissingFile() {
            let path = folder("absent.png")
            #expect(refusal { _ = try ImageFile.read(path) } == .notFound(path: path))
            #expect(refusal { _ = try ImageFile.read(path + "/photo.png") } == .notFound(path: path + "/photo.png"))
        }

        @Test func aFolder() {
            #expect(refusal { _ = try ImageFile.read(folder.path) } == .isDirectory(path: folder.path))
        }

        @Test func anEmptyFile() throws {
            #expect(try refused("empty.png", []) == .empty(path: folder("empty.png")))
        }

        @Test(.enabled(if: geteuid() != 0, "the superuser may read everything")) func aForbiddenFile() throws {
            let path = try folder.file("secret.png", [1])
            chmod(path, 0)
            guard case .unreadable = refusal({ _ = try ImageFile.read(path) }) else { throw Unexpected() }
        }

        @Test func aNamedPipeDoesNotBlock() throws {
            mkfifo(folder("pipe.png"), 0o600)
            guard case .unreadable = refusal({ _ = try ImageFile.read(folder("pipe.png")) }) else { throw Unexpected() }
        }

        @Test(arguments: ImageFormat.allCases, [0.1, 0.5, 0.9]) func aTruncatedImage(format: ImageFormat, part: Double) throws {
            let whole = try ImageFile.encode(gradient(width: 200, height: 150), as: format, name: "photo")
            let error = try refused("cut.png", Array(whole.prefix(Int(Double(whole.count) * part))))
            guard case .damaged = error else { throw Unexpected(error: error) }
        }

        @Test func aSignatureAlone() throws {
            for signature: [UInt8] in [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], [0x49, 0x49, 0x2A, 0]] {
                guard case .damaged = try refused("head.png", signature) else { throw Unexpected() }
            }
        }

        @Test(arguments: [
            "a text", "MATLAB 5.0 MAT-file, Platform: GLNXA64, Created on: Mon Jan 1 00:00:00 2024", "%PDF-1.4", "GIF89a",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>", "RIFF....WAVE",
        ]) func whatIsNoImageWhateverItsName(text: String) throws {
            let error = try refused("photo.png", Array(text.utf8))
            #expect(error?.description == "\(folder("photo.png")): this is not a PNG, JPEG, WebP, TIFF, AVIF or HEIC image")
        }

        @Test func aHugeHeaderBeforeItsPixelsAreDecoded() throws {
            let png = PNGBytes.file(width: 100_000, height: 100_000, colour: .rgb, rows: [])
            let path = folder("huge.png")
            #expect(try refused("huge.png", png) == .tooLarge(path: path, width: 100_000, height: 100_000, limit: 100_000_000))
            let tiff = TIFFBytes.file(width: 20_000, height: 20_000, samplesPerPixel: 3, bits: 8, photometric: .rgb, data: [])
            guard case .tooLarge = try refused("huge.tif", tiff) else { throw Unexpected() }
        }

        @Test func whatIsOverTheGivenLimits() throws {
            let path = folder("photo.png")
            try ImageFile.write(gradient(width: 20, height: 10), to: path)
            let limits = ImageLimits(maxPixels: 199)
            #expect(
                refusal { _ = try ImageFile.read(path, limits: limits) } == .tooLarge(path: path, width: 20, height: 10, limit: 199))
            #expect(try ImageFile.read(path, limits: ImageLimits(maxPixels: 200)).image.width == 20)
            guard case .unreadable = refusal({ _ = try ImageFile.read(path, limits: ImageLimits(maxBytes: 50)) }) else {
                throw Unexpected()
            }
        }

        @Test func floatingPointSamples() throws {
            let bytes = TIFFBytes.file(
                width: 1, height: 1, samplesPerPixel: 3, bits: 32, photometric: .rgb, sampleFormat: 3,
                data: [UInt8](repeating: 0, count: 12))
            guard case .unsupported = try refused("float.tif", bytes) else { throw Unexpected() }
        }

        @Test(arguments: [TIFFBytes.Photometric.yCbCr, .lab]) func coloursThatAreNotRead(photometric: TIFFBytes.Photometric) throws {
            let bytes = TIFFBytes.file(
                width: 2, height: 1, samplesPerPixel: 3, bits: 8, photometric: photometric, data: [UInt8](repeating: 90, count: 6))
            guard case .unsupported(_, let reason) = try refused("colours.tif", bytes) else { throw Unexpected() }
            #expect(reason.contains("colours are stored as"))
        }

        @Test func aWarningIsNotTheReasonOfALaterError() throws {
            // A JPEG whose middle is spoiled leaves a warning behind, and may be refused.
            var jpeg = try ImageFile.encode(gradient(width: 200, height: 150), as: .jpeg, name: "photo")
            for i in jpeg.count / 2..<jpeg.count / 2 + 100 { jpeg[i] = 0x55 }
            _ = try? ImageFile.decode(jpeg, name: "photo")
            let png = try ImageFile.encode(gradient(width: 200, height: 150), as: .png, name: "photo")
            let error = refusal { _ = try ImageFile.decode(Array(png.prefix(png.count / 2)), name: "photo") }
            #expect(error?.description.lowercased().contains("jpeg") == false)
        }

        @Test func errorsOfManyThreadsDoNotMix() async throws {
            let whole = try ImageFile.encode(gradient(width: 200, height: 150), as: .png, name: "photo")
            await withTaskGroup(of: Bool.self) { group in
                for i in 0..<32 {
                    group.addTask {
                        let error = refusal {
                            _ = try ImageFile.decode(i.isMultiple(of: 2) ? whole : Array(whole.prefix(whole.count / 2)), name: "\(i)")
                        }
                        return i.isMultiple(of: 2) ? error == nil : error?.description.hasPrefix("\(i): the file is damaged") == true
                    }
                }
                for await isRight in group { #expect(isRight) }
            }
        }
    }
}

/// Another outcome than the one that was asked for.
struct Unexpected: Error {
    var error: ImagingError?
}
