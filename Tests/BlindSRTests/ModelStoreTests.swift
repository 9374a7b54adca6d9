import Foundation
import NeuralNetworks
import Testing

@testable import BlindSR

/// Names of systems, and the weights that are found for them.
@Suite(.serialized) struct ModelStoreTests {
    private final class Folder {
        let path = NSTemporaryDirectory() + "kenet-store-" + UUID().uuidString
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// A narrow KENet.
        func kenet(_ file: String, name: String? = nil, scale: Int = 2, metadata: [String: String] = [:]) throws {
            let configuration = KENet.Configuration(width: 1, kernelSize: scale == 2 ? 11 : 21, hidden: 4)
            let network = try KENet(configuration, scale: scale)
            var all = [
                "system": "kenet", "name": name ?? file, "scales": "[\(scale)]",
                "configuration": String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
            ]
            all.merge(metadata) { $1 }
            try SafetensorsFile.write(network.parameters.named, metadata: all, to: "\(path)/\(file).safetensors")
        }
    }

    private let role = SystemName.Estimator.kenet.role(scale: 2)!

    @Test func names() throws {
        #expect(try SystemName(parsing: "kenet+usrnet-tiny") == .pair(.kenet, .usrnetTiny))
        #expect(try SystemName(parsing: "default") == .pair(.spectrum, .wiener))
        #expect(try SystemName(parsing: "paper") == .paper)
        #expect("\(SystemName.pair(.kenet, .usrnet))" == "kenet+usrnet")
        for text in ["", "kenet", "usrnet", "kenet+", "+usrnet", "kenet+usrnet+usrnet", "KENET+usrnet", "kenet + usrnet"] {
            #expect(throws: SystemNameError.unknownSystem(text)) { try SystemName(parsing: text) }
        }
        #expect(try SystemName.Estimator(parsing: "kenet") == .kenet)
        #expect(try SystemName.Estimator(parsing: "paper") == .kenet)
        #expect(try SystemName(parsing: "spectrum+usrnet-tiny") == .pair(.spectrum, .usrnetTiny))
        #expect(throws: SystemNameError.unknownEstimator("usrnet")) { try SystemName.Estimator(parsing: "usrnet") }
        #expect(try SystemName(parsing: "bicubic") == .whole(.bicubic))
    }

    @Test func foldersInTheirOrder() throws {
        let (first, second) = (try Folder(), try Folder())
        let environment = ["KENET_WEIGHTS": "\(first.path):\(second.path)", "HOME": "/home/nobody"]
        let store = try ModelStore(environment: environment, executable: "/opt/kenet/bin/kenet")
        #expect(store.folders == [first.path, second.path, "/home/nobody/.local/share/kenet", "/opt/kenet/share/kenet"])
        #expect(store.importFolder == first.path)
        let plain = try ModelStore(environment: ["HOME": "/h", "XDG_DATA_HOME": "/data"], executable: "/opt/kenet/bin/kenet")
        #expect(plain.importFolder == "/data/kenet")
        #expect(throws: ModelError.noFolder(path: "/nowhere")) {
            try ModelStore(environment: ["KENET_WEIGHTS": "/nowhere"], executable: "/opt/kenet/bin/kenet")
        }
    }

    @Test func thePackageOfTheExecutable() throws {
        let package = try Folder()
        for folder in ["Weights", ".build/release"] {
            try FileManager.default.createDirectory(atPath: "\(package.path)/\(folder)", withIntermediateDirectories: true)
        }
        let executable = "\(package.path)/.build/release/kenet"
        let weights = URL(fileURLWithPath: package.path).resolvingSymlinksInPath().path + "/Weights"
        #expect(try !ModelStore(environment: ["HOME": "/h"], executable: executable).folders.contains(weights))
        try Data().write(to: URL(fileURLWithPath: "\(package.path)/Package.swift"))
        #expect(try ModelStore(environment: ["HOME": "/h"], executable: executable).folders.last == weights)
    }

    @Test func theStandardNameComesFirst() throws {
        let (first, second) = (try Folder(), try Folder())
        try first.kenet("another")
        try first.kenet("other-scale", scale: 4)
        let store = ModelStore(folders: [first.path, second.path])
        #expect(try store.list().find(role).name == "another")
        try second.kenet("kenet-x2")
        #expect(try store.list().find(role).name == "kenet-x2")
        #expect(try store.card(named: "another").path == first.path + "/another.safetensors")
        #expect(try store.card(named: second.path + "/kenet-x2.safetensors").name == "kenet-x2")
    }

    /// Photo weights are taken where all roles have them, unless others are asked for.
    @Test func variants() throws {
        let folder = try Folder()
        let store = ModelStore(folders: [folder.path])
        try folder.kenet("kenet-x2")
        func chosen(_ names: [String]) throws -> String? {
            try WeightSelection(.paper, .estimator, scale: 2, names: names, store: store).usual.estimator?.name
        }
        #expect(try chosen([]) == "kenet-x2" && chosen(["clean"]) == "kenet-x2")
        #expect(throws: ModelError.notFound(what: "kenet at ×2 in the variant photo", folders: [folder.path])) { try chosen(["photo"]) }
        try folder.kenet("kenet-x2-photo")
        try folder.kenet("own")
        #expect(try chosen([]) == "kenet-x2-photo" && chosen(["photo"]) == "kenet-x2-photo")
        #expect(try chosen(["clean"]) == "kenet-x2" && chosen(["photo", "own"]) == "own")
        try folder.kenet("kenet-x4-photo", scale: 4)
        #expect(throws: ModelError.notFound(what: "kenet at ×4 in the variant clean", folders: [folder.path])) {
            try WeightSelection(.paper, .estimator, scale: 4, names: ["clean"], store: store)
        }
    }

    @Test func whatIsNotThereIsSaid() throws {
        let folder = try Folder()
        let store = ModelStore(folders: [folder.path])
        #expect(throws: ModelError.notFound(what: "kenet at ×2", folders: [folder.path])) { try store.list().find(role) }
        #expect(throws: ModelError.scale(3, estimator: "kenet", scales: [2, 4])) {
            try store.list().find(SystemName.Estimator.kenet.role(scale: 3)!)
        }
        #expect(throws: ModelError.unknownFile("nothing", folders: [folder.path])) { try store.card(named: "nothing") }
    }

    @Test func aDamagedStandardFileIsWhatIsReported() throws {
        let folder = try Folder()
        let path = folder.path + "/kenet-x2.safetensors"
        try Data("no weights".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ModelError.self) { try ModelStore(folders: [folder.path]).list().find(role) }
        guard case .unusable(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        #"{"width":100000,"kernelSize":11,"hidden":4}"#, #"{"width":512,"kernelSize":11,"hidden":4}"#,
        #"{"width":1,"kernelSize":12,"hidden":4}"#, #"{"width":1,"kernelSize":103,"hidden":4}"#,
        #"{"width":-1,"kernelSize":11,"hidden":4}"#,
        #"{"width":1}"#, "", "[]",
    ]) func impossibleConfigurationsAreRefusedBeforeMemoryIsTaken(configuration: String) throws {
        let folder = try Folder()
        try folder.kenet("bad", metadata: ["configuration": configuration])
        #expect(throws: ModelError.self) { try WeightCard(path: folder.path + "/bad.safetensors") }
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        let folder = try Folder()
        try folder.kenet("bad", metadata: ["configuration": #"{"width":1,"kernelSize":9,"hidden":4}"#])
        let card = try WeightCard(path: folder.path + "/bad.safetensors")
        #expect(throws: WeightError.self) { try card.verify() }
    }

    @Test func anEstimatorBelowOneConstantKernelIsSaidToBeSo() throws {
        let folder = try Folder()
        try folder.kenet("trained", metadata: ["training": #"{"validation":{"kernelPSNR":44.5},"step":10}"#])
        try folder.kenet(
            "measured", metadata: ["training": #"{"validation":{"kernelPSNR":44.5}}"#, "scores": #"{"BSD100":{"kernelPSNR":60}}"#])
        try folder.kenet("unknown")
        func card(_ name: String) throws -> WeightCard { try WeightCard(path: "\(folder.path)/\(name).safetensors") }
        #expect(try card("trained").warning != nil)
        #expect(try card("measured").warning == nil)
        #expect(try card("measured").kernelPSNR == 60)
        #expect(try card("unknown").warning == nil)
    }
}
