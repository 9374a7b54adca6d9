import Foundation
import Imaging
import Pixels
import Testing

extension ImagingTests {
    /// What a file carries beside its pixels, judged by exiftool.
    @Suite(.enabled(if: ExifTool.isThere, ExifTool.absence)) struct Carrying {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// Restores a file by plain interpolation and writes it in another format.
        @discardableResult
        private func enlarge(_ path: String, to name: String, options: EncodingOptions = .default) throws -> Photo {
            let photo = try ImageFile.read(path)
            try ImageFile.write(photo.finished(photo.colour.enlargedOnModelGrid(scale: 2), scale: 2), to: folder(name), options: options)
            return photo
        }

        /// A photo as a camera writes it, held on its side: 48 × 32 stored.
        private func cameraPhoto() throws -> String {
            let path = folder("camera.jpg")
            try ImageFile.write(gradient(width: 48, height: 32), to: path)
            let thumbnail = folder("thumbnail.jpg")
            try ImageFile.write(gradient(width: 12, height: 8), to: thumbnail)
            try ExifTool.write(
                [
                    "-Make=Acme", "-Model=X1", "-LensModel=50 mm", "-DateTimeOriginal=2020:01:02 03:04:05", "-OffsetTimeOriginal=+02:00",
                    "-GPSLatitude=48.1", "-GPSLatitudeRef=N", "-Copyright=Jane Doe", "-Orientation#=6", "-ExifImageWidth=48",
                    "-ExifImageHeight=32", "-IFD0:ImageWidth=48", "-IFD0:ImageHeight=32", "-XResolution=240", "-YResolution=240",
                    "-ResolutionUnit=inches",
                    "-ThumbnailImage<=\(thumbnail)",
                    "-XMP-dc:Title=Otters", "-XMP-tiff:Orientation#=6", "-XMP-exif:ExifImageWidth=48", "-XMP-exif:ExifImageHeight=32",
                    "-IPTC:Caption-Abstract=By the river",
                ], to: path)
            let tags = try ExifTool.tags(path)
            try #require(tags["IFD1:ThumbnailLength"] != nil && tags["XMP-tiff:Orientation"] as? Int == 6)
            return path
        }

        @Test(arguments: ["jpg", "png", "webp", "avif", "heic"]) func whatACameraWrote(type: String) throws {
            try enlarge(cameraPhoto(), to: "result." + type)
            let tags = try ExifTool.tags(folder("result." + type))
            let expected: [String: String] = [
                "IFD0:Make": "Acme", "IFD0:Model": "X1", "ExifIFD:LensModel": "50 mm", "ExifIFD:DateTimeOriginal": "2020:01:02 03:04:05",
                "ExifIFD:OffsetTimeOriginal": "+02:00", "IFD0:Copyright": "Jane Doe", "XMP-dc:Title": "Otters",
            ]
            for (name, value) in expected { #expect(tags[name] as? String == value, "\(name)") }
            #expect(tags["IFD0:Orientation"] as? Int ?? 1 == 1 && tags["XMP-tiff:Orientation"] as? Int == 1)
            #expect(tags["GPS:GPSLatitude"] as? Double == 48.1)
            // Upright and enlarged.
            #expect(tags["ExifIFD:ExifImageWidth"] as? Int == 64 && tags["ExifIFD:ExifImageHeight"] as? Int == 96)
            #expect(tags["IFD0:ImageWidth"] as? Int == 64 && tags["IFD0:ImageHeight"] as? Int == 96)
            #expect(tags["XMP-exif:ExifImageWidth"] as? Int == 64 && tags["XMP-exif:ExifImageHeight"] as? Int == 96)
            #expect(tags["IFD0:XResolution"] as? Int == 240 && tags["IFD0:ResolutionUnit"] as? Int == 2)
            #expect(tags["IFD1:ThumbnailLength"] == nil && tags["IFD1:ThumbnailImage"] == nil)
            if type == "jpg" { #expect(tags["IPTC:Caption-Abstract"] as? String == "By the river") }
            let losses = try ImageFile.read(folder("camera.jpg")).losses(in: #require(ImageFormat(name: type)))
            #expect(losses.count == (type == "jpg" ? 0 : 1))
        }

        @Test func captionsGoIntoTIFFAndBack() throws {
            try enlarge(cameraPhoto(), to: "result.tif")
            let tags = try ExifTool.tags(folder("result.tif"))
            // exiftool numbers IPTC data that lie in Photoshop's blocks alone.
            #expect(tags["XMP-dc:Title"] as? String == "Otters" && tags["IPTC2:Caption-Abstract"] as? String == "By the river")
            #expect(tags["IFD0:Orientation"] as? Int ?? 1 == 1 && tags["IFD0:XResolution"] as? Int == 240)
            #expect(tags["ExifTool:Warning"] == nil)
            try enlarge(folder("result.tif"), to: "again.jpg")
            #expect(try ExifTool.tags(folder("again.jpg"))["IPTC:Caption-Abstract"] as? String == "By the river")
        }

        @Test func theEXIFOfATIFFIsMissedAloud() throws {
            try ImageFile.write(gradient(width: 8, height: 8), to: folder("a.tif"))
            #expect(try ImageFile.read(folder("a.tif")).warnings.isEmpty)
            try ExifTool.write(["-LensModel=50 mm"], to: folder("a.tif"))
            #expect(try ImageFile.read(folder("a.tif")).warnings == ["its EXIF data are not read from TIFF"])
        }

        @Test(arguments: Orientation.allCases) func orientationIsReset(orientation: Orientation) throws {
            let path = folder("a.jpg")
            try ImageFile.write(gradient(width: 48, height: 32), to: path)
            try ExifTool.write(["-Orientation#=\(orientation.rawValue)", "-XResolution=100", "-YResolution=200"], to: path)
            let isTurned = orientation.rawValue >= 5
            try enlarge(path, to: "b.jpg")
            let tags = try ExifTool.tags(folder("b.jpg"))
            #expect(tags["IFD0:Orientation"] as? Int == 1)
            #expect(tags["File:ImageWidth"] as? Int == (isTurned ? 64 : 96))
            #expect(tags["IFD0:XResolution"] as? Int == (isTurned ? 200 : 100))
        }

        @Test func withoutMetadataThereIsTheProfileAlone() throws {
            let path = try cameraPhoto()
            let profile = try folder.file("p3.icc", ProfileBytes.displayP3)
            try ExifTool.write(["-icc_profile<=\(profile)"], to: path)
            for type in ["jpg", "png", "webp", "tif", "avif", "heic"] {
                try enlarge(path, to: "result." + type, options: EncodingOptions(stripsMetadata: true))
                let tags = try ExifTool.tags(folder("result." + type))
                #expect(tags.keys.allSatisfy { !$0.hasPrefix("GPS") && !$0.hasPrefix("XMP-dc") && !$0.hasPrefix("IPTC") }, "\(type)")
                #expect(tags["IFD0:Make"] == nil && tags["ExifIFD:DateTimeOriginal"] == nil)
                #expect(try ExifTool.bytes("-icc_profile", of: folder("result." + type)) == ProfileBytes.displayP3)
            }
        }

        @Test(arguments: ImageFormat.allCases, ["png", "jpg", "tif"]) func aColourProfile(to format: ImageFormat, from type: String) throws
        {
            let picture = gradient(width: 40, height: 30)
            let path = folder("a." + type)
            try ImageFile.write(picture, to: path, options: EncodingOptions(quality: 100))
            try ExifTool.write(["-icc_profile<=\(try folder.file("p3.icc", ProfileBytes.displayP3))"], to: path)
            let photo = try enlarge(path, to: "b." + format.pathExtension)
            // The numbers are the photo's own.
            #expect(largestDifference(photo.colour, picture) < 0.02 && photo.metadata.profile == ProfileBytes.displayP3)
            #expect(try ExifTool.bytes("-icc_profile", of: folder("b." + format.pathExtension)) == ProfileBytes.displayP3)
        }

        @Test func sixteenBitsAndGrey() throws {
            let row: [UInt8] = [0x12, 0x34, 0xFF, 0xFE, 0x00, 0x01]
            let path = try folder.file("deep.png", PNGBytes.file(width: 3, height: 1, bits: 16, colour: .grey, rows: [row]))
            for type in ["png", "tif"] {
                try enlarge(path, to: "b." + type)
                let tags = try ExifTool.tags(folder("b." + type))
                #expect((tags["PNG:BitDepth"] ?? tags["IFD0:BitsPerSample"]) as? Int == 16)
                #expect((tags["PNG:ColorType"] as? Int ?? 0) == 0 && tags["IFD0:SamplesPerPixel"] as? Int ?? 1 == 1)
                // On the model's grid every second pixel is the photo's.
                let image = try ImageFile.read(folder("b." + type)).colour
                #expect(image.channels == 1 && [0, 2, 4].map { image[$0, 0, 0] } == [0x1234, 0xFFFE, 0x0001].map { Float($0) / 65_535 })
            }
        }
    }
}
