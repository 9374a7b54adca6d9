import Imaging
import Pixels
import Testing

extension ImagingTests {
    @Suite struct Reading {
        @Test func greyStaysOneChannel() throws {
            let rows: [[UInt8]] = [[0, 51], [102, 255]]
            let decoded = try ImageFile.decode(PNGBytes.file(width: 2, height: 2, colour: .grey, rows: rows), name: "grey")
            #expect(decoded.image == Image(width: 2, height: 2, channels: 1, samples: [0, 0.2, 0.4, 1]))
            #expect(decoded.format == .png && decoded.bitsPerSample == 8)
        }

        @Test func oneBitGreyIsBlackAndWhite() throws {
            let bytes = PNGBytes.file(width: 8, height: 1, bits: 1, colour: .grey, rows: [[0b1010_0011]])
            let image = try ImageFile.decode(bytes, name: "bits").image
            #expect(image == Image(width: 8, height: 1, channels: 1, samples: [1, 0, 1, 0, 0, 0, 1, 1]))
        }

        @Test func sixteenBitsKeepTheirPrecision() throws {
            let bytes = PNGBytes.file(width: 2, height: 1, bits: 16, colour: .grey, rows: [[0x12, 0x34, 0xFF, 0xFF]])
            let decoded = try ImageFile.decode(bytes, name: "deep")
            #expect(decoded.image.samples == [Float(0x1234) / 65_535, 1])
            #expect(decoded.bitsPerSample == 16)
        }

        @Test func sixteenBitTIFFKeepsItsPrecision() throws {
            let data: [UInt8] = [0x01, 0x00, 0x00, 0x80, 0xFF, 0xFF]
            let bytes = TIFFBytes.file(width: 1, height: 1, samplesPerPixel: 3, bits: 16, photometric: .rgb, data: data)
            #expect(try ImageFile.decode(bytes, name: "deep").image.samples == [1 / 65_535, Float(0x8000) / 65_535, 1])
        }

        @Test func aPaletteBecomesRGB() throws {
            let bytes = PNGBytes.file(
                width: 3, height: 1, colour: .palette, palette: [255, 0, 0, 0, 255, 0, 0, 0, 51], rows: [[2, 0, 1]])
            let image = try ImageFile.decode(bytes, name: "palette").image
            #expect(image == Image(width: 3, height: 1, channels: 3, samples: [0, 1, 0, 0, 0, 1, 0.2, 0, 0]))
        }

        @Test func transparencyIsLaidOntoWhite() throws {
            let row: [UInt8] = [255, 0, 0, 255, 10, 20, 30, 0]
            let image = try ImageFile.decode(PNGBytes.file(width: 2, height: 1, colour: .rgba, rows: [row]), name: "alpha").image
            #expect(image == Image(width: 2, height: 1, channels: 3, samples: [1, 1, 0, 1, 0, 1]))
        }

        @Test func deepTransparencyIsLaidOntoWhite() throws {
            let row = [UInt8](repeating: 0x40, count: 6) + [0, 0] + [0x12, 0x34, 0, 0, 0, 0, 0xFF, 0xFF]
            let bytes = PNGBytes.file(width: 2, height: 1, bits: 16, colour: .rgba, rows: [row])
            let image = try ImageFile.decode(bytes, name: "alpha").image
            #expect(image.samples == [1, Float(0x1234) / 65_535, 1, 0, 1, 0])
        }

        @Test func printColoursBecomeRGB() throws {
            // No ink, full black ink, full cyan ink.
            let data: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0]
            let bytes = TIFFBytes.file(width: 3, height: 1, samplesPerPixel: 4, bits: 8, photometric: .cmyk, data: data)
            let image = try ImageFile.decode(bytes, name: "print").image
            #expect(image.channels == 3)
            #expect((0..<3).allSatisfy { image[0, 0, $0] > 0.97 && image[1, 0, $0] < 0.3 })
            #expect(image[2, 0, 0] < 0.3 && image[2, 0, 2] > 0.6)
        }

        @Test(arguments: ImageFormat.allCases) func onePixelIsAnImage(format: ImageFormat) throws {
            let bytes = try ImageFile.encode(Image(width: 1, height: 1, channels: 3, repeating: 1), as: format, name: "pixel")
            let decoded = try ImageFile.decode(bytes, name: "pixel")
            #expect(decoded.format == format)
            #expect(largestDifference(decoded.image, Image(width: 1, height: 1, channels: 3, repeating: 1)) <= 1 / 255)
        }

        @Test(arguments: Orientation.allCases) func orientationIsApplied(orientation: Orientation) throws {
            let upright = gradient(width: 48, height: 32)
            let stored = stored(upright, orientation)
            let plain = try ImageFile.encode(stored, as: .jpeg, options: EncodingOptions(quality: 100), name: "photo")
            let decoded = try ImageFile.decode(withOrientation(plain, orientation), name: "photo")
            #expect(largestDifference(decoded.image, upright) < 0.03)
        }

        /// How a camera that was held so stores the picture: the inverse of what the EXIF number asks for.
        private func stored(_ upright: Image, _ orientation: Orientation) -> Image {
            let swaps = orientation.rawValue >= 5
            let (w, h) = (upright.width, upright.height)
            var stored = Image(width: swaps ? h : w, height: swaps ? w : h, channels: 3)
            for y in 0..<stored.height {
                for x in 0..<stored.width {
                    let (right, bottom) = (stored.width - 1 - x, stored.height - 1 - y)
                    let (u, v) =
                        switch orientation {
                        case .upright: (x, y)
                        case .mirroredHorizontally: (right, y)
                        case .turnedHalf: (right, bottom)
                        case .mirroredVertically: (x, bottom)
                        case .transposed: (y, x)
                        case .turnedClockwise: (bottom, x)
                        case .transversed: (bottom, right)
                        case .turnedCounterclockwise: (y, right)
                        }
                    for c in 0..<3 { stored[x, y, c] = upright[u, v, c] }
                }
            }
            return stored
        }

        /// A JPEG with an EXIF segment that holds nothing but the orientation.
        private func withOrientation(_ jpeg: [UInt8], _ orientation: Orientation) -> [UInt8] {
            let tiff: [UInt8] =
                [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation.rawValue), 0, 0]
                + [0, 0, 0, 0]
            let body = Array("Exif".utf8) + [0, 0] + tiff
            return Array(jpeg.prefix(2)) + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + jpeg.dropFirst(2)
        }
    }
}
