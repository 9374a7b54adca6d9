import Foundation
import Torch

/// What `Benchmarks/bench.py` times of this engine: reads one request as JSON per line, answers each with the seconds that one call takes,
/// by the clock and of all threads on the processor.
///
///     kenet-bench THREADS
@main struct KENetBench {
    /// Calls are repeated for so many seconds, so that short ones are measured, too.
    private static let shortest = 0.2
    /// Seconds on the processor before anything is timed. Until then a call gets memory that is new to the process, and each of its pages
    /// costs a fault.
    private static let settling = 1.0

    static func main() throws {
        Engine.keepFreedMemory()
        try Engine.setThreads(Int(CommandLine.arguments.dropFirst().first ?? "") ?? 1)
        var works: [String: Work] = [:]
        while let line = readLine() {
            let work = try works[line] ?? Work(JSONDecoder().decode(Request.self, from: Data(line.utf8)))
            if works.updateValue(work, forKey: line) == nil {
                try work.warmUp()
                let start = now(CLOCK_PROCESS_CPUTIME_ID)
                while now(CLOCK_PROCESS_CPUTIME_ID) - start < settling { try work.run() }
            }
            let (seconds, processor) = try time(work)
            print("{\"seconds\": \(seconds), \"processor\": \(processor)}")
            fflush(nil)
        }
    }

    private static func time(_ work: Work) throws -> (seconds: Double, processor: Double) {
        let (start, processorStart) = (now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID))
        var count = 0.0
        repeat {
            try work.run()
            count += 1
        } while now(CLOCK_MONOTONIC) - start < shortest
        return ((now(CLOCK_MONOTONIC) - start) / count, (now(CLOCK_PROCESS_CPUTIME_ID) - processorStart) / count)
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
