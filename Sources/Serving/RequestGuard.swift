import FlyingFox
import Foundation

/// Decides whether a request may come in at all. A page of another site that the user has open can send requests here, too, and a name that it
/// owns may point to this machine (DNS rebinding): so `Host` has to be one of ours, and what a browser says of the request's origin, too.
struct RequestGuard: Sendable {
    let token: String?
    let isLoopback: Bool
    let port: UInt16

    /// The name of the cookie that holds the token. Servers on other ports of this host see it, too, and have others.
    var cookie: String { "kenet-token-\(port)" }

    /// Throws ``Refusal``.
    func check(_ request: HTTPRequest) throws(Refusal) {
        let host = request.headers[.host] ?? ""
        guard isOwn(host) else {
            throw Refusal(.misdirectedRequest, "This server is not known as \(host.isEmpty ? "nothing" : host.prefix(100).description).")
        }
        if let origin = request.headers[HTTPHeader("Origin")], origin.lowercased() != "http://\(host.lowercased())" {
            throw Refusal(.forbidden, "Pages of other sites may not use this server.")
        }
        // Following a link to the page itself is fine wherever the link was.
        let site = request.headers[HTTPHeader("Sec-Fetch-Site")] ?? "none"
        guard site == "same-origin" || site == "none" || (request.method == .GET && request.path == "/") else {
            throw Refusal(.forbidden, "Pages of other sites may not use this server.")
        }
        guard request.path == "/health" || hasToken(request) else {
            throw Refusal(.unauthorized, "This server wants its token: open the address that it printed, or send it as a bearer token.")
        }
    }

    /// Whether the request shows the token, as a bearer token or as the cookie that the page's address leaves behind.
    func hasToken(_ request: HTTPRequest) -> Bool {
        guard let token else { return true }
        if let given = request.headers[.authorization], Self.isEqual(given, "Bearer \(token)") { return true }
        if request.path == "/", let given = request.query["token"], Self.isEqual(given, token) { return true }
        let cookies = (request.headers[.cookie] ?? "").split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        return cookies.contains { Self.isEqual($0, "\(cookie)=\(token)") }
    }

    /// Whether `Host` names this server. An IP address cannot be made to point elsewhere, so beyond loopback all of them are fine.
    private func isOwn(_ host: String) -> Bool {
        guard let url = URLComponents(string: "http://\(host)"), var name = url.host?.lowercased(), url.path.isEmpty, url.user == nil,
            (url.port ?? 80) == Int(port)
        else { return false }
        if name.hasPrefix("[") && name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name == "localhost" { return true }
        return isLoopback ? ListenAddress(name)?.isLoopback == true : ListenAddress(name) != nil
    }

    /// Takes the same time wherever the texts differ.
    static func isEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var difference = UInt8(a.count == b.count ? 0 : 1)
        for i in 0..<max(a.count, b.count) { difference |= (i < a.count ? a[i] : 0) ^ (i < b.count ? b[i] : 0) }
        return difference == 0
    }
}
