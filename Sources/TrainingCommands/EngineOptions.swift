import ArgumentParser
import Foundation
import Torch

/// Where and with how many threads the engine works; shared by all commands that use it.
public struct EngineOptions: ParsableArguments {
    @Option(help: "auto, cpu, cuda or cuda:N.")
    public var device = "auto"

    @Option(help: ArgumentHelp("CPU threads, at most as many as there are processors.", valueName: "n"))
    public var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    public init() {}

    public mutating func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads must be at least 1.") }
        threads = min(threads, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Checks that the engine is the one that this program was built for, prepares its memory and threads, and says on which device to work.
    ///
    /// - Throws: ``EngineError``; ``DeviceError`` where the device is not there.
    public func start() throws -> Device {
        guard Engine.isCompatible else { throw EngineError() }
        guard let device = Device(parsing: device) else { throw DeviceError(name: device) }
        Engine.keepFreedMemory()
        try Engine.setThreads(threads)
        return device
    }
}

/// Another LibTorch was loaded than this program was built for.
public struct EngineError: Error, CustomStringConvertible {
    public var description: String { "This program was built for LibTorch \(Engine.version), but \(Engine.loadedVersion) was loaded." }
}

/// A device that was asked for and is not there.
public struct DeviceError: Error, CustomStringConvertible {
    public let name: String

    public var description: String {
        let found = Device.cudaCount == 0 ? "there is no CUDA device here" : "there are \(Device.cudaCount) CUDA devices here"
        return "\(name): no such device (auto, cpu, cuda or cuda:N; \(found))."
    }
}
