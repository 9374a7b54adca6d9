import Foundation
import Synchronization

@testable import Training

/// Threads in the place of processes: they meet, exchange what they have, and notice when one is gone.
final class ThreadTeam: @unchecked Sendable {
    let count: Int
    private let condition = NSCondition()
    private var arriving: [[Float]]
    private var met: [[Float]] = []
    private var arrived = 0
    private var meetings = 0
    private var isBroken = false

    init(count: Int) {
        self.count = count
        arriving = .init(repeating: [], count: count)
    }

    /// Runs `body` on a thread for each rank and gives their results back.
    func run<Value: Sendable>(_ body: @escaping @Sendable (Member) throws -> Value) -> [Result<Value, any Error>] {
        let results = Mutex([Int: Result<Value, any Error>]())
        let group = DispatchGroup()
        for rank in 0..<count {
            group.enter()
            let thread = Thread { [self] in
                let result = Result { try body(Member(rank: rank, team: self)) }
                leave()
                results.withLock { $0[rank] = result }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return results.withLock { results in (0..<count).map { results[$0]! } }
    }

    fileprivate func exchange(_ values: [Float], rank: Int) throws -> [[Float]] {
        condition.lock()
        defer { condition.unlock() }
        let meeting = meetings
        arriving[rank] = values
        arrived += 1
        if arrived == count {
            (met, arrived, meetings) = (arriving, 0, meetings + 1)
            condition.broadcast()
        }
        while meetings == meeting, !isBroken { condition.wait() }
        guard meetings > meeting else { throw ProcessLost() }
        return met
    }

    private func leave() {
        condition.lock()
        isBroken = true
        condition.broadcast()
        condition.unlock()
    }

    /// What a thread holds of the team.
    struct Member: Communicator {
        let rank: Int
        fileprivate let team: ThreadTeam

        var count: Int { team.count }

        func sum(_ values: inout [Float]) throws {
            let all = try team.exchange(values, rank: rank)
            for i in values.indices { values[i] = all.reduce(0) { $0 + $1[i] } }
        }

        func broadcast(_ bytes: UnsafeMutableRawBufferPointer) throws {
            let first = try team.exchange(bytes.map(Float.init), rank: rank)[0]
            bytes.copyBytes(from: first.map { UInt8($0) })
        }
    }
}
