import CTorch

/// What LibTorch reported, as a value that outlives the call.
public enum TorchError: Error, Equatable, CustomStringConvertible {
    /// The device (or the machine) has not enough free memory. Smaller tiles or batches may fit.
    case outOfMemory(String)
    /// Any other failure; the text is the first line of LibTorch's message.
    case failed(String)

    public var description: String {
        switch self {
        case .outOfMemory(let message): "not enough memory: \(message)"
        case .failed(let message): message
        }
    }

    init(_ status: ct_status) {
        let message = status.message.map { String(cString: $0) } ?? "no message"
        ct_free_message(status.message)
        self = Int(status.code) == CT_OUT_OF_MEMORY ? .outOfMemory(message) : .failed(message)
    }
}

@inline(__always)
func check(_ status: ct_status) throws(TorchError) {
    if status.code != 0 { throw TorchError(status) }
}
