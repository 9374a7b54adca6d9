import ArgumentParser
import Foundation
import Training

/// The processes of a training, as their launcher started them: one, unless `mpirun` or Slurm's `srun` made more.
enum ProcessTeam {
    /// Runs `body` with all of them. Where it fails in all alike, process 0 speaks.
    ///
    /// - Throws: What `body` throws; `ExitCode` where process 0 has said it; ``TrainingError/builtWithoutMPI(processes:)`` where there are
    ///   several and this build cannot join them.
    static func run(_ body: (any Communicator) throws -> Void) throws {
        let environment = ProcessInfo.processInfo.environment
        #if MPI
            if ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"].contains(where: { environment[$0] != nil }) {
                let team = MPICommunicator()
                do { try body(team) } catch {
                    // An exit without farewell: the launcher asks the others to end, who would say the same.
                    guard team.rank > 0 else { throw error }
                    for _ in 0..<100 where !Interruption.isRequested { Thread.sleep(forTimeInterval: 0.1) }
                    throw Interruption.isRequested ? ExitCode(130) : error
                }
                return team.finish()
            }
        #else
            if let processes = environment["OMPI_COMM_WORLD_SIZE"] ?? environment["PMI_SIZE"], processes != "1" {
                throw TrainingError.builtWithoutMPI(processes: processes)
            }
        #endif
        try body(SingleProcess())
    }
}
