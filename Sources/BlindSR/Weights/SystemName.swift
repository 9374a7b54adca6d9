/// The name of a whole system, `ESTIMATOR+UPSCALER`: the one grammar of the command line, of JSON and of the library.
public struct SystemName: Sendable, Hashable, CustomStringConvertible {
    /// The systems that estimate a kernel, by the name that they have in ``SystemName``.
    public enum Estimator: String, Sendable, CaseIterable {
        /// The paper's kernel estimation network.
        case kenet
        /// The estimator from local spectra.
        case spectrum
    }

    /// The non-blind systems that a kernel is handed to.
    public enum Upscaler: String, Sendable, CaseIterable {
        /// USRNet in its small published size.
        case usrnetTiny = "usrnet-tiny"
        /// USRNet in the size of its paper, or in any other.
        case usrnet
        /// The Wiener network in its fast size.
        case wiener
        /// The Wiener network in any other size.
        case wienerBest = "wiener-best"
    }

    public let estimator: Estimator
    public let upscaler: Upscaler

    public init(_ estimator: Estimator, _ upscaler: Upscaler) {
        self.estimator = estimator
        self.upscaler = upscaler
    }

    /// The system that is used where none is named: spectrum+wiener, and spectrum+usrnet-tiny at ×1 and ×3, for which there are no Wiener
    /// weights yet.
    public static func standard(scale: Int) -> SystemName { SystemName(.spectrum, scale == 2 || scale == 4 ? .wiener : .usrnetTiny) }

    /// The system of the paper, as far as its sizes are trained here.
    public static let paper = SystemName(.kenet, .usrnetTiny)

    /// Names that stand for a system: ``standard(scale:)`` and ``paper``.
    public static let aliases = ["default", "paper"]

    /// Reads `ESTIMATOR+UPSCALER` or an alias; throws ``SystemNameError`` for anything else.
    public init(parsing text: String, scale: Int) throws(SystemNameError) {
        if Self.aliases.contains(text) {
            self = text == "paper" ? .paper : .standard(scale: scale)
            return
        }
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let estimator = Estimator(rawValue: String(parts[0])), let upscaler = Upscaler(rawValue: String(parts[1]))
        else { throw .unknownSystem(text) }
        self.init(estimator, upscaler)
    }

    public var description: String { "\(estimator.rawValue)+\(upscaler.rawValue)" }

    /// Every name that ``init(parsing:scale:)`` knows.
    public static var all: [String] {
        Estimator.allCases.flatMap { estimator in Upscaler.allCases.map { "\(SystemName(estimator, $0))" } } + aliases
    }
}

extension SystemName.Estimator {
    /// Reads a bare estimator, or the estimator of a whole system or alias; throws ``SystemNameError``.
    public init(parsing text: String) throws(SystemNameError) {
        if let estimator = Self(rawValue: text) {
            self = estimator
        } else if let system = try? SystemName(parsing: text, scale: 2) {
            self = system.estimator
        } else {
            throw .unknownEstimator(text)
        }
    }

    /// The scales at which this estimator is trained: the paper's.
    public var scales: [Int] {
        switch self {
        case .kenet, .spectrum: [2, 4]
        }
    }
}

/// A name that no system has.
public enum SystemNameError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownSystem(String)
    case unknownEstimator(String)

    public var description: String {
        switch self {
        case .unknownSystem(let name): "There is no model \"\(name)\"; there are \(SystemName.all.joined(separator: ", "))."
        case .unknownEstimator(let name):
            "There is no kernel estimator \"\(name)\"; there are "
                + "\((SystemName.Estimator.allCases.map(\.rawValue) + SystemName.all).joined(separator: ", "))."
        }
    }
}
