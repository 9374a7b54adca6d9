import BlindSR
import Foundation
import Imaging
import Pixels
import Torch

/// An evaluation at work: loads the methods, degrades, restores, measures, and writes every result down as it comes.
///
/// The numbers depend on images, draws, weights and threads alone, not on the order, on shards or on interruptions.
public final class Evaluation {
    /// How far it is.
    public struct Progress: Sendable {
        public let done: Int
        public let planned: Int
        /// Nil until there is something to judge by.
        public let secondsLeft: Double?
        /// What was found last; nil at the start.
        public let item: EvaluationItem?
    }

    private let plan: EvaluationPlan
    private let settings: EvaluationSettings
    private let machine: Machine
    private let methods: [MethodName: [Int: Method]]
    private let records: [MethodRecord]
    private let journal: Journal
    private var skipped: [SkippedImage] = []
    /// How many results there cannot be, for images that were passed over.
    private var leftOut = 0

    /// Loads all methods and opens the folder of the run.
    ///
    /// - Parameters:
    ///   - store: Where weights are looked for. A method whose weights are missing is recorded as missing.
    ///   - folder: Of the run; see ``Journal``.
    ///   - resume: Whether results that are in it are kept.
    /// - Throws: ``EvaluationError``; what loading networks throws other than missing weights.
    public init(
        _ plan: EvaluationPlan, settings: EvaluationSettings, machine: Machine, store: ModelStore, device: Device, folder: String,
        resume: Bool
    ) throws {
        self.plan = plan
        self.settings = settings
        self.machine = machine
        var (methods, records) = ([MethodName: [Int: Method]](), [MethodRecord]())
        for name in plan.methods {
            var (loaded, reasons) = ([Int: Method](), [String]())
            for scale in plan.scales {
                do {
                    loaded[scale] = try Method(name, scale: scale, store: store, device: device)
                } catch let error as EvaluationError {
                    guard case .unknownMethod = error else { throw error }
                    reasons.append("This version has no such system.")
                } catch let error as ModelError {
                    reasons.append("\(error)")
                }
            }
            methods[name] = loaded
            records.append(
                MethodRecord(
                    name: "\(name)", weights: plan.scales.flatMap { loaded[$0]?.weights ?? [] },
                    missing: reasons.first.map { loaded.isEmpty ? $0 : "At one scale: \($0)" }))
        }
        self.methods = methods
        self.records = records
        guard methods.values.contains(where: { !$0.isEmpty }) else {
            throw EvaluationError.nothingToRun(reason: records.compactMap(\.missing).first ?? "no method is named.")
        }
        var hashes: [String: [String]] = [:]
        for (name, loaded) in methods {
            for (scale, method) in loaded { hashes["\(name) ×\(scale)"] = method.weights.map(\.sha256) }
        }
        let identity = Journal.Identity(
            protocolName: settings.protocolName, seed: settings.seed, draws: settings.draws, corruption: settings.corruption,
            weights: hashes)
        journal = try Journal(path: folder, identity: identity, resume: resume)
    }

    /// Evaluates what has not been evaluated yet.
    ///
    /// - Parameter progress: Called at the start and after each item; what it throws ends the work, and what was found stays.
    /// - Returns: The report of everything in the folder that belongs to the plan.
    public func run(progress: (Progress) throws -> Void) throws -> EvaluationReport {
        let own = plan.places.enumerated().filter { plan.shard.contains($0.offset) }.map(\.element)
        let wanted = own.map { place in (place, plan.methods.filter { methods[$0]?[place.scale] != nil }) }
        let keys = Set(wanted.flatMap { place, methods in methods.map { plan.key(place, $0) } })
        let done = Set(journal.items.map(\.key))
        var forecast = Forecast()
        var left: [(place: EvaluationPlan.Place, method: MethodName)] = []
        for (place, methods) in wanted { left += methods.filter { !done.contains(plan.key(place, $0)) }.map { (place, $0) } }
        func report(_ item: EvaluationItem?) throws {
            let seconds = forecast.seconds(left.lazy.map { ($0.method, $0.place.scale, $0.place.weight) })
            try progress(Progress(done: keys.count - left.count, planned: keys.count, secondsLeft: seconds, item: item))
        }
        try report(nil)
        while let place = left.first?.place {
            guard let test = try load(place) else {
                func isSame(_ other: EvaluationPlan.Place) -> Bool {
                    other.set == place.set && other.image == place.image && other.scale == place.scale
                }
                leftOut += left.count { isSame($0.place) }
                left.removeAll { isSame($0.place) }
                continue
            }
            let clock = ContinuousClock()
            while let next = left.first, plan.key(next.place, next.method) == plan.key(place, next.method) {
                let begin = clock.now
                var found: EvaluationItem?
                do {
                    let (item, outcome) = try measure(test, place, next.method)
                    try journal.append(item) { try ItemPictures(item, test, outcome) }
                    forecast.add(next.method, place.scale, seconds: (clock.now - begin) / .seconds(1), weight: place.weight)
                    found = item
                } catch let error as EstimationError {
                    skip(place, "\(next.method) at ×\(place.scale): \(error)")
                    leftOut += 1
                }
                left.removeFirst()
                try report(found)
            }
        }
        return assemble(keys)
    }

    /// Records why an image is passed over, once.
    private func skip(_ place: EvaluationPlan.Place, _ reason: String) {
        let record = SkippedImage(dataset: plan.sets[place.set].name, image: place.image, reason: reason)
        if !skipped.contains(record) { skipped.append(record) }
    }

    /// The pictures of the worst items.
    public func pictures(of report: EvaluationReport) -> [ItemPictures] { Journal.pictures(in: journal.path, of: report.items) }

    /// Nil for an image that cannot be used; it is passed over at all scales and draws.
    private func load(_ place: EvaluationPlan.Place) throws -> TestCase? {
        do {
            return try plan.testCase(place)
        } catch let error as ImagingError {
            skip(place, "\(error)")
        } catch let error as KernelFileError {
            skip(place, "\(error)")
        } catch let error as EvaluationError {
            skip(place, "\(error)")
        }
        return nil
    }

    private func measure(
        _ test: TestCase, _ place: EvaluationPlan.Place, _ name: MethodName
    ) throws -> (item: EvaluationItem, outcome: Method.Outcome) {
        guard let method = methods[name]?[place.scale] else { preconditionFailure("only methods that are loaded are measured") }
        PeakMemory.forget()
        let clock = ContinuousClock()
        let start = clock.now
        var outcome = try method(test)
        let seconds = (clock.now - start) / .seconds(1)
        let memory = PeakMemory.bytes
        outcome.result = outcome.result?.rounded8Bit()
        let key = plan.key(place, name)
        let item = EvaluationItem(
            key, test, kernel: place.blur?.name, outcome, crop: settings.protocolName == .crop ? place.scale : 0, seconds: seconds,
            peakMemory: memory)
        return (item, outcome)
    }

    private func assemble(_ keys: Set<EvaluationItem.Key>) -> EvaluationReport {
        EvaluationReport(
            settings: settings, machine: machine, methods: records, items: journal.items.filter { keys.contains($0.key) }, skipped: skipped,
            planned: keys.count - leftOut)
    }
}

/// How long the rest will take, by what each method has taken for one byte of image so far.
private struct Forecast {
    private var spent: [MethodName: [Int: (seconds: Double, weight: Double)]] = [:]

    mutating func add(_ method: MethodName, _ scale: Int, seconds: Double, weight: Double) {
        let old = spent[method]?[scale] ?? (0, 0)
        spent[method, default: [:]][scale] = (old.seconds + seconds, old.weight + weight)
    }

    /// Nil where a method that is left has not run at any scale.
    func seconds(_ rest: some Sequence<(method: MethodName, scale: Int, weight: Double)>) -> Double? {
        var sum = 0.0
        for (method, scale, weight) in rest {
            guard let own = spent[method]?[scale] ?? spent[method]?.values.first else { return nil }
            sum += weight * own.seconds / own.weight
        }
        return sum
    }
}
