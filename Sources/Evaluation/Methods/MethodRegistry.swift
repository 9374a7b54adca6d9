import BlindSR
import Pixels

/// The methods that can be evaluated: the systems of `SystemName`, and kernels that no system estimates.
enum MethodRegistry {
    /// Kernels that need no network.
    static let givenKernels: [String: GivenKernel] = ["gt": .true, "constant": .constant]

    /// A kernel that does not come from an estimator.
    enum GivenKernel {
        case `true`
        /// The isotropic Gaussian of eigenvalue 2.6 px²: the best answer that ignores the image.
        case constant

        func kernel(for test: TestCase) -> BlurKernel {
            switch self {
            case .true: test.kernel
            case .constant:
                GaussianParameters(variance1: 2.6, variance2: 2.6, angle: 0).kernel(size: BlurKernel.defaultSize(scale: test.scale))
            }
        }
    }

    /// Every name of a whole method, for messages.
    static var names: [String] {
        let upscalers = SystemName.Upscaler.allCases.map(\.rawValue)
        let kernels = SystemName.Estimator.allCases.map(\.rawValue)
        return SystemName.Whole.allCases.map(\.rawValue)
            + (["gt"] + kernels + ["constant"]).flatMap { kernel in
                (kernel == "gt" ? [] : [kernel]) + upscalers.map { "\(kernel)+\($0)" }
            }
    }

    /// What of which system a method needs, whatever weights there are; a half that is not needed is any. Nil for a given kernel alone.
    ///
    /// - Throws: ``EvaluationError/unknownMethod(_:known:)``.
    static func system(_ name: MethodName) throws(EvaluationError) -> (SystemName, WeightSelection.Part)? {
        let isGiven = givenKernels[name.first.system] != nil
        let estimator = SystemName.Estimator(rawValue: name.first.system)
        if let upscaler = name.upscaler {
            if let upscaler = SystemName.Upscaler(rawValue: upscaler.system) {
                if let estimator { return (.pair(estimator, upscaler), .all) }
                if isGiven { return (.pair(.kenet, upscaler), .upscaler) }
            }
        } else if let whole = SystemName.Whole(rawValue: name.first.system) {
            return (.whole(whole), .all)
        } else if let estimator {
            return (.pair(estimator, .usrnetTiny), .estimator)
        } else if isGiven, name.first.system != "gt" {
            return nil
        }
        throw .unknownMethod("\(name)", known: names)
    }

    /// Whether the systems of a name exist, whatever weights there are.
    static func knows(_ name: MethodName) -> Bool {
        do { _ = try system(name) } catch { return false }
        return true
    }

    /// Whether a method gives an image.
    static func restores(_ name: MethodName) -> Bool { name.upscaler != nil || SystemName.Whole(rawValue: name.first.system) != nil }
}
