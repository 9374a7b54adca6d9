import FlyingSocks
import Foundation

/// An IP address to listen on.
struct ListenAddress: Sendable, Equatable {
    let text: String
    private let isIPv6: Bool

    /// An address of either version, or `localhost`, which stands for 127.0.0.1; nil for anything else.
    init?(_ host: String) {
        text = host.lowercased() == "localhost" ? "127.0.0.1" : host
        if (try? sockaddr_in.inet(ip4: text, port: 0)) != nil {
            isIPv6 = false
        } else if (try? sockaddr_in6.inet6(ip6: text, port: 0)) != nil {
            isIPv6 = true
        } else {
            return nil
        }
    }

    /// Whether only programs of this machine reach it.
    var isLoopback: Bool { isIPv6 ? text == "::1" : text.hasPrefix("127.") }

    /// As it stands in an address of the web; "any" addresses as the loopback address by which this machine reaches them.
    var urlHost: String { isIPv6 ? "[\(text == "::" ? "::1" : text)]" : text == "0.0.0.0" ? "127.0.0.1" : text }

    func socketAddress(port: UInt16) throws -> any SocketAddress {
        if isIPv6 { return try sockaddr_in6.inet6(ip6: text, port: port) }
        return try sockaddr_in.inet(ip4: text, port: port)
    }
}
