import BlindSR
import Foundation
import Imaging
import Pixels

/// The pictures of one item of a report: crops of the same place of at most 128 HR pixels a side, and both kernels.
public struct ItemPictures: Codable, Sendable {
    public struct File: Codable, Sendable {
        public let name: String
        public let mimeType: String
        public let bytes: Data
    }

    public let key: EvaluationItem.Key
    /// Where the crop's top-left pixel lies in the HR image.
    public let x: Int
    public let y: Int
    /// JPEG files by what they show, `lr` (enlarged by repeating pixels), `result`, `hr`; PNG files `true` and `estimate` of the kernels. What does
    /// not apply is not there.
    public let files: [File]

    init(key: EvaluationItem.Key, x: Int, y: Int, files: [File]) {
        self.key = key
        self.x = x
        self.y = y
        self.files = files
    }

    private static let side = 128

    /// Cuts out the place where the result is worst. Nil where nothing was restored.
    init?(_ item: EvaluationItem, _ test: TestCase, _ outcome: Method.Outcome) throws(ImagingError) {
        guard let result = outcome.result else { return nil }
        key = item.key
        let place = Self.worstPlace(result, test.hr, multipleOf: test.scale)
        (x, y) = (place.x, place.y)
        let small = Rectangle(
            x: x / test.scale, y: y / test.scale, width: place.width / test.scale, height: place.height / test.scale)
        let pixels = Image(test.lr.cropped(small), repeatedBy: test.scale)
        var files: [File] = []
        for (name, image) in [("lr", pixels), ("result", result.cropped(place)), ("hr", test.hr.cropped(place))] {
            let bytes = try ImageFile.encode(image, as: .jpeg, options: EncodingOptions(quality: 92), name: name)
            files.append(File(name: name, mimeType: "image/jpeg", bytes: Data(bytes)))
        }
        for (name, kernel) in [("true", test.kernel), ("estimate", outcome.estimate?.kernel)] {
            guard let kernel else { continue }
            let bytes = try ImageFile.encode(KernelPicture(kernel).render(), as: .png, name: name)
            files.append(File(name: name, mimeType: "image/png", bytes: Data(bytes)))
        }
        self.files = files
    }

    /// The window with the largest squared error, on a grid of a quarter of its side.
    private static func worstPlace(_ a: Image, _ b: Image, multipleOf scale: Int) -> Rectangle {
        let (width, height) = (min(side, a.width) / scale * scale, min(side, a.height) / scale * scale)
        let step = side / 4 / scale * scale
        func starts(_ length: Int, _ window: Int) -> [Int] {
            Array(stride(from: 0, to: length - window, by: step)) + [(length - window) / scale * scale]
        }
        var worst = (error: -1.0, x: 0, y: 0)
        for y in starts(a.height, height) {
            for x in starts(a.width, width) {
                let place = Rectangle(x: x, y: y, width: width, height: height)
                let error = zip(a.cropped(place).samples, b.cropped(place).samples).reduce(0.0) {
                    $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
                }
                if error > worst.error { worst = (error, x, y) }
            }
        }
        return Rectangle(x: worst.x, y: worst.y, width: width, height: height)
    }
}

extension Image {
    /// Every pixel as a square of `factor` × `factor` equal ones.
    init(_ image: Image, repeatedBy factor: Int) {
        var enlarged = Image(width: image.width * factor, height: image.height * factor, channels: image.channels)
        for channel in 0..<image.channels {
            for y in 0..<enlarged.height {
                for x in 0..<enlarged.width { enlarged[x, y, channel] = image[x / factor, y / factor, channel] }
            }
        }
        self = enlarged
    }
}
