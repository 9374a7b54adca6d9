import ArgumentParser
import BlindSR
import Foundation
import Imaging
import Torch
import TrainingCommands

/// `kenet doctor`: what is installed, and whether it works.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell about engine, devices, memory and weights, and test them.")

    @OptionGroup var engine: EngineOptions

    func run() throws {
        let console = Console()
        func tell(_ name: String, _ text: String) throws {
            try console.result(name.padding(toLength: 12, withPad: " ", startingAt: 0) + Console.printable(text))
        }
        let device = try engine.start()
        let info = ProcessInfo.processInfo
        try tell("kenet", "\(kenetVersion), \(ModelStore.executablePath)")
        try tell("engine", "LibTorch \(Engine.loadedVersion), \(LoadedLibrary.path(containing: "libtorch_cpu") ?? "linked in")")
        try tell("images", "libvips \(ImageLibrary.version)")
        try tell("devices", (["cpu"] + (0..<Device.cudaCount).map { "cuda:\($0)" }).joined(separator: ", ") + "; in use: \(device)")
        try tell("threads", "\(Engine.threads) of \(info.activeProcessorCount) cores")
        let memory = Double(info.physicalMemory) / 1e9
        try tell("memory", String(format: "%.1f GB", memory) + (Memory.available.map { String(format: ", %.1f GB free", $0 / 1e9) } ?? ""))

        var problems: [String] = []
        do {
            try tellWeights(tell, problems: &problems)
            let error = try SelfTest.largestError(device: device)
            let passes = error < SelfTest.tolerance
            try tell("self-test", "largest error \(String(format: "%.1e", error)), \(passes ? "ok" : "wrong")")
            if !passes { problems.append("the engine computes wrong results on \(device)") }
        } catch let error as TorchError {
            problems.append("the engine fails on \(device): \(error)")
        }
        guard problems.isEmpty else { throw Failure(.unavailable, "Not in order: " + problems.joined(separator: "; ")) }
        try tell("result", "all in order")
    }

    private func tellWeights(_ tell: (String, String) throws -> Void, problems: inout [String]) throws {
        let store = try ModelStore.ofThisProcess()
        for (_, result) in store.list().files {
            switch result {
            case .success(let card):
                try tell("weights", "\(card.name), \(card.title), SHA-256 \(try card.hash()), \(card.path)")
                if let warning = card.warning { try tell("", warning) }
            case .failure(let error): problems.append("\(error)")
            }
        }
        if store.files.isEmpty { problems.append("\(ModelError.notFound(what: "any system", folders: store.folders))") }
    }
}

/// A small computation with a known answer: blur by Fourier transforms against the sum that defines it, and the data step against its own
/// normal equations.
enum SelfTest {
    static let tolerance = 1e-4

    static func largestError(device: Device) throws -> Double {
        let (side, scale) = (24, 2)
        var random = CounterRandom(seed: 1, index: 0)
        let kernel = GaussianParameters(variance1: 3, variance2: 0.8, angle: 0.7).kernel(size: 11)
        let hr = (0..<side * side).map { _ in Float(random.uniform()) }
        let kernelTensor = try Tensor(kernel.values, shape: [1, 1, 11, 11], device: device)
        let blur = try CircularBlur(kernel: kernelTensor, height: side, width: side, scale: scale)
        let sharp = try Tensor(hr, shape: [1, 1, side, side], device: device)
        let lr = try blur.degraded(sharp)

        var error = 0.0
        let values = try lr.floats()
        for y in 0..<side / scale {
            for x in 0..<side / scale {
                var sum = 0.0
                for v in 0..<11 {
                    for u in 0..<11 {
                        let (row, column) = ((scale * y - v + 5 + side) % side, (scale * x - u + 5 + side) % side)
                        sum += Double(kernel[v, u]) * Double(hr[row * side + column])
                    }
                }
                error = max(error, abs(sum - Double(values[y * side / scale + x])))
            }
        }

        let weight = 0.01
        let start = try sharp * 0.5
        let alpha = try Tensor.full(weight, shape: [1, 1, 1, 1], device: device)
        let solution = try DataStep(blur)(lr, near: start, alpha: alpha)
        let gradient = try blur.adjoint(blur.degraded(solution) - lr) + (solution - start) * weight
        return try max(error, gradient.abs().maximum().item())
    }
}

/// Memory of the machine.
enum Memory {
    /// Bytes that a program can still have, where the system tells.
    static var available: Double? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return kilobytes * 1024
    }
}

/// Shared libraries of this process.
enum LoadedLibrary {
    /// The file of a loaded library, where the system tells.
    static func path(containing name: String) -> String? {
        guard let maps = FileHandle(forReadingAtPath: "/proc/self/maps"), let data = try? maps.readToEnd() else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").lazy.filter { $0.contains(name) }.compactMap { line in
            line.firstIndex(of: "/").map { String(line[$0...]) }
        }.first
    }
}
