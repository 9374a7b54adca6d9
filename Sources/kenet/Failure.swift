import ArgumentParser
import BlindSR
import Evaluation
import Files
import Foundation
import Imaging
import NeuralNetworks
import Serving
import Torch
import Training
import TrainingCommands

/// Why a command could not do what it was asked for: an exit status and one sentence for a person.
struct Failure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Any error, as it comes from reading and computing. What comes from writing is given its status where it happens.
    init(_ error: any Error) {
        let status: ExitStatus? =
            switch error {
            case let failure as Failure: failure.status
            case let error as ImagingError: Self.status(error)
            case let error as KernelFileError: Self.status(error)
            case let error as EstimationError: if case .scale = error { .usage } else { .badData }
            case let error as UpscalingError: Self.status(error)
            case let error as SafetensorsError: Self.status(error)
            case let error as ModelError: if case .scale = error { .usage } else { .unavailable }
            case let error as TrainingError: if case .runExists = error { .cannotWrite } else { .badData }
            case is SystemNameError: .usage
            case let error as ServingError: Self.status(error)
            case let error as EvaluationError: Self.status(error)
            case is BlurKernelError, is CheckpointError: .badData
            case is WeightError, is TorchError, is EngineError, is DeviceError: .unavailable
            case is AtomicFileError: .cannotWrite
            default: nil
            }
        let text =
            switch error {
            case let failure as Failure: failure.message
            case let error as TorchError: "The computation failed: \(error)"
            default: status == nil ? error.localizedDescription : "\(error)"
            }
        self.init(status ?? .someFailed, text)
    }

    /// The same with the status of a file that cannot be written.
    static func writing(_ error: any Error) -> Failure {
        let failure = Failure(error)
        return failure.status == .interrupted ? failure : Failure(.cannotWrite, failure.message)
    }

    private static func status(_ error: ImagingError) -> ExitStatus {
        switch error {
        case .notFound, .unreadable: .noInput
        case .isDirectory: .usage
        case .empty, .unsupported, .damaged, .tooLarge: .badData
        case .exists, .cannotWrite: .cannotWrite
        }
    }

    private static func status(_ error: UpscalingError) -> ExitStatus {
        switch error {
        case .scale: .usage
        case .memory: .badData
        case .notFinite: .unavailable
        }
    }

    private static func status(_ error: EvaluationError) -> ExitStatus {
        switch error {
        case .methodName, .unknownMethod, .sameName: .usage
        case .noDataSet: .noInput
        case .notADataSet, .draws, .results: .badData
        case .nothingToRun: .unavailable
        }
    }

    private static func status(_ error: ServingError) -> ExitStatus {
        switch error {
        case .host: .usage
        case .cannotListen, .noModels: .unavailable
        case .noFolder: .cannotWrite
        }
    }

    private static func status(_ error: KernelFileError) -> ExitStatus {
        switch error {
        case .cannotRead: .noInput
        case .notAKernel: .badData
        case .unknownFormat: .usage
        case .cannotWrite: .cannotWrite
        }
    }

    private static func status(_ error: SafetensorsError) -> ExitStatus {
        switch error {
        case .cannotRead: .noInput
        case .cannotWrite: .cannotWrite
        default: .badData
        }
    }
}
