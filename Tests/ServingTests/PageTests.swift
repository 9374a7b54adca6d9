import Foundation
import Testing

@testable import Serving

extension ServingTests {
    @Suite struct Page {
        @Test func itsFilesAndTheirHeaders() async throws {
            try await withServer { _, client in
                for (path, type) in [
                    ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"), ("/session.js", "text/javascript"),
                    ("/viewer.js", "text/javascript"), ("/kernel.js", "text/javascript"), ("/openapi.yaml", "application/yaml"),
                ] {
                    let reply = try await client.send("GET", path)
                    #expect(reply.status == 200 && reply.headers["content-type"]?.hasPrefix(type) == true && !reply.body.isEmpty)
                    #expect(reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
                    #expect(reply.headers["x-content-type-options"] == "nosniff")
                    // Nothing comes from elsewhere, and nothing that the policy forbids.
                    let foreign = reply.text.matches(of: /https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
                    #expect(path == "/openapi.yaml" || foreign.isEmpty)
                    #expect(
                        path != "/"
                            || (reply.text.contains("<html lang=\"en\">") && !reply.text.contains(" style=")
                                && !reply.text.contains(" onclick="))
                    )
                }
            }
        }

        /// The description names what the server does, and no more.
        @Test func theDescriptionIsTrue() async throws {
            try await withServer { _, client in
                let description = try await client.send("GET", "/openapi.yaml").text
                let paths = description.split(separator: "\n").filter { $0.hasPrefix("  /") }.map {
                    String($0.trimmingCharacters(in: .whitespaces).dropLast())
                }
                #expect(paths.count == 11)
                let job = try await client.start(try photo())
                _ = try await client.wait(job)
                for path in paths where path.contains("{id}") {
                    let address = path.replacingOccurrences(of: "/api/jobs/{id}", with: job)
                    let isPosted = path.hasSuffix("/preview") || path.hasSuffix("/apply")
                    let status = try await client.send(isPosted ? "POST" : "GET", address + (isPosted ? "?variance1=x" : "")).status
                    #expect(status == (isPosted ? 422 : 200), "\(path)")
                }
            }
        }
    }
}
