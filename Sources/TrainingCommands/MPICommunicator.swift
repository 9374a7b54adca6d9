#if MPI
    import CMPI
    import Foundation
    import Training

    /// The processes that `mpirun` or Slurm's `srun` started. There is one value of this in a process.
    struct MPICommunicator: Communicator {
        let rank: Int
        let count: Int
        /// Seconds for the others to come once this process has been asked to end. Launchers ask so when a process is lost, and Open MPI's
        /// kills a second later: that leaves the time to save.
        private let patience = 0.3

        init() {
            var (rank, count): (Int32, Int32) = (0, 0)
            cmpi_start(&rank, &count)
            self.rank = Int(rank)
            self.count = Int(count)
        }

        func sum(_ values: inout [Float]) throws {
            try values.withUnsafeMutableBufferPointer { buffer in
                cmpi_sum(buffer.baseAddress!, Int32(buffer.count))
                try wait()
            }
        }

        func broadcast(_ bytes: UnsafeMutableRawBufferPointer) throws {
            cmpi_broadcast(bytes.baseAddress!, Int32(bytes.count))
            try wait()
        }

        /// Leaves in order.
        func finish() { cmpi_finish() }

        /// Waits for the operation that was begun. MPI's own waiting has no end where a process is lost, also one that had begun the operation.
        /// Processes that were all asked to end meet once more, and leave together.
        private func wait() throws {
            var asked: ContinuousClock.Instant?
            while true {
                switch cmpi_poll() {
                case CMPI_DONE: return
                case CMPI_RUNNING: break
                default: throw ProcessLost()
                }
                guard Interruption.isRequested else { continue }
                let now = ContinuousClock.now
                if let asked, (now - asked) / .seconds(1) > patience { throw ProcessLost() }
                asked = asked ?? now
            }
        }
    }
#endif
