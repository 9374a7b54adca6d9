import BlindSR
import Pixels

/// What is said of a photo that has been restored: a line for people, a line of JSON for programs.
struct UpscaleReport {
    let job: PhotoJob
    private let photo: (width: Int, height: Int)
    private let plan: PhotoPlan
    private let findings: Findings
    private let kernel: KernelDescription?
    private let seconds: Double
    private let system: BlindSystem

    init(
        job: PhotoJob, photo: Image, plan: PhotoPlan, findings: Findings, isKernelGiven: Bool, seconds: Double, system: BlindSystem
    ) {
        self.job = job
        self.photo = plan.part.map { ($0.width, $0.height) } ?? (photo.width, photo.height)
        self.plan = plan
        self.findings = findings
        self.seconds = seconds
        self.system = system
        let source: KernelDescription.Source = isKernelGiven ? .given : findings.doubt == nil ? .estimated : .fallback
        kernel = findings.estimate.map { KernelDescription(kernel: $0.kernel, source: source, confidence: $0.confidence) }
    }

    func tell(_ console: Console, json isJSON: Bool, isSpatial: Bool) throws {
        console.note(line)
        if isJSON { try console.result("\(try json(isSpatial: isSpatial))") }
    }

    private var line: String {
        var parts = ["\(photo.width)×\(photo.height) → \(plan.width)×\(plan.height)"]
        if let kernel {
            parts += [kernel.text] + (findings.map.map { [$0.text] } ?? []) + [String(format: "noise %.1f", findings.noise * 255)]
        }
        parts += [findings.weights.isEmpty ? "\(system.name)" : findings.weights.map(\.name).joined(separator: ", "), duration(seconds)]
        return "\(Console.printable(job.input))  \(parts.joined(separator: "  "))  → \(Console.printable(job.output))"
    }

    private func json(isSpatial: Bool) throws -> JSONText {
        .object(
            [
                ("version", .integer(1)), ("input", .string(job.input)), ("output", .string(job.output)), ("scale", .integer(system.scale)),
                ("model", .string("\(system.name)")), ("weights", .array(try system.hashes(of: findings.weights).map(JSONText.string))),
                ("width", .integer(plan.width)), ("height", .integer(plan.height)), ("noise", .number(findings.noise * 255)),
                ("seconds", .number(seconds)), ("kernel", kernel?.json ?? .null),
            ] + (isSpatial ? [("map", findings.map?.summary ?? .null)] : []))
    }
}
