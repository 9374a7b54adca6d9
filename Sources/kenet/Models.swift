import ArgumentParser
import BlindSR
import Foundation

/// `kenet models`: the weight files that are there.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, import and check weight files.", subcommands: [List.self, Show.self, Import.self, Verify.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the weight files that are found.")

        @Flag(help: "Print one line of JSON per file.")
        var json = false

        func run() throws {
            let store = try ModelStore.ofThisProcess()
            let console = Console()
            for (path, result) in store.list().files {
                switch result {
                case .success(let card): try console.result(json ? "\(try card.json())" : card.line)
                case .failure(let error):
                    if json { try console.result("\(JSONText.object([("path", .string(path)), ("error", .string("\(error)"))]))") }
                    console.fail("\(error)")
                }
            }
            if store.files.isEmpty { throw Failure(ModelError.notFound(what: "any system", folders: store.folders)) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a weight file says of itself.")

        @Argument(help: ArgumentHelp("A name or a path.", valueName: "weights"))
        var name: String

        @Flag(help: "Print one line of JSON.")
        var json = false

        func run() throws {
            let card = try ModelStore.ofThisProcess().card(named: name)
            try Console().result(json ? "\(try card.json())" : try card.page())
        }
    }
}

extension WeightCard {
    /// One line of a list.
    var line: String {
        let score = kernelPSNR.map { String(format: "  kernel PSNR %.1f dB", $0) } ?? ""
        let note = warning == nil ? "" : " (below that of one constant kernel)"
        return Console.printable("\(name)  \(title)  \(parameterCount) parameters\(score)\(note)  \(path)")
    }

    /// Everything, for people.
    func page() throws -> String {
        var lines = [
            "name           \(name)", "network        \(title)", "scales         \(scales.map { "×\($0)" }.joined(separator: ", "))",
            "parameters     \(parameterCount)", "file           \(path)", "SHA-256        \(try hash())",
        ]
        if let summary { lines.append("about          \(summary)") }
        if let source { lines.append("imported from  a file with SHA-256 \(source)") }
        if let kernelPSNR { lines.append("kernel PSNR    \(String(format: "%.2f dB", kernelPSNR))") }
        for (set, values) in scores.sorted(by: { $0.key < $1.key }) {
            let text = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            lines.append("scores         \(set): \(text)")
        }
        if let training { lines.append("training       \(training)") }
        if let warning { lines.append("note           \(warning)") }
        return lines.map(Console.printable).joined(separator: "\n")
    }

    func json() throws -> JSONText {
        .object([
            ("name", .string(name)), ("system", .string(system)), ("scales", .array(scales.map(JSONText.integer))),
            ("parameters", .integer(parameterCount)), ("path", .string(path)), ("sha256", .string(try hash())),
            ("kernelPSNR", kernelPSNR.map(JSONText.number) ?? .null), ("warning", .optional(warning)), ("source", .optional(source)),
        ])
    }
}
