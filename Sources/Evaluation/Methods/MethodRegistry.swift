import BlindSR
import Pixels

/// The systems that can be evaluated, by name. A new estimator or upscaler is known from `SystemName`, a new blind system from one line here.
enum MethodRegistry {
    /// Systems that take an image and give an image.
    static var blind: [String: any BlindUpscaler] {
        [
            "bicubic": Bicubic(.resizer),
            "bicubic-aligned": Bicubic(.degradation),
        ]
    }

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
        return blind.keys.sorted()
            + (["gt"] + kernels + ["constant"]).flatMap { kernel in
                (kernel == "gt" ? [] : [kernel]) + upscalers.map { "\(kernel)+\($0)" }
            }
    }

    /// Whether the systems of a name exist, whatever weights there are.
    static func knows(_ name: MethodName) -> Bool {
        let isKernel = givenKernels[name.first.system] != nil || SystemName.Estimator(rawValue: name.first.system) != nil
        if let upscaler = name.upscaler { return isKernel && SystemName.Upscaler(rawValue: upscaler.system) != nil }
        return blind[name.first.system] != nil || (isKernel && name.first.system != "gt")
    }
}
