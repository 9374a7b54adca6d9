import ArgumentParser
import Foundation
import TrainingCommands

/// The program: reads the command line, runs a command, and says in one sentence why it could not.
@main
struct Kenet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kenet",
        abstract: "Turns a small, blurred photo into a sharp, larger one without being told how it was blurred.",
        discussion: """
            One network estimates the blur kernel, a second one undoes it; --model names others, among them the paper's KENet and USRNet:

              kenet upscale photo.png              writes photo_x2.png
              kenet upscale *.jpg -o out --scale 4

            Exit status: 0 done, 1 some files of several failed, 64 wrong usage, 65 bad data, 66 no input, 69 no model or device, \
            73 cannot write, 130 interrupted.
            """,
        version: kenetVersion,
        subcommands: [
            Upscale.self, Serve.self, Estimate.self, Degrade.self, Evaluate.self, TrainCommand.self, Pack.self, Models.self, Doctor.self,
        ])

    static func main() {
        Interruption.listen()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(with: error)
        }
    }

    /// Help and version go to stdout; of everything else one sentence goes to stderr.
    private static func exit(with error: any Error) -> Never {
        let code = exitCode(for: error)
        switch error {
        case let code as ExitCode: exit(withError: code)
        case _ where code == .success: exit(withError: error)
        case _ where code == .validationFailure && !(error is Failure):
            Console().fail(
                message(for: error).split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
                    separator: " "))
            exit(withError: ExitCode(ExitStatus.usage.rawValue))
        default:
            let failure = Failure(error)
            Console().fail(failure.message)
            exit(withError: ExitCode(failure.status.rawValue))
        }
    }
}

/// The version of this program.
let kenetVersion = "0.1.0"
