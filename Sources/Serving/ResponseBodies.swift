import FlyingFox
import FlyingSocks
import Foundation

/// The answer to a request whose body was not read to its end, after which the connection ends: what is left of the body must never be taken
/// for the next request.
///
/// A client that is still sending may miss the answer if the connection ends at once, so for a moment the rest is read and dropped.
struct ClosingBody: AsyncBufferedSequence {
    typealias Element = UInt8
    private static let patience = Duration.seconds(2)

    /// The way in which this sequence ends; it makes the server close the connection.
    struct Ended: Error {}

    let answer: Data
    let rest: HTTPBodySequence

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        let body: ClosingBody
        private var isSent = false

        init(body: ClosingBody) { self.body = body }

        mutating func next() async throws -> UInt8? { preconditionFailure("bodies are read by the buffer") }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            if !isSent && !body.answer.isEmpty {
                isSent = true
                return body.answer
            }
            await body.drain()
            throw Ended()
        }
    }

    private func drain() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { do { for try await _ in rest {} } catch {} }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// The states of a job as server-sent events.
struct EventBody: AsyncBufferedSequence {
    typealias Element = UInt8
    let events: AsyncStream<JobStatus>

    func makeAsyncIterator() -> Iterator { Iterator(iterator: events.makeAsyncIterator()) }

    struct Iterator: AsyncBufferedIteratorProtocol {
        var iterator: AsyncStream<JobStatus>.Iterator

        mutating func next() async throws -> UInt8? { preconditionFailure("bodies are read by the buffer") }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            guard let status = await iterator.next() else { return nil }
            return Data("data: ".utf8) + JSONAnswer.data(status) + Data("\n\n".utf8)
        }
    }
}

/// JSON with its keys in order.
enum JSONAnswer {
    private struct Failure: Encodable {
        struct Content: Encodable { let message: String }
        let error: Content
    }

    static func data(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return (try? encoder.encode(value)) ?? Data("{}".utf8)
    }

    static func response(_ value: some Encodable, status: HTTPStatusCode = .ok) -> HTTPResponse {
        HTTPResponse(statusCode: status, headers: [.contentType: "application/json"], body: data(value))
    }

    static func response(_ refusal: Refusal) -> HTTPResponse {
        var response = response(Failure(error: .init(message: refusal.message)), status: refusal.status)
        response.headers[HTTPHeader("Retry-After")] = refusal.retryAfter.map(String.init)
        return response
    }
}
