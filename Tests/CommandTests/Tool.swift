import Foundation

/// The built `kenet`, run as a user runs it.
enum Tool {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The lines of stdout.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// `KENET_BINARY`, or the program that was built with these tests.
    static let path: String = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appendingPathComponent("kenet").path
        let candidates = [
            ProcessInfo.processInfo.environment["KENET_BINARY"], beside, package.path + "/.build/release/kenet",
            package.path + "/.build/debug/kenet",
        ]
        return candidates.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "kenet"
    }()

    /// Starts a program in a folder; stdout and stderr go to files, so that nothing blocks.
    static func start(_ arguments: [String], in folder: WorkFolder, program: String = path, environment: [String: String] = [:]) throws
        -> Process
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        var all = ProcessInfo.processInfo.environment
        all["KENET_WEIGHTS"] = WorkFolder.weights.path
        all["HOME"] = folder.path + "/.home"
        all["XDG_DATA_HOME"] = nil
        process.environment = all.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try folder.logFile("stdout")
        process.standardError = try folder.logFile("stderr")
        try process.run()
        return process
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], in folder: WorkFolder, program: String = path, environment: [String: String] = [:]) throws
        -> Result
    {
        let process = try start(arguments, in: folder, program: program, environment: environment)
        process.waitUntilExit()
        return try result(of: process, in: folder)
    }

    static func result(of process: Process, in folder: WorkFolder) throws -> Result {
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Result(status: status, output: try folder.log("stdout"), errors: try folder.log("stderr"))
    }
}
