import Testing

@testable import Imaging

@Suite struct XMPPacketTests {
    private func described(_ text: String) -> String {
        String(decoding: XMPPacket(Array(text.utf8)).described(width: 4000, height: 300).bytes, as: UTF8.self)
    }

    @Test func numbersAreSet() {
        #expect(described(#"<a tiff:Orientation="6" tiff:ImageWidth='9'/>"#) == #"<a tiff:Orientation="1" tiff:ImageWidth='4000'/>"#)
        #expect(described("<exif:PixelYDimension>1234</exif:PixelYDimension>") == "<exif:PixelYDimension>300</exif:PixelYDimension>")
        for text in [#"tiff:Orientation="left""#, "tiff:Orientation=6", "tiff:Orientation", #"<a tiff:ImageWidth=""#, ""] {
            #expect(described(text) == text)
        }
    }

    @Test func thumbnailsAreRemoved() {
        #expect(described("<a><xmp:Thumbnails><b/></xmp:Thumbnails>c<xap:Thumbnails></xap:Thumbnails></a>") == "<a>c</a>")
        #expect(described("<a><xmp:Thumbnails><b/></a>") == "<a><xmp:Thumbnails><b/></a>")
    }

    /// Four megabytes of what is changed; to read or move the rest for each of them would take minutes.
    @Test(.timeLimit(.minutes(1))) func aPacketFullOfStatements() {
        let count = 73_000
        let packet = String(repeating: #"<a tiff:ImageWidth="1"/><xmp:Thumbnails>2</xmp:Thumbnails>"#, count: count)
        let isRight = described(packet) == String(repeating: #"<a tiff:ImageWidth="4000"/>"#, count: count)
        #expect(isRight)
    }
}
