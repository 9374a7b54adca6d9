import BlindSR
import Files
import Foundation
import Imaging
import NeuralNetworks
import Pixels

/// Where a kernel map is written: numbers (`.json`) or a picture over the photo.
struct KernelMapOutput {
    private let path: String
    private let overwrite: Bool

    private var isJSON: Bool { (path as NSString).pathExtension.lowercased() == "json" }

    /// Checks what can be known beforehand.
    ///
    /// - Parameter other: An output of the same command, which needs another name.
    /// - Throws: ``Failure``.
    init(_ path: String, input: String, other: String?, overwrite: Bool) throws(Failure) {
        self.path = path
        self.overwrite = overwrite
        if let written = FileIdentity(path), written == FileIdentity(input) {
            throw Failure(.cannotWrite, "\(path): this is the input itself; it would be lost")
        }
        if let other, URL(fileURLWithPath: other).standardizedFileURL == URL(fileURLWithPath: path).standardizedFileURL {
            throw Failure(.usage, "\(path): the map and the kernel need different names")
        }
        guard isJSON || ImageFormat(pathExtension: path) != nil else {
            throw Failure(.usage, "\(path): a map is written as .json, its picture as .png, .jpg, .webp or .tif")
        }
        try Destination.check(path, overwrite: overwrite)
    }

    /// Throws ``Failure``.
    func write(_ map: KernelMap, photo: Image, scale: Int) throws(Failure) {
        do {
            if isJSON {
                try AtomicFile.write(Array("\(map.json(scale: scale))\n".utf8), to: path, replacing: overwrite)
            } else {
                try ImageFile.write(KernelMapSheet(map, photo: photo).render(), to: path, overwrite: overwrite)
            }
        } catch { throw Failure.writing(error) }
    }
}

extension KernelMap {
    /// All numbers. `x` and `y` are LR pixels of the photo, the first pixel reaches from 0 to 1; `error` is the expected error of the
    /// standard deviations as a share of them.
    func json(scale: Int) -> JSONText {
        let cells = cells.enumerated().map { index, cell in
            let place = middle(of: index)
            return JSONText.object([
                ("x", .number(place.x)), ("y", .number(place.y)),
                ("eigenvalues", .array([.number(cell.blur.variance1), .number(cell.blur.variance2)])),
                ("angle", .number(cell.blur.degrees)), ("error", .number(cell.error)),
            ])
        }
        return .object([
            ("version", .integer(1)), ("scale", .integer(scale)), ("width", .integer(width)), ("height", .integer(height)),
            ("columns", .integer(columns)), ("rows", .integer(rows)), ("uniform", .boolean(isUniform)),
            ("kernelSize", .integer(kernelSize)), ("cells", .array(cells)),
        ])
    }

    /// The map in short, for a line of JSON.
    var summary: JSONText {
        .object([
            ("columns", .integer(columns)), ("rows", .integer(rows)), ("uniform", .boolean(isUniform)),
            ("deviations", .array([.number(deviations.lowerBound), .number(deviations.upperBound)])),
        ])
    }

    /// The range of the standard deviations for people.
    var range: String { String(format: "%.2f–%.2f px", deviations.lowerBound, deviations.upperBound) }

    /// The map in words.
    var text: String {
        isUniform ? "the photo does not show that its blur varies" : "σ \(range) over a map of \(columns)×\(rows) cells"
    }
}
