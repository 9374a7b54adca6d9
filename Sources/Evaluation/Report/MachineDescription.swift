import Foundation
import Torch

extension Machine {
    /// This machine.
    ///
    /// - Parameter program: Name and version of the running program.
    public init(device: Device, program: String) {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
            .first { $0.hasPrefix("model name") }?.split(separator: ":").last
        self.init(
            processor: cpu.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memory: ProcessInfo.processInfo.physicalMemory, system: ProcessInfo.processInfo.operatingSystemVersionString,
            engine: "LibTorch \(Engine.loadedVersion)", device: "\(device)", program: program)
    }
}
