import BlindSR
import Fixtures
import Foundation
import Imaging
import NeuralNetworks
import Testing

extension CommandTests {
    /// RCAN, SRMD and DAN as a user meets them, with narrow networks of random weights.
    @Suite struct PublishedSystems {
        private let folder: WorkFolder
        private let environment: [String: String]

        init() throws {
            folder = try WorkFolder()
            try folder.folder("weights")
            environment = ["KENET_WEIGHTS": folder("weights")]
            try folder.photo("photo.png", 23, 17)
        }

        private func save(_ name: String, _ network: any WeightedNetwork, _ configuration: some NetworkConfiguration) throws {
            let metadata = [
                "system": type(of: configuration).system, "name": name, "scales": "[2]",
                "configuration": String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
            ]
            try SafetensorsFile.write(network.parameters.named, metadata: metadata, to: folder("weights/\(name).safetensors"))
        }

        private func saveAll() throws {
            let rcan = RCAN.Configuration(scale: 2, groups: 1, blocks: 1, width: 8, reduction: 4)
            try save("rcan-x2", RCAN(rcan), rcan)
            for version in [DAN.Version.v1, .v2] {
                let dan = DAN.Configuration.narrow(version, scale: 2)
                let pca = try KernelPCA(of: KernelDistribution(), scale: 2, count: 10, byColumns: false, samples: 200)
                try save("\(dan.name)-x2", DAN(dan, pca: pca), dan)
            }
            let srmd = SRMD.Configuration.narrow(scale: 2)
            try save("srmd-x2", SRMD(srmd), srmd)
        }

        @Test(arguments: ["rcan", "rcan-raw", "dan", "dan-v2"]) func wholeSystemsUpscale(model: String) throws {
            try saveAll()
            let result = try Tool.run(["upscale", "photo.png", "--model", model, "--json"], in: folder, environment: environment)
            #expect(result.status == 0 && result.lines.count == 1, "\(result.errors)")
            let image = try ImageFile.read(folder("photo_x2.png")).image
            #expect(image.width == 46 && image.height == 34)
            #expect(result.output.contains("\"kernel\":{") == model.hasPrefix("dan"), "\(result.output)")
        }

        @Test func srmdTakesAKernel() throws {
            try saveAll()
            try folder.write("box.json", Array("[[1,1,1],[1,1,1],[1,1,1]]".utf8))
            let arguments = ["upscale", "photo.png", "--model", "kenet+srmd", "--kernel", "box.json", "--noise", "2"]
            let result = try Tool.run(arguments, in: folder, environment: environment)
            #expect(result.status == 0, "\(result.errors)")
        }

        /// The basis lies in a MATLAB file of its own, here of version 4: a header of five numbers, a name, columns of doubles.
        @Test func srmdIsImportedWithItsBasis() throws {
            let network = try SRMD(.init(scale: 2, width: 8, layers: 3, shrinksBicubically: true), seed: 4)
            let tensors = try network.parameters.named.filter { $0.name != "pca" }.map {
                (name: $0.name, shape: $0.tensor.shape, values: try $0.tensor.floats())
            }
            try PyTorchFile.write(tensors, to: folder("srmd_x2.pth"))
            var bytes: [UInt8] = []
            func append(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
            for number: Int32 in [0, 15, 225, 0, 2] { append(number) }
            bytes += Array("P\0".utf8)
            for column in 0..<225 {
                for row in 0..<15 { append(Double(row * 225 + column).bitPattern) }
            }
            try folder.write("basis.mat", bytes)
            let alone = try Tool.run(["models", "import", "srmd_x2.pth"], in: folder, environment: environment)
            #expect(alone.status == 65 && alone.errors.contains("pca"), "\(alone.errors)")
            let imported = try Tool.run(
                ["models", "import", "srmd_x2.pth", "--pca", "basis.mat", "--name", "srmd-x2"], in: folder, environment: environment)
            #expect(imported.status == 0 && imported.errors.contains("srmd at ×2"), "\(imported.errors)")
            let basis = try SafetensorsFile(contentsOf: folder("weights/srmd-x2.safetensors")).floats("pca")
            #expect(basis == (0..<3375).map(Float.init))
            let other = try Tool.run(["models", "import", "srmd_x2.pth", "--pca", "photo.png"], in: folder, environment: environment)
            #expect(other.status == 65 && other.errors.contains("photo.png"), "\(other.errors)")
        }

        @Test func missingWeightsAndScalesAreSaid() throws {
            try saveAll()
            let result = try Tool.run(["upscale", "photo.png", "--model", "rcan", "--scale", "3"], in: folder, environment: environment)
            #expect(result.status == 69 && result.errors.contains("rcan at ×3"), "\(result.errors)")
        }

        /// A `.pth` under the official names, then one whose tensor has another shape.
        @Test func aCheckpointIsImportedAndUsed() throws {
            let network = try RCAN(.init(scale: 2, groups: 2, blocks: 1, width: 8, reduction: 4), seed: 4)
            var tensors = try network.parameters.named.map { (name: $0.name, shape: $0.tensor.shape, values: try $0.tensor.floats()) }
            try PyTorchFile.write(tensors, to: folder("rcan_x2.pt"))
            let imported = try Tool.run(["models", "import", "rcan_x2.pt", "--name", "rcan-x2"], in: folder, environment: environment)
            #expect(imported.status == 0 && imported.errors.contains("rcan at ×2"), "\(imported.errors)")
            let upscaled = try Tool.run(["upscale", "photo.png", "--model", "rcan"], in: folder, environment: environment)
            #expect(upscaled.status == 0, "\(upscaled.errors)")

            let index = try #require(tensors.firstIndex { $0.name == "body.2.weight" })
            tensors[index] = (name: "body.2.weight", shape: [8, 8, 1, 1], values: [Float](repeating: 0, count: 64))
            try PyTorchFile.write(tensors, to: folder("wrong.pt"))
            let wrong = try Tool.run(["models", "import", "wrong.pt"], in: folder, environment: environment)
            #expect(wrong.status == 65, "\(wrong.errors)")
            for part in ["wrong.pt", "body.2.weight", "[8, 8, 3, 3]", "[8, 8, 1, 1]"] { #expect(wrong.errors.contains(part)) }
        }
    }
}
