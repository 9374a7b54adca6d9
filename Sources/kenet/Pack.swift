import ArgumentParser
import BlindSR
import Foundation
import Imaging
import Pixels
import Training
import TrainingCommands

/// `kenet pack`: folders of photos become one file that training maps into memory.
struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pack folders of sharp photos for training.",
        discussion: "Photos of all folders below are taken, turned upright, as RGB of 8 bits. What cannot be read is reported and left out."
    )

    @Argument(help: ArgumentHelp("Folders of photos.", valueName: "folder"))
    var folders: [String]

    @Option(name: .shortAndLong, help: "The pack that is written.")
    var output: String

    @Flag(help: "Replace a pack that exists.")
    var force = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func run() throws {
        let console = Console(isQuiet: quiet)
        try Destination.check(output, overwrite: force)
        let photos = try PhotoFolder.photos(in: folders)
        var progress = ProgressLine("checking \(photos.count) photos", console: console)
        var pictures: [(name: String, path: String, width: Int, height: Int)] = []
        for (index, photo) in photos.enumerated() {
            try Interruption.check()
            progress.show(Double(index) / Double(photos.count))
            do throws(ImagingError) {
                let image = try ImageFile.read(photo.path).image
                pictures.append((photo.name, photo.path, image.width, image.height))
            } catch {
                console.warn("\(error); left out")
            }
        }
        progress.clear()
        guard !pictures.isEmpty else { throw Failure(.noInput, "\(folders.joined(separator: ", ")): there is no photo that can be read") }

        progress = ProgressLine("packing \(pictures.count) photos", console: console)
        do {
            try TrainingPack.write(pictures.map { ($0.name, $0.width, $0.height) }, to: output) { index in
                try Interruption.check()
                progress.show(Double(index) / Double(pictures.count))
                return try ImageFile.read(pictures[index].path).image.planar8Bit()
            }
        } catch { throw Failure.writing(error) }
        progress.clear()
        let pixels = pictures.reduce(0) { $0 + $1.width * $1.height }
        console.note(
            "\(pictures.count) photo\(pictures.count == 1 ? "" : "s"), \(String(format: "%.1f", Double(pixels) / 1e6)) megapixels → \(Console.printable(output))"
        )
    }
}

/// Finds photos in folders.
enum PhotoFolder {
    /// The photos below the folders by name, sorted by Unicode code points.
    ///
    /// A name is the path relative to its folder; with several folders it begins with the folder's own name. What is hidden is left out.
    /// - Throws: ``Failure`` for what is no folder, and for two folders of one name.
    static func photos(in folders: [String]) throws(Failure) -> [(name: String, path: String)] {
        var photos: [(name: String, path: String)] = []
        var prefixes: Set<String> = []
        for folder in folders {
            guard FileManager.default.fileExists(atPath: folder) else { throw Failure(.noInput, "\(folder): there is no such folder") }
            guard FileIdentity.isFolder(folder) else { throw Failure(.usage, "\(folder): this is not a folder") }
            var prefix = ""
            if folders.count > 1 {
                prefix = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent + "/"
                guard prefixes.insert(prefix).inserted else {
                    throw Failure(.usage, "\(folder): two folders are called \(prefix.dropLast()); their photos could not be told apart")
                }
            }
            let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            photos += found.filter { ImageFormat(pathExtension: $0) != nil && !"/\($0)".contains("/.") }
                .map { (prefix + $0, (folder as NSString).appendingPathComponent($0)) }.filter { !FileIdentity.isFolder($0.1) }
        }
        return photos.sorted { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) }
    }
}

extension Image {
    /// All samples as 8 bits, red plane first; grey on all three planes.
    fileprivate func planar8Bit() -> [UInt8] {
        let bytes = samples.map { UInt8((min(max($0, 0), 1) * 255).rounded(.toNearestOrEven)) }
        return channels == 3 ? bytes : bytes + bytes + bytes
    }
}
