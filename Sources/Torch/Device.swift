import CTorch

/// Where tensors live and work is done.
public enum Device: Sendable, Equatable, CustomStringConvertible {
    case cpu
    /// The CUDA device with this number, from 0.
    case cuda(Int)

    /// CUDA devices that this LibTorch can use; 0 with a CPU build or without a driver.
    public static var cudaCount: Int { Int(ct_cuda_device_count()) }

    /// Reads `auto`, `cpu`, `cuda` or `cuda:n`. `auto` is the first CUDA device where there is one, else the CPU.
    ///
    /// - Returns: nil for any other text and for a device that is not there.
    public init?(parsing text: String) {
        switch text {
        case "auto": self = Self.cudaCount > 0 ? .cuda(0) : .cpu
        case "cpu": self = .cpu
        case "cuda": self.init(parsing: "cuda:0")
        default:
            guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), (0..<Self.cudaCount).contains(index) else { return nil }
            self = .cuda(index)
        }
    }

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    var index: ct_device {
        switch self {
        case .cpu: -1
        case .cuda(let index): ct_device(index)
        }
    }

    init(index: ct_device) { self = index < 0 ? .cpu : .cuda(Int(index)) }
}
