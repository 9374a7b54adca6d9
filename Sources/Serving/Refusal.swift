import FlyingFox

/// Why a request is not answered as it was meant: a status, and one sentence for a person.
struct Refusal: Error, Equatable {
    let status: HTTPStatusCode
    let message: String
    /// Seconds after which it is worth trying again.
    var retryAfter: Int?

    init(_ status: HTTPStatusCode, _ message: String, retryAfter: Int? = nil) {
        self.status = status
        self.message = message
        self.retryAfter = retryAfter
    }

    static let unknownJob = Refusal(.notFound, "There is no such job; its time may be over.")
    static let notReady = Refusal(.conflict, "The job is not that far yet.")
    static let stopping = Refusal(.serviceUnavailable, "The server is being stopped.")
    static func busy(_ waiting: Int) -> Refusal {
        Refusal(.serviceUnavailable, "The server is busy: \(waiting) photos wait for their turn already. Try again soon.", retryAfter: 10)
    }
    static func tooLarge(_ limit: Int) -> Refusal {
        Refusal(.payloadTooLarge, "The file is too large; the limit is \(limit >> 20) MB.")
    }
    static let notAnImage = Refusal(.unsupportedMediaType, "This is not a PNG, JPEG, WebP, TIFF, AVIF or HEIC image.")
    static let incomplete = Refusal(.badRequest, "The photo did not arrive whole.")
}
