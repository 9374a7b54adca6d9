import BlindSR
import Foundation
import Imaging
import Pixels
import Testing

@testable import Serving

/// All suites of the server; each test has one of its own, on a free port.
@Suite(.serialized) struct ServingTests {}

/// Runs `body` with a server that uses the shipped weights, and ends it.
func withServer(
    limits: ServingLimits = ServingLimits(), host: String = "127.0.0.1", token: String? = nil,
    _ body: (PageServer, Client) async throws -> Void
) async throws {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    var options = ServingOptions(store: ModelStore(folders: [package.appendingPathComponent("Weights").path]))
    options.limits = limits
    options.host = host
    options.token = token
    let server = try await PageServer(options)
    do { try await body(server, Client(server.address)) } catch {
        await server.stop()
        throw error
    }
    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: server.folder))
}

/// A picture with edges and slopes as a PNG file.
func photo(_ width: Int = 64, _ height: Int = 48) throws -> Data {
    var image = Image(width: width, height: height, channels: 3)
    for c in 0..<3 {
        for y in 0..<height {
            for x in 0..<width {
                let slope = Float(x + c * y) / Float(width + 2 * height)
                image[x, y, c] = (x / 9 + y / 7) % 2 == 0 ? slope : 1 - slope
            }
        }
    }
    return Data(try ImageFile.encode(image, as: .png, name: "photo"))
}

extension Client {
    /// Sends a photo and returns its job's address.
    func start(_ photo: Data, query: String = "") async throws -> String {
        let reply = try await send("POST", "/api/jobs\(query)", body: photo)
        #expect(reply.status == 202, "\(reply.text)")
        return try #require(reply.headers["location"])
    }

    /// Waits until a job is in one of these states and returns what is said of it.
    func wait(_ job: String, for states: [String] = ["done", "failed"]) async throws -> Reply {
        for _ in 0..<600 {
            let reply = try await send("GET", job)
            if let state = reply.json["state"] as? String, states.contains(state) { return reply }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure(reason: "\(job) does not end")
    }
}

func decoded(_ data: Data) throws -> Image { try ImageFile.decode(Array(data), name: "answer").image }
