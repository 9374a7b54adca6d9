import Foundation
import Pixels
import Testing

@testable import Imaging

extension ImagingTests {
    @Suite struct Writing {
        private let folder: TemporaryFolder
        private let picture = gradient(width: 33, height: 21)

        init() throws { folder = try TemporaryFolder() }

        @Test(arguments: ["a.png", "a.PNG", "a.tif", "a.tiff", "a.webp", "photo 🌻 of me.png", "Ünïcødé/日本.png", "a.b.png"])
        func losslessFormatsGiveTheSamePixels(name: String) throws {
            try FileManager.default.createDirectory(atPath: folder("Ünïcødé"), withIntermediateDirectories: true)
            try ImageFile.write(picture, to: folder(name))
            #expect(try ImageFile.read(folder(name)).image == picture)
        }

        @Test(arguments: ImageFormat.allCases) func greyStaysGrey(format: ImageFormat) throws {
            let grey = Image(width: 16, height: 16, channels: 1, repeating: 128 / 255.0)
            let image = try ImageFile.decode(ImageFile.encode(grey, as: format, name: "grey"), name: "grey").image
            // The others know no grey.
            #expect(image.channels == ([.png, .jpeg, .tiff].contains(format) ? 1 : 3))
            #expect(image.samples.allSatisfy { abs($0 - 128 / 255.0) <= 1 / 255 })
        }

        @Test func jpegKeepsTheColourSharp() throws {
            var stripes = Image(width: 64, height: 64, channels: 3)
            for y in 0..<64 {
                for x in 0..<64 { stripes[x, y, x % 2 * 2] = 0.8 }
            }
            try ImageFile.write(stripes, to: folder("a.jpg"))
            #expect(ImageQuality.psnrRGB(try ImageFile.read(folder("a.jpg")).image, stripes) > 35)
            #expect(ImageQuality.psnrRGB(try ImageFile.jpegRoundTrip(stripes, quality: 95), stripes) < 20)
        }

        @Test func jpegRoundTripFollowsItsQuality() throws {
            let quality = try [20, 60, 95].map { ImageQuality.psnrY(try ImageFile.jpegRoundTrip(picture, quality: $0), picture) }
            #expect(quality[0] < quality[1] && quality[1] < quality[2])
            #expect(try ImageFile.jpegRoundTrip(picture, quality: 50) == ImageFile.jpegRoundTrip(picture, quality: 50))
        }

        @Test func valuesOutsideTheRangeAreClipped() throws {
            let image = Image(width: 2, height: 2, channels: 1, samples: [-3, 7, .nan, 0.5])
            #expect(try ImageFile.decode(ImageFile.encode(image, as: .png, name: "a"), name: "a").image == image.rounded8Bit())
        }

        @Test func anExistingFileIsKept() throws {
            let path = try folder.file("a.png", [1, 2, 3])
            #expect(refusal { try ImageFile.write(picture, to: path) } == .exists(path: path))
            #expect(try contents(path) == [1, 2, 3])
            try ImageFile.write(picture, to: path, overwrite: true)
            #expect(try ImageFile.read(path).image == picture)
            #expect(folder.names == ["a.png"])
        }

        @Test func aReplacedFileIsNotServedFromACache() throws {
            for value: Float in [0, 1] {
                let image = Image(width: 4, height: 4, channels: 1, repeating: value)
                try ImageFile.write(image, to: folder("a.png"), overwrite: true)
                #expect(try ImageFile.read(folder("a.png")).image == image)
            }
        }

        @Test func aLinkIsFollowedAndPermissionsAreKept() throws {
            let path = try folder.file("a.png", [1])
            chmod(path, 0o640)
            symlink("a.png", folder("link.png"))
            #expect(refusal { try ImageFile.write(picture, to: folder("link.png")) } == .exists(path: folder("link.png")))
            try ImageFile.write(picture, to: folder("link.png"), overwrite: true)
            #expect(try ImageFile.read(path).image == picture)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(folder.names == ["a.png", "link.png"])
        }

        @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
            let path = try folder.file("a.png", [1, 2, 3])
            let error = refusal {
                try OutputFile.write(path, overwrite: true) { (descriptor) throws(ImagingError) in
                    var byte: UInt8 = 9
                    #expect(Foundation.write(descriptor, &byte, 1) == 1)
                    throw .cannotWrite(path: path, reason: "the disk is full")
                }
            }
            #expect(error == .cannotWrite(path: path, reason: "the disk is full"))
            #expect(try contents(path) == [1, 2, 3])
            #expect(folder.names == ["a.png"])
        }

        @Test func anotherProgramThatWasFasterIsNotOverwritten() throws {
            let path = folder("a.png")
            let error = refusal {
                try OutputFile.write(path, overwrite: false) { (_) throws(ImagingError) in
                    _ = try? folder.file("a.png", [7])
                }
            }
            #expect(error == .exists(path: path))
            #expect(try contents(path) == [7])
            #expect(folder.names == ["a.png"])
        }

        @Test func destinationsThatCannotBe() throws {
            for name in ["photo", "photo.xyz", "photo.gif"] {
                guard case .unsupported = refusal({ try ImageFile.write(picture, to: folder(name)) }) else { throw Unexpected() }
            }
            guard case .cannotWrite = refusal({ try ImageFile.write(picture, to: folder("absent/a.png")) }) else { throw Unexpected() }
            mkdir(folder("folder.png"), 0o755)
            #expect(
                refusal { try ImageFile.write(picture, to: folder("folder.png"), overwrite: true) }
                    == .cannotWrite(path: folder("folder.png"), reason: "it is a folder"))
            let file = try folder.file("file", [1])
            guard case .cannotWrite = refusal({ try ImageFile.write(picture, to: file + "/a.png") }) else { throw Unexpected() }
        }

        @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere")) func aReadOnlyFolder() throws {
            chmod(folder.path, 0o500)
            guard case .cannotWrite = refusal({ try ImageFile.write(picture, to: folder("a.png")) }) else { throw Unexpected() }
        }

        @Test func sidesThatAFormatCannotHold() throws {
            let wide = Image(width: 16_384, height: 1, channels: 1)
            guard case .unsupported = refusal({ try ImageFile.write(wide, to: folder("a.webp")) }) else { throw Unexpected() }
            #expect(folder.names.isEmpty)
        }

        @Test func theLibraryTellsItsVersion() {
            #expect(ImageLibrary.version.hasPrefix("8."))
        }
    }
}
