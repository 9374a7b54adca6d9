/// The name of a whole system: `ESTIMATOR+UPSCALER`, or one that is not made of two. The one grammar of the command line, of JSON and of
/// the library.
public enum SystemName: Sendable, Hashable, CustomStringConvertible {
    /// An estimator, and an upscaler to which its kernel is handed.
    case pair(Estimator, Upscaler)
    /// A system that goes from the photo to the result by itself.
    case whole(Whole)

    /// The systems that estimate a kernel.
    public enum Estimator: String, Sendable, CaseIterable {
        /// The paper's kernel estimation network.
        case kenet
        /// The estimator from local spectra.
        case spectrum
        /// An untrained image network and the latent of a flow over Gaussian kernels, fitted together.
        case dipfkp
        /// Two untrained networks, one for the image and one for the kernel, fitted together.
        case doubledip
        /// An adversarial game on the photo alone.
        case kernelgan
    }

    /// The non-blind systems that a kernel is handed to.
    public enum Upscaler: String, Sendable, CaseIterable {
        /// USRNet in its small published size.
        case usrnetTiny = "usrnet-tiny"
        /// USRNet in the size of its paper, or in any other.
        case usrnet
        /// The Wiener network in its fast size.
        case wiener
        /// The Wiener network in a larger size.
        case wienerBest = "wiener-best"
        /// The network that is told of blur and noise by planes of constants.
        case srmd
        /// A network that learns from the photo alone.
        case zssr
        /// The same on a resizer's grid, as its authors run it.
        case zssrRaw = "zssr-raw"
        /// A network that takes a few steps on the photo.
        case mzsr
    }

    /// The systems that ask for no kernel.
    public enum Whole: String, Sendable, CaseIterable {
        /// Bicubic interpolation as any resizer does it.
        case bicubic
        /// Bicubic interpolation on the degradation's grid.
        case bicubicAligned = "bicubic-aligned"
        /// RCAN, which knows of no blur, its result moved onto the degradation's grid.
        case rcan
        /// RCAN as its authors run it, on the grid of a resizer.
        case rcanRaw = "rcan-raw"
        /// The alternating network in its first version.
        case dan
        /// Its second version.
        case danV2 = "dan-v2"
        /// The image of the search of DIP-FKP.
        case dipfkp
        /// The same on its authors' grid, (s − 1)/2 HR pixels off.
        case dipfkpRaw = "dipfkp-raw"
        /// The image of the search of Double-DIP.
        case doubledip
        /// The upscaler of this name for photos that were shrunk by bicubic interpolation.
        case mzsr
    }

    /// The system that is used where none is named.
    public static let standard = SystemName.pair(.spectrum, .wiener)

    /// The system of the paper, as far as its sizes are trained here.
    public static let paper = SystemName.pair(.kenet, .usrnetTiny)

    /// Names that stand for a system: ``standard`` and ``paper``.
    public static let aliases = ["default", "paper"]

    /// Reads a pair, a whole system or an alias; throws ``SystemNameError`` for anything else.
    public init(parsing text: String) throws(SystemNameError) {
        if Self.aliases.contains(text) {
            self = text == "paper" ? .paper : .standard
            return
        }
        if let whole = Whole(rawValue: text) {
            self = .whole(whole)
            return
        }
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let estimator = Estimator(rawValue: String(parts[0])), let upscaler = Upscaler(rawValue: String(parts[1]))
        else { throw .unknownSystem(text) }
        self = .pair(estimator, upscaler)
    }

    public var description: String {
        switch self {
        case .pair(let estimator, let upscaler): "\(estimator.rawValue)+\(upscaler.rawValue)"
        case .whole(let whole): whole.rawValue
        }
    }

    /// What ``init(parsing:)`` knows, in a few words: the pairs are too many to list.
    public static var grammar: String {
        "ESTIMATOR+UPSCALER of the estimators \(list(Estimator.allCases)) and the upscalers \(list(Upscaler.allCases)), "
            + "or one of \(list(Whole.allCases)), \(aliases.joined(separator: ", "))"
    }

    fileprivate static func list<Name: RawRepresentable<String>>(_ names: [Name]) -> String {
        names.map(\.rawValue).joined(separator: ", ")
    }
}

extension SystemName.Estimator {
    /// Reads a bare estimator, or the estimator of a pair or alias; throws ``SystemNameError``.
    public init(parsing text: String) throws(SystemNameError) {
        if let estimator = Self(rawValue: text) {
            self = estimator
        } else if case .pair(let estimator, _)? = try? SystemName(parsing: text) {
            self = estimator
        } else {
            throw .unknownEstimator(text)
        }
    }
}

/// A name that no system has.
public enum SystemNameError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownSystem(String)
    case unknownEstimator(String)

    public var description: String {
        switch self {
        case .unknownSystem(let name): "There is no model \"\(name)\"; a model is \(SystemName.grammar)."
        case .unknownEstimator(let name):
            "There is no kernel estimator \"\(name)\"; there are \(SystemName.list(SystemName.Estimator.allCases)), and models with one."
        }
    }
}
