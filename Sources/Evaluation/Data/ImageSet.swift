import BlindSR
import Foundation
import Imaging
import Pixels

/// A folder of test images: HR images that are degraded here, or LR images with their HR images and kernels.
public struct ImageSet: Sendable {
    /// The folder's own name.
    public let name: String
    let content: Content

    enum Content: Sendable {
        /// Paths of HR images.
        case images([(name: String, path: String)])
        /// A folder that brings its own degradations.
        case triples(TripleFolder)
    }

    /// Looks at a folder without reading its images. Throws ``EvaluationError``.
    public init(path: String) throws(EvaluationError) {
        guard FileManager.default.isFolder(path) else { throw .noDataSet(path) }
        name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        if let triples = try TripleFolder(path: path) {
            content = .triples(triples)
        } else {
            let images = FileManager.default.images(in: path)
            guard !images.isEmpty else { throw .notADataSet(path, reason: "it holds neither images nor folders of LR, HR and kernels") }
            content = .images(images)
        }
    }

    /// The images that there are at a scale, in the order of their names.
    func images(scale: Int) throws(EvaluationError) -> [String] {
        switch content {
        case .images(let images): images.map(\.name)
        case .triples(let folder): try folder.triples(scale: scale).map(\.name)
        }
    }

    /// Bytes of an image's HR file, as a measure of the work that it makes.
    func weight(of image: String, scale: Int) -> Double {
        let path: String? =
            switch content {
            case .images(let images): images.first { $0.name == image }?.path
            case .triples(let folder): (try? folder.triples(scale: scale))?.first { $0.name == image }?.hr
            }
        let attributes = path.flatMap { try? FileManager.default.attributesOfItem(atPath: $0) }
        return max(1, Double((attributes?[.size] as? UInt64) ?? 1))
    }

    /// Reads an image and degrades it.
    ///
    /// - Parameter kernel: Left aside where the set brings its own kernels.
    /// - Throws: `ImagingError`, `KernelFileError`, ``EvaluationError/notADataSet(_:reason:)``, `TorchError`.
    func testCase(_ image: String, scale: Int, kernel: BlurKernel?) throws -> TestCase {
        switch content {
        case .images(let images):
            guard let path = images.first(where: { $0.name == image })?.path, let kernel else { throw EvaluationError.noDataSet(image) }
            let hr = try ImageFile.read(path).image.rounded8Bit()
            guard min(hr.width, hr.height) >= scale else {
                throw EvaluationError.notADataSet(
                    path, reason: "an image of \(hr.width)×\(hr.height) cannot be made \(scale) times smaller")
            }
            return try TestCase(degrading: hr, by: kernel, scale: scale)
        case .triples(let folder):
            return try folder.testCase(image, scale: scale)
        }
    }
}

extension FileManager {
    func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The image files of one folder.
    func images(in folder: String) -> [(name: String, path: String)] {
        files(in: folder) { ImageFormat(pathExtension: $0) != nil }
    }

    /// The files of one folder whose names `isWanted`, by name without extension (with it where two would have one name), in the order of their
    /// names.
    func files(in folder: String, where isWanted: (String) -> Bool) -> [(name: String, path: String)] {
        let files = ((try? contentsOfDirectory(atPath: folder)) ?? [])
            .filter { !$0.hasPrefix(".") && isWanted($0) && !isFolder(folder + "/" + $0) }
        let stems = Dictionary(grouping: files) { ($0 as NSString).deletingPathExtension }
        return stems.flatMap { stem, files in files.map { (files.count == 1 ? stem : $0, folder + "/" + $0) } }.sorted { $0.0 < $1.0 }
    }
}
