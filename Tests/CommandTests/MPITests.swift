import Foundation
import Testing

extension CommandTests {
    /// Training as a user starts it with `mpirun`. Only in builds with the package trait MPI.
    @Suite(.enabled(if: MPIRun.isThere, "needs a build with MPI (make test MPI=1) and mpirun")) struct MPI {
        private let folder: WorkFolder

        init() throws {
            folder = try WorkFolder()
            try folder.folder("photos")
            for index in 0..<24 { try folder.photo("photos/photo\(index).png", 208 + index, 208) }
            #expect(try Tool.run(["pack", "photos", "-o", "train.pack"], in: folder).status == 0)
        }

        private func arguments(_ run: String, steps: Int) -> [String] {
            [
                "train", "kenet", "--pack", "train.pack", "-o", run, "--width", "2", "--side", "16", "--batch", "4", "--threads", "1",
                "--full-precision", "--validate-every", "1", "--steps", "\(steps)",
            ]
        }

        private func log(_ run: String) throws -> [(step: Int, loss: Double)] {
            struct Entry: Decodable { let step: Int, loss: Double }
            let text = try String(contentsOfFile: folder(run + "/log.jsonl"), encoding: .utf8)
            return try text.split(separator: "\n").map { line in
                let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
                return (entry.step, entry.loss)
            }
        }

        @Test func twoProcessesHaveTheLossesOfOne() throws {
            let one = try Tool.run(arguments("one", steps: 20), in: folder)
            #expect(one.status == 0, "\(one.errors)")
            let process = try MPIRun.start(arguments("two", steps: 20), processes: 2, in: folder)
            process.waitUntilExit()
            let two = try Tool.result(of: process, in: folder)
            #expect(two.status == 0 && two.lines == ["two/weights.safetensors"], "\(two.errors)")
            let losses = try (log("one"), log("two"))
            #expect(losses.0.map(\.step) == Array(1...20) && losses.1.map(\.step) == Array(1...20))
            for (a, b) in zip(losses.0, losses.1) { #expect(abs(a.loss - b.loss) <= 1e-5 * a.loss, "step \(a.step)") }
        }

        @Test func anUnevenBatchIsRefusedOnce() throws {
            let process = try MPIRun.start(arguments("run", steps: 2), processes: 3, in: folder)
            process.waitUntilExit()
            let result = try Tool.result(of: process, in: folder)
            #expect(result.status != 0 && result.errors.components(separatedBy: "a multiple of 3").count == 2, "\(result.errors)")
        }

        /// What remains is a checkpoint, from which one process goes on.
        @Test(arguments: [0, 1]) func aLostProcessEndsTheJob(rank: Int) throws {
            let process = try MPIRun.start(arguments("run", steps: 1_000_000), processes: 2, in: folder)
            while process.isRunning, ((try? log("run").count) ?? 0) < 3 { Thread.sleep(forTimeInterval: 0.05) }
            let parent = process.processIdentifier
            let children = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
            try kill(#require(Int32(children.split(separator: " ")[rank])), SIGKILL)
            process.waitUntilExit()
            let result = try Tool.result(of: process, in: folder)
            #expect(result.status != 0 && result.errors.components(separatedBy: "--resume").count == 1 + rank, "\(result.errors)")
            let steps = try #require(log("run").last).step + 2
            let resumed = try Tool.run(arguments("run", steps: steps) + ["--resume"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            // Process 0 may have been lost before it wrote down the step that process 1 had made, too.
            let missing = try Set(1...steps).subtracting(log("run").map(\.step))
            #expect(missing.count <= 1 - rank, "\(missing)")
        }
    }
}

/// Open MPI's launcher.
private enum MPIRun {
    #if MPI
        private static let isBuilt = true
    #else
        private static let isBuilt = false
    #endif
    private static let path = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":").map { $0 + "/mpirun" }
        .first { FileManager.default.isExecutableFile(atPath: String($0)) }.map(String.init)

    static var isThere: Bool { isBuilt && path != nil }

    /// Starts `kenet` in several processes, as root and on few cores, too, with time to save where one is lost.
    static func start(_ arguments: [String], processes: Int, in folder: WorkFolder) throws -> Process {
        let options = ["--oversubscribe", "--mca", "odls_base_sigkill_timeout", "5", "-n", "\(processes)", Tool.path]
        return try Tool.start(
            options + arguments, in: folder, program: path!,
            environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
    }
}
