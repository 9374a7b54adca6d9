import Foundation
import Imaging
import Testing

@testable import Serving

extension ServingTests {
    @Suite struct Refusals {
        @Test func whatIsNoImage() async throws {
            try await withServer { _, client in
                let text = try await client.send("POST", "/api/jobs", body: Data("a text that is no image at all".utf8))
                #expect(text.status == 415 && text.message == "This is not a PNG, JPEG, WebP, TIFF, AVIF or HEIC image.")
                #expect(try await client.send("POST", "/api/jobs").status == 400)
                let form = try await client.send(
                    "POST", "/api/jobs", headers: ["Content-Type": "multipart/form-data; boundary=x"],
                    body: Data("--x\r\n\r\nno file\r\n--x--".utf8))
                #expect(form.status == 400)
            }
        }

        @Test func whatCannotBeDecoded() async throws {
            var limits = ServingLimits()
            limits.pixels = 100_000
            try await withServer(limits: limits) { _, client in
                let whole = try photo()
                for (file, sentence) in [
                    (whole.prefix(whole.count / 2), "damaged"), (try photo(400, 300), "megapixels"), (try photo(3, 3), "too small"),
                ] {
                    let reply = try await client.wait(try await client.start(Data(file)))
                    #expect(reply.json["state"] as? String == "failed")
                    let error = try #require(reply.json["error"] as? String)
                    #expect(error.contains(sentence) && error.hasSuffix(".") && !error.contains("/"), "\(error)")
                }
            }
        }

        @Test func whatIsTooLarge() async throws {
            var limits = ServingLimits()
            limits.upload = 100_000
            try await withServer(limits: limits) { server, client in
                // By the header: the answer comes before any of the two gigabytes.
                let head = "POST /api/jobs HTTP/1.1\r\nHost: \(client.host):\(client.port)\r\nContent-Length: 2147483648\r\n\r\n"
                let start = ContinuousClock.now
                let reply = try Client.reply(try await client.exchange(Data(head.utf8)))
                #expect(reply.status == 413 && reply.headers["connection"] == "close" && ContinuousClock.now - start < .seconds(10))
                // By the bytes that come, where the header does not tell.
                let signature = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
                let chunk = Data("8000\r\n".utf8) + signature + Data(count: 0x8000 - 8) + Data("\r\n".utf8)
                var chunked = Data(
                    "POST /api/jobs HTTP/1.1\r\nHost: \(client.host):\(client.port)\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
                for _ in 0..<8 { chunked += chunk }
                #expect(try Client.reply(try await client.exchange(chunked + Data("0\r\n\r\n".utf8))).status == 413)
                #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder).isEmpty)
                #expect(try await client.send("GET", "/health").status == 200)
            }
        }

        @Test func anUploadThatBreaksOff() async throws {
            var limits = ServingLimits()
            limits.waiting = 1
            limits.receiving = .seconds(2)
            try await withServer(limits: limits) { server, client in
                let file = try photo(200, 150)
                let head = "POST /api/jobs HTTP/1.1\r\nHost: \(client.host):\(client.port)\r\nContent-Length: \(file.count + 9999)\r\n\r\n"
                _ = try await client.exchange(Data(head.utf8) + file)
                #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder).isEmpty)
                // Its place is free again.
                _ = try await client.start(file)
            }
        }

        @Test func foreignPagesAndNames() async throws {
            try await withServer { (_, client) async throws in
                let own = "\(client.host):\(client.port)"
                for host in [
                    "evil.example", "evil.example:\(client.port)", "\(client.host):1", "", "127.0.0.1.evil.example:\(client.port)",
                    "x@\(own)",
                ] {
                    #expect(try await client.send("GET", "/", headers: ["Host": host]).status == 421, "\(host)")
                }
                for host in ["localhost:\(client.port)", "LOCALHOST:\(client.port)", "[::1]:\(client.port)"] {
                    #expect(try await client.send("GET", "/", headers: ["Host": host]).status == 200, "\(host)")
                }
                for origin in ["http://evil.example", "null", "https://\(own)", "http://localhost:1", "http://\(own).evil.example"] {
                    #expect(
                        try await client.send("POST", "/api/jobs", headers: ["Origin": origin], body: try photo()).status == 403,
                        "\(origin)")
                }
                for site in ["cross-site", "same-site"] {
                    #expect(try await client.send("GET", "/api/models", headers: ["Sec-Fetch-Site": site]).status == 403)
                    #expect(try await client.send("GET", "/", headers: ["Sec-Fetch-Site": site]).status == 200)
                }
                #expect(
                    try await client.send("GET", "/api/models", headers: ["Origin": "http://\(own)", "Sec-Fetch-Site": "same-origin"])
                        .status == 200)
            }
        }

        /// What a refused page sent on must not be read as a request of its own.
        @Test func noRequestInsideAnother() async throws {
            try await withServer { _, client in
                let own = "\(client.host):\(client.port)"
                let inner = "GET /api/models HTTP/1.1\r\nHost: \(own)\r\n\r\n"
                let body = String(repeating: inner, count: 200)
                let head =
                    "POST /api/jobs HTTP/1.1\r\nHost: \(own)\r\nOrigin: http://evil.example\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                let answer = String(decoding: try await client.exchange(Data((head + body).utf8)), as: UTF8.self)
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2 && answer.hasPrefix("HTTP/1.1 403"), "\(answer)")
                let get = "GET /health HTTP/1.1\r\nHost: \(own)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                let other = String(decoding: try await client.exchange(Data((get + body).utf8)), as: UTF8.self)
                #expect(other.components(separatedBy: "HTTP/1.1 ").count == 2 && other.hasPrefix("HTTP/1.1 413"), "\(other)")
            }
        }

        @Test func theToken() async throws {
            try await withServer(token: "secret") { server, client in
                #expect(server.address.hasSuffix("/?token=secret"))
                #expect(try await client.send("GET", "/health").status == 200)
                #expect(try await client.send("GET", "/").status == 401)
                #expect(try await client.send("GET", "/?token=wrong").status == 401)
                #expect(try await client.send("GET", "/api/models", headers: ["Authorization": "Bearer secret"]).status == 200)
                #expect(try await client.send("GET", "/api/models", headers: ["Authorization": "Bearer secret2"]).status == 401)
                let opened = try await client.send("GET", "/?token=secret")
                #expect(opened.status == 303 && opened.headers["location"] == "/")
                let cookie = try #require(opened.headers["set-cookie"])
                #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
                let name = String(cookie.prefix { $0 != ";" })
                #expect(try await client.send("GET", "/api/models", headers: ["Cookie": "a=b; \(name)"]).status == 200)
            }
        }

        @Test func beyondLoopbackThereIsAToken() async throws {
            try await withServer(host: "0.0.0.0") { (server, client) async throws in
                #expect(server.address.contains("/?token="))
                #expect(try await client.send("GET", "/api/models").status == 401)
            }
        }

        @Test func unknownAddresses() async throws {
            try await withServer { (_, client) async throws in
                let id = String(repeating: "0", count: 32)
                for path in [
                    "/nothing", "/api/jobs/\(id)", "/api/jobs/\(id)/result", "/api/jobs/../../etc/passwd",
                    "/api/jobs/%2e%2e%2fphoto/result",
                    "//etc/passwd", "//api/jobs/\(id)/../../../health", "/api/jobs/\(id)/../x",
                ] { #expect(try await client.send("GET", path).status == 404, "\(path)") }
                for (method, path) in [("GET", "/api/jobs"), ("POST", "/"), ("DELETE", "/health"), ("PUT", "/api/models")] {
                    #expect(try await client.send(method, path).status == 405, "\(method) \(path)")
                }
                // Headers alone, also with another request behind it on the same connection.
                let head = "HEAD /health HTTP/1.1\r\nHost: \(client.host):\(client.port)\r\n\r\n"
                let answer = String(decoding: try await client.exchange(Data(head.utf8)), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 405") && answer.hasSuffix("\r\n\r\n"), "\(answer)")
                for query in [
                    "scale=5", "scale=x", "scale=2.5", "model=nothing", "model=dipfkp", "model=spectrum%2Bzssr", "format=gif", "noise=-1",
                    "variance1=1", "scale=3&model=kenet%2Bwiener",
                ] {
                    #expect(try await client.send("POST", "/api/jobs?\(query)", body: try photo()).status == 422, "\(query)")
                }
            }
        }

        @Test func whatCannotBeServed() async throws {
            var options = ServingOptions(store: .init(folders: ["/nowhere"]))
            let withoutModels = options
            await #expect(throws: ServingError.noModels) { _ = try await PageServer(withoutModels) }
            options.host = "example.org"
            let withoutHost = options
            await #expect(throws: ServingError.host("example.org")) { _ = try await PageServer(withoutHost) }
        }
    }
}
