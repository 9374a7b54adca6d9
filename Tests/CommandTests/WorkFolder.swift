import BlindSR
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Torch

/// A folder to work in, removed with everything in it when the value goes.
final class WorkFolder: Sendable {
    let path = NSTemporaryDirectory() + "kenet-command-" + UUID().uuidString
    private let logs = NSTemporaryDirectory() + "kenet-log-" + UUID().uuidString

    init() throws {
        for folder in [path, logs] { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    }

    deinit {
        for folder in [path, logs] { try? FileManager.default.removeItem(atPath: folder) }
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Names and contents of all files, hidden ones included.
    var contents: [String: Data] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return Dictionary(uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: self($0)) ?? Data()) })
    }

    var names: [String] { contents.keys.sorted() }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: self(name))) }

    /// Writes a picture with edges, slopes and some noise; the extension decides its format.
    @discardableResult
    func photo(_ name: String, _ width: Int = 24, _ height: Int = 20, channels: Int = 3) throws -> Image {
        var image = Image(width: width, height: height, channels: channels)
        var random = CounterRandom(seed: UInt64(width * height), index: 0)
        for c in 0..<channels {
            for y in 0..<height {
                for x in 0..<width {
                    let slope = Float(x + c * y) / Float(width + 2 * height)
                    image[x, y, c] = 0.7 * ((x / 5 + y / 7) % 2 == 0 ? slope : 1 - slope) + 0.3 * Float(random.uniform())
                }
            }
        }
        try ImageFile.write(image, to: self(name))
        return image
    }

    func folder(_ name: String) throws { try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true) }

    func logFile(_ name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: "\(logs)/\(name)", contents: nil)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(logs)/\(name)"))
    }

    func log(_ name: String) throws -> String { try String(contentsOfFile: "\(logs)/\(name)", encoding: .utf8) }

    /// Weights of both kinds with random values: enough for everything but beauty.
    static let weights: WorkFolder = {
        do {
            let folder = try WorkFolder()
            for (scale, size) in [(2, 11), (4, 21)] {
                let configuration = KENet.Configuration(width: 2, kernelSize: size, hidden: 8)
                let network = try KENet(configuration, scale: scale, seed: 1)
                try folder.save(network.parameters, "kenet-x\(scale)", system: "kenet", scales: [scale], configuration)
            }
            let network = try USRNet(.tiny, seed: 2)
            try folder.save(network.parameters, "usrnet-tiny", system: "usrnet", scales: [2, 3, 4], USRNet.Configuration.tiny)
            return folder
        } catch { fatalError("\(error)") }
    }()

    private func save(
        _ parameters: Parameters, _ name: String, system: String, scales: [Int], _ configuration: some Encodable
    ) throws {
        let metadata = [
            "system": system, "name": name, "scales": "\(scales)",
            "configuration": String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
        ]
        try SafetensorsFile.write(parameters.named, metadata: metadata, to: self(name + ".safetensors"))
    }
}
