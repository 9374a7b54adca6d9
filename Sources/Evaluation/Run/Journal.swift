import Files
import Foundation
import NeuralNetworks

/// The folder of one evaluation: results as they come, so that an interrupted run loses at most the item in hand.
///
///     settings.json     what decides the numbers
///     items.jsonl       one line per item
///     pictures/         of the worst items of each row
///
/// Everything is written by one process at a time.
public final class Journal {
    /// What must be the same for results to stand in one table.
    struct Identity: Codable, Equatable {
        var protocolName: EvaluationProtocol
        var seed: UInt64
        var draws: String
        var corruption: NoiseAndCompression?
        /// SHA-256 of the weights by method and scale: "kenet+usrnet-tiny ×2".
        var weights: [String: [String]]
    }

    public let path: String
    /// What is there already.
    private(set) var items: [EvaluationItem]
    private let file: FileHandle
    private let pictures: PictureShelf

    /// Opens a folder and makes it where it is missing.
    ///
    /// - Parameter resume: Whether results may be in it; they are then kept and not computed again.
    /// - Throws: ``EvaluationError/results(_:reason:)``, `AtomicFileError`.
    init(path: String, identity: Identity, resume: Bool) throws {
        self.path = path
        let settings = path + "/settings.json"
        var identity = identity
        if let data = FileManager.default.contents(atPath: settings) {
            guard resume else {
                throw EvaluationError.results(path, reason: "it holds results; --resume goes on with them, --force drops them")
            }
            guard let old = try? JSONDecoder().decode(Identity.self, from: data) else {
                throw EvaluationError.results(settings, reason: "it cannot be read")
            }
            try Self.check(old, fits: identity, path: path)
            identity.weights.merge(old.weights) { new, _ in new }
        }
        do {
            try FileManager.default.createDirectory(atPath: path + "/pictures", withIntermediateDirectories: true)
        } catch {
            throw EvaluationError.results(path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
        try AtomicFile.write([UInt8](ReportCoding.encode(identity)), to: settings)
        // A line that was cut short is dropped, and with it what it holds.
        let lines = path + "/items.jsonl"
        items = try Self.items(lines)
        try AtomicFile.write(items.flatMap { try [UInt8](ReportCoding.encode($0)) + [UInt8(ascii: "\n")] }, to: lines)
        guard let file = FileHandle(forWritingAtPath: lines) else { throw EvaluationError.results(lines, reason: "it cannot be written") }
        try file.seekToEnd()
        self.file = file
        pictures = PictureShelf(folder: path + "/pictures")
    }

    deinit { try? file.close() }

    private static func check(_ old: Identity, fits new: Identity, path: String) throws(EvaluationError) {
        func demand(_ condition: Bool, _ what: String) throws(EvaluationError) {
            guard condition else { throw .results(path, reason: "it was made with \(what); use another folder, or --force to start anew") }
        }
        try demand(old.protocolName == new.protocolName, "the protocol \(old.protocolName)")
        try demand(old.seed == new.seed && old.draws == new.draws, "other draws: \(old.draws)")
        try demand(old.corruption == new.corruption, "\(old.corruption ?? NoiseAndCompression())")
        for (method, hashes) in old.weights {
            if let now = new.weights[method] { try demand(now == hashes, "other weights for \(method)") }
        }
    }

    private static func items(_ path: String) throws -> [EvaluationItem] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        return try lines.enumerated().compactMap { index, line in
            if let item = try? ReportCoding.decode(EvaluationItem.self, from: Data(line)) { return item }
            guard index == lines.count - 1, data.last != UInt8(ascii: "\n") else {
                throw EvaluationError.results(path, reason: "line \(index + 1) is damaged")
            }
            return nil
        }
    }

    /// Writes an item to the disk, and its pictures where it is among the worst of its row.
    func append(_ item: EvaluationItem, pictures make: () throws -> ItemPictures?) throws {
        do {
            try file.write(contentsOf: ReportCoding.encode(item) + [UInt8(ascii: "\n")])
        } catch {
            throw EvaluationError.results(path, reason: "nothing more can be written: \(error.localizedDescription)")
        }
        try pictures.offer(item, among: items, make)
        items.append(item)
    }

    /// The pictures of the worst items of each row among `items`, as far as they are here.
    public static func pictures(in folder: String, of items: [EvaluationItem]) -> [ItemPictures] {
        PictureShelf(folder: folder + "/pictures").pictures(of: PictureShelf.worst(of: items))
    }

    /// Removes a folder that an evaluation made, and nothing else.
    public static func remove(_ path: String) throws(EvaluationError) {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else { return }
        let names = (try? manager.contentsOfDirectory(atPath: path)) ?? []
        guard names.isEmpty || names.contains("settings.json") else { throw .results(path, reason: "this is no folder of an evaluation") }
        for name in ["items.jsonl", "pictures", "settings.json"] { try? manager.removeItem(atPath: path + "/" + name) }
        if ((try? manager.contentsOfDirectory(atPath: path)) ?? ["?"]).isEmpty { try? manager.removeItem(atPath: path) }
    }
}

/// How results are written: sorted keys, infinities as text.
enum ReportCoding {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(value)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: data)
    }
}
