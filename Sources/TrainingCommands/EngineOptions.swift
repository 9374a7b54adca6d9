import ArgumentParser
import Foundation
import Torch

/// Where and with how many threads the engine works; shared by all commands that use it.
public struct EngineOptions: ParsableArguments {
    @Option(help: "auto, cpu, cuda or cuda:N.")
    public var device = "auto"

    @Option(help: ArgumentHelp("CPU threads.", valueName: "n"))
    public var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    public init() {}

    public func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads must be at least 1.") }
    }

    /// Prepares the engine's memory and threads, and says on which device to work.
    ///
    /// - Throws: ``DeviceError`` where the device is not there.
    public func start() throws -> Device {
        guard let device = Device(parsing: device) else { throw DeviceError(name: device) }
        Engine.keepFreedMemory()
        try Engine.setThreads(threads)
        return device
    }
}

/// A device that was asked for and is not there.
public struct DeviceError: Error, CustomStringConvertible {
    public let name: String

    public var description: String {
        let found = Device.cudaCount == 0 ? "there is no CUDA device here" : "there are \(Device.cudaCount) CUDA devices here"
        return "\(name): no such device (auto, cpu, cuda or cuda:N; \(found))."
    }
}
