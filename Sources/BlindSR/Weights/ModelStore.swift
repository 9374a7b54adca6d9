import Foundation

/// The folders in which weight files are looked for, the first before the second.
///
/// They are those of `KENET_WEIGHTS` (several with `:` between them), the user's own (`$XDG_DATA_HOME/kenet` or
/// `~/.local/share/kenet`), `../share/kenet` beside the executable's folder, and `Weights` of the package that the executable was built in.
public struct ModelStore: Sendable {
    /// Paths of the folders; some of them may not exist.
    public let folders: [String]
    /// Where imported weights go: the first folder of `KENET_WEIGHTS`, else the user's own.
    public let importFolder: String

    /// A store over given folders, the first of which takes imports.
    public init(folders: [String]) {
        precondition(!folders.isEmpty, "a store has a folder")
        self.folders = folders
        importFolder = folders[0]
    }

    /// The store that the environment describes.
    ///
    /// - Parameters:
    ///   - environment: The variables of the process.
    ///   - executable: The running program's path, symbolic links resolved or not.
    /// - Throws: ``ModelError/noFolder(path:)`` where `KENET_WEIGHTS` names something that is not a folder.
    public init(environment: [String: String], executable: String) throws(ModelError) {
        let named = (environment["KENET_WEIGHTS"] ?? "").split(separator: ":").map(String.init)
        for folder in named where !Self.isFolder(folder) { throw .noFolder(path: folder) }
        let home = environment["HOME"] ?? NSHomeDirectory()
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/share"
        let real = URL(fileURLWithPath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = real.deletingLastPathComponent().appendingPathComponent("share/kenet").path
        let folders = named + [data + "/kenet", installed] + (Self.packageFolder(above: real).map { [$0] } ?? [])
        self.init(folders: folders.enumerated().filter { !folders[..<$0.offset].contains($0.element) }.map(\.element))
    }

    /// `Weights` of the nearest folder upwards that has it and a package manifest.
    private static func packageFolder(above folder: URL) -> String? {
        var folder = folder
        while folder.path != "/" {
            let weights = folder.appendingPathComponent("Weights").path
            let manifest = folder.appendingPathComponent("Package.swift").path
            if isFolder(weights), FileManager.default.fileExists(atPath: manifest) { return weights }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The weight files of all folders, sorted by name within a folder.
    public var files: [String] {
        folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }.map { folder + "/" + $0 }
        }
    }

    /// What lies in the folders now.
    public func list() -> WeightList { WeightList(self) }

    /// The weights under a path, a file name without extension, or a name. Throws ``ModelError``.
    public func card(named name: String) throws(ModelError) -> WeightCard {
        if name.contains("/") || name.hasSuffix(".safetensors") || Self.isFile(name) {
            guard FileManager.default.fileExists(atPath: name) else { throw .unknownFile(name, folders: folders) }
            return try WeightCard(path: name)
        }
        if let path = folders.map({ "\($0)/\(name).safetensors" }).first(where: Self.isFile) { return try WeightCard(path: path) }
        if let card = list().files.compactMap({ try? $0.card.get() }).first(where: { $0.name == name }) { return card }
        throw .unknownFile(name, folders: folders)
    }

    private static func isFile(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path) && !isFolder(path)
    }
}
