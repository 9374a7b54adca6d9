import Dispatch
import Foundation

/// A client that sends exactly what it is told to.
struct Client: Sendable {
    struct Reply: Sendable {
        let status: Int
        let headers: [String: String]
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        /// The sentence of a refusal.
        var message: String? { (json["error"] as? [String: Any])?["message"] as? String }
    }

    struct Failure: Error {
        let reason: String
    }

    let host: String
    let port: UInt16

    init(_ address: String) throws {
        guard let url = URLComponents(string: address), let host = url.host, let port = url.port else { throw Failure(reason: address) }
        self.host = host
        self.port = UInt16(port)
    }

    /// Sends a request on a connection of its own; `Host` is the right one unless `headers` has another.
    func send(_ method: String, _ path: String, headers: [String: String] = [:], body: Data = Data()) async throws -> Reply {
        var all = ["Host": "\(host):\(port)", "Connection": "close"]
        if !body.isEmpty { all["Content-Length"] = "\(body.count)" }
        all.merge(headers) { $1 }
        let head = "\(method) \(path) HTTP/1.1\r\n" + all.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return try Self.reply(try await exchange(Data(head.utf8) + body))
    }

    /// Sends bytes and returns all that comes until the server ends the connection.
    func exchange(_ bytes: Data) async throws -> Data {
        // Not on a thread of Swift's concurrency, which the server needs.
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try exchangeNow(bytes) }) }
            thread.start()
        }
    }

    private func exchangeNow(_ bytes: Data) throws -> Data {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        guard isConnected else { throw Failure(reason: "connect: \(String(cString: strerror(errno)))") }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var sent = 0
        while sent < bytes.count {
            let step = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
            // A server that has refused takes no more; its answer is there.
            guard step > 0 else { break }
            sent += step
        }
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let step = recv(descriptor, &buffer, buffer.count, 0)
            guard step > 0 else { break }
            received += buffer[0..<step]
        }
        return received
    }

    static func reply(_ bytes: Data) throws -> Reply {
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { throw Failure(reason: "no answer, \(bytes.count) bytes") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(reason: lines[0])
        }
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        let headers = Dictionary(fields) { "\($0), \($1)" }
        let body = Data(bytes[end.upperBound...])
        return Reply(status: status, headers: headers, body: headers["transfer-encoding"] == "chunked" ? joined(body) : body)
    }

    /// The content of a body that came in chunks.
    private static func joined(_ body: Data) -> Data {
        var content = Data()
        var position = body.startIndex
        while let line = body.range(of: Data("\r\n".utf8), in: position..<body.endIndex),
            let count = Int(String(decoding: body[position..<line.lowerBound], as: UTF8.self), radix: 16), count > 0,
            line.upperBound + count <= body.endIndex
        {
            content += body[line.upperBound..<line.upperBound + count]
            position = line.upperBound + count + 2
        }
        return content
    }
}
