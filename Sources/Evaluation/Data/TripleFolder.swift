import BlindSR
import Foundation
import Imaging
import Pixels

/// A data set that brings LR images and kernels with it, as DIV2KRK does: `gt`, `lr_x2` and `gt_k_x2`, or `HR`, `LR` and `kernels`.
///
/// Folders are told apart by how their names begin: `gt_k`, `k_` or `kernel` holds kernels, `gt` or `hr` HR images, `lr` LR images. One whose
/// name ends in `x2` is for ×2 alone. Files of one triple have one name, or names with the same last number (`img_7_gt`, `im_7`, `kernel_7`).
struct TripleFolder: Sendable {
    struct Triple: Sendable {
        let name: String
        let hr: String
        let lr: String
        let kernel: String
    }

    private enum Part: CaseIterable {
        case hr, lr, kernel

        /// What a folder of this name holds.
        init?(folder: String) {
            let name = folder.lowercased()
            if ["gt_k", "k_", "kernel"].contains(where: name.hasPrefix) {
                self = .kernel
            } else if ["gt", "hr"].contains(where: name.hasPrefix) {
                self = .hr
            } else if name.hasPrefix("lr") {
                self = .lr
            } else {
                return nil
            }
        }
    }

    private struct Folder {
        let part: Part
        let scale: Int?
        let path: String
    }

    /// Files by what tells that they belong together.
    private struct Partners {
        private let byName: [String: String]
        private let byNumber: [Int: String]

        init(_ files: [(name: String, path: String)]) {
            byName = Dictionary(files.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
            let numbered = files.compactMap { file in TripleFolder.lastNumber(file.name).map { ($0, file.path) } }
            byNumber = Dictionary(numbered, uniquingKeysWith: { first, _ in first })
        }

        /// The file of the same name, else the first one with the same last number.
        subscript(name: String) -> String? { byName[name] ?? TripleFolder.lastNumber(name).flatMap { byNumber[$0] } }
    }

    private let path: String
    /// By the scales that folders are for; under nil those of any other scale. None where one of the three folders is missing.
    private let byScale: [Int?: Result<[Triple], EvaluationError>]

    /// Looks into the folders without reading the files. Nil for a folder that has no such folders in it. Throws
    /// ``EvaluationError/notADataSet(_:reason:)`` where one of the three is missing.
    init?(path: String) throws(EvaluationError) {
        let manager = FileManager.default
        let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted()
        let folders = names.compactMap { name -> Folder? in
            guard manager.isFolder(path + "/" + name), let part = Part(folder: name) else { return nil }
            return Folder(part: part, scale: Self.scale(of: name), path: path + "/" + name)
        }
        let parts = Set(folders.map(\.part))
        guard parts.count > 1 else { return nil }
        guard parts.count == 3 else {
            throw .notADataSet(path, reason: "of the folders with HR images, LR images and kernels one is missing")
        }
        var byScale: [Int?: Result<[Triple], EvaluationError>] = [:]
        for scale in Set(folders.map(\.scale) + [nil]) { byScale[scale] = Self.triples(in: folders, scale: scale, of: path) }
        self.path = path
        self.byScale = byScale
    }

    /// The number behind the last x of a name, if it ends with that.
    private static func scale(of name: String) -> Int? {
        guard let cut = name.lowercased().lastIndex(of: "x") else { return nil }
        return Int(name[name.index(after: cut)...])
    }

    /// Nil where one of the three folders is missing; a failure where an LR image has no partners.
    private static func triples(in folders: [Folder], scale: Int?, of path: String) -> Result<[Triple], EvaluationError>? {
        func files(_ part: Part) -> [(name: String, path: String)]? {
            let fitting = folders.filter { $0.part == part && ($0.scale == nil || $0.scale == scale) }
            guard let folder = fitting.first(where: { $0.scale == scale }) ?? fitting.first else { return nil }
            return FileManager.default.files(in: folder.path) { name in
                ImageFormat(pathExtension: name) != nil || (part == .kernel && KernelInput.canRead(name))
            }
        }
        guard let lr = files(.lr), let hr = files(.hr).map(Partners.init), let kernels = files(.kernel).map(Partners.init) else {
            return nil
        }
        var triples: [Triple] = []
        for image in lr {
            guard let hr = hr[image.name], let kernel = kernels[image.name] else {
                return .failure(.notADataSet(path, reason: "\(image.name) has no HR image or no kernel"))
            }
            triples.append(Triple(name: image.name, hr: hr, lr: image.path, kernel: kernel))
        }
        return .success(triples.sorted { ($0.name.count, $0.name) < ($1.name.count, $1.name) })
    }

    /// The triples at a scale, in the order of the LR images' names.
    func triples(scale: Int) throws(EvaluationError) -> [Triple] {
        guard let found = byScale[scale] ?? byScale[nil] else { throw .notADataSet(path, reason: "it has nothing for ×\(scale)") }
        let triples = try found.get()
        guard !triples.isEmpty else { throw .notADataSet(path, reason: "there are no LR images for ×\(scale)") }
        return triples
    }

    private static func lastNumber(_ name: String) -> Int? {
        name.split { !("0"..."9").contains($0) }.last.flatMap { Int($0) }
    }

    /// Reads one triple. A kernel from MATLAB was used by correlation, as DIV2KRK's are; others are taken as true-convolution kernels.
    func testCase(_ image: String, scale: Int) throws -> TestCase {
        guard let triple = try triples(scale: scale).first(where: { $0.name == image }) else { throw EvaluationError.noDataSet(image) }
        let kernel = try KernelInput.read(triple.kernel)
        let hr = try ImageFile.read(triple.hr).image.rounded8Bit()
        let lr = try ImageFile.read(triple.lr).image.rounded8Bit()
        let (width, height) = (lr.width * scale, lr.height * scale)
        guard hr.width >= width, hr.height >= height, hr.width < width + scale, hr.height < height + scale, hr.channels == lr.channels
        else {
            throw EvaluationError.notADataSet(
                triple.lr, reason: "\(lr.width)×\(lr.height) is not \(hr.width)×\(hr.height) made \(scale) times smaller")
        }
        let isMatlab = KernelInput.isMatlab(triple.kernel)
        return TestCase(
            hr: hr.cropped(x: 0, y: 0, width: width, height: height), lr: lr, kernel: isMatlab ? kernel.rotated180 : kernel, scale: scale)
    }
}
