import BlindSR
import Torch

/// What the server listens on, what it works with and what it refuses.
public struct ServingOptions: Sendable {
    /// An IP address, or `localhost`.
    public var host = "127.0.0.1"
    /// 0: a free one.
    public var port: UInt16 = 0
    /// What clients have to show; nil: nothing, or beyond a loopback address a token that the server makes up.
    public var token: String?
    /// Where weights are looked for.
    public var store: ModelStore
    /// `clean`, `photo`, names or paths of weight files; see `WeightSelection`.
    public var weights: [String] = []
    public var device = Device.cpu
    /// CPU threads that the engine may use.
    public var threads = 1
    public var limits = ServingLimits()

    public init(store: ModelStore) { self.store = store }
}

/// What is refused, and for how long things are kept.
public struct ServingLimits: Sendable {
    /// Bytes of a photo's file.
    public var upload = 64 << 20
    /// Pixels of a result. One of 48 megapixels took 2.1 GB at the peak.
    public var pixels = 50_000_000
    /// Jobs that are being received or wait for their turn. More are refused.
    public var waiting = 8
    /// Finished jobs whose files are kept. Beyond that, the one that nobody asked for the longest goes.
    public var finished = 16
    /// How long a job and its files are kept after somebody last asked for it.
    public var keep = Duration.seconds(30 * 60)
    /// How long the photo may take to arrive.
    public var receiving = Duration.seconds(120)

    public init() {}
}

/// Why the server cannot be started. `description` is one sentence for a person.
public enum ServingError: Error, Equatable, CustomStringConvertible {
    /// Neither an IP address nor `localhost`.
    case host(String)
    /// Another program has the port, or it is not allowed.
    case cannotListen(address: String, reason: String)
    /// The folder for the jobs' files cannot be made.
    case noFolder(path: String, reason: String)
    /// There are no weights for any system.
    case noModels

    public var description: String {
        switch self {
        case .host(let name): "\(name): the host is an IP address of this machine, or localhost"
        case .cannotListen(let address, let reason): "\(address): the server cannot listen there (\(reason))"
        case .noFolder(let path, let reason): "\(path): no folder for temporary files can be made there (\(reason))"
        case .noModels: "There are no weights of a whole system; kenet models list shows where they were looked for."
        }
    }
}
