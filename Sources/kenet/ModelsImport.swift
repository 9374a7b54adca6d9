import ArgumentParser
import BlindSR
import Evaluation
import Foundation
import NeuralNetworks

extension Models {
    /// `kenet models import`: official weights become weight files of this program.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import a PyTorch checkpoint or a safetensors file.",
            discussion: """
                USRNet, KENet, RCAN, SRMD, DAN and the flow of FKP, in any width, are recognised by their keys and shapes. The checkpoint \
                is read, never executed.
                """)

        @Argument(help: ArgumentHelp("The .pth, .pt or .safetensors file.", valueName: "file"))
        var file: String

        @Option(help: "The name of the weights (default: the file's).")
        var name: String?

        @Option(name: .shortAndLong, help: "The weight file that is written (default: NAME.safetensors in the user's own folder).")
        var output: String?

        @Option(help: ArgumentHelp("The kernel basis of an SRMD checkpoint, which its authors keep apart.", valueName: "file.mat"))
        var pca: String?

        @Flag(help: "Replace a weight file that exists.")
        var force = false

        func validate() throws {
            let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "._-+"))
            if let name, name.isEmpty || name.hasPrefix(".") || !name.unicodeScalars.allSatisfy(allowed.contains) {
                throw ValidationError("A name consists of letters, digits and . _ - +.")
            }
        }

        func run() throws {
            guard FileManager.default.fileExists(atPath: file) else { throw Failure(.noInput, "\(file): there is no such file") }
            let name = name ?? ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            let target = try output ?? Self.place(of: name)
            if let written = FileIdentity(target), written == FileIdentity(file) {
                throw Failure(.cannotWrite, "\(target): this is the input itself; it would be lost")
            }
            try Destination.check(target, overwrite: force)
            let card: WeightCard
            do {
                let basis = try pca.map { try KernelBasisFile.read($0) }
                card = try WeightImport(contentsOf: file, adding: [basis].compactMap(\.self)).write(name: name, to: target)
            } catch let error as WeightError {
                throw Failure(.badData, "\(error)")
            }
            let console = Console()
            try console.result(card.path)
            console.note(Console.printable("\(card.title), \(card.parameterCount) parameters; used with --weights \(output ?? name)"))
        }

        /// The file in the user's folder, which is made where it is missing.
        private static func place(of name: String) throws -> String {
            let folder = try ModelStore.ofThisProcess().importFolder
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw Failure(.cannotWrite, "\(folder): the folder cannot be made")
            }
            return "\(folder)/\(name).safetensors"
        }
    }

    /// `kenet models verify`: are the weight files what their cards say?
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check weight files: every value, and the SHA-256 that the card beside a file names.")

        @Argument(help: ArgumentHelp("Names or paths (default: all that are found).", valueName: "weights"))
        var names: [String] = []

        func run() throws {
            let store = try ModelStore.ofThisProcess()
            let console = Console()
            var failed = 0
            let paths = names.isEmpty ? store.files : try names.map { try store.card(named: $0).path }
            guard !paths.isEmpty else { throw Failure(ModelError.notFound(what: "any system", folders: store.folders)) }
            for path in paths {
                do {
                    let card = try WeightCard(path: path)
                    try card.verify()
                    let hash = try card.hash()
                    if let stated = Self.statedHashes(beside: path), !stated.contains(hash) {
                        throw ModelError.unusable(path: path, reason: "its SHA-256 is \(hash), which is not what its card says")
                    }
                    try console.result(Console.printable("ok  \(hash)  \(card.path)"))
                } catch {
                    console.fail(Failure(error).message)
                    failed += 1
                }
            }
            if failed > 0 { throw Failure(.unavailable, "\(failed) of \(paths.count) weight files cannot be used") }
        }

        /// The hashes in the card `NAME.md` beside a file; nil where there is no card or no hash in it.
        private static func statedHashes(beside path: String) -> [String]? {
            let card = (path as NSString).deletingPathExtension + ".md"
            guard let text = try? String(contentsOfFile: card, encoding: .utf8) else { return nil }
            let words = text.lowercased().split { !$0.isHexDigit }.filter { $0.count == 64 }.map(String.init)
            return words.isEmpty ? nil : words
        }
    }
}
