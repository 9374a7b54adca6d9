import Foundation
import Imaging
import Pixels
import Testing

@testable import Serving

extension ServingTests {
    @Suite struct Jobs {
        @Test func theWholeWay() async throws {
            try await withServer { server, client in
                let job = try await client.start(try photo())
                let done = try await client.wait(job)
                #expect(done.json["state"] as? String == "done", "\(done.text)")
                let kernel = try #require(done.json["kernel"] as? [String: Any])
                for key in ["source", "size", "values", "variance1", "variance2", "angle", "confidence"] {
                    #expect(kernel[key] != nil, "\(key)")
                }
                #expect(done.json["noise"] != nil)

                let result = try decoded(try await client.send("GET", job + "/result").body)
                #expect(result.width == 128 && result.height == 96)
                let before = try decoded(try await client.send("GET", job + "/before").body)
                #expect(before.width == 128 && before.height == 96)
                let expected = try decoded(try photo()).enlargedOnModelGrid(scale: 2)
                let difference =
                    zip(before.samples, expected.samples).map { abs($0 - min(max($1, 0), 1)) }.reduce(0, +) / Float(before.samples.count)
                #expect(difference < 0.01)
                #expect(try decoded(try await client.send("GET", job + "/kernel.png").body).width > 100)
                #expect(try decoded(try await client.send("GET", job + "/map").body).width > 100)
                #expect(try await client.send("GET", job).json["map"] != nil)

                let files = server.folder + job.replacingOccurrences(of: "/api/jobs", with: "")
                #expect(FileManager.default.fileExists(atPath: files))
                #expect(try await client.send("DELETE", job).status == 204)
                #expect(!FileManager.default.fileExists(atPath: files))
                for part in ["", "/result", "/events", "/map"] { #expect(try await client.send("GET", job + part).status == 404) }
                #expect(try await client.send("DELETE", job).status == 404)
            }
        }

        @Test func eventsEndWithTheJob() async throws {
            try await withServer { _, client in
                let job = try await client.start(try photo(400, 300))
                let reply = try await client.send("GET", job + "/events")
                #expect(reply.headers["content-type"] == "text/event-stream")
                let events = reply.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
                #expect(
                    events.allSatisfy { $0.hasPrefix("data: {") } && events.last?.contains("\"state\":\"done\"") == true, "\(reply.text)")
            }
        }

        /// The printed address ends in a slash, and people put a path behind it.
        @Test func addressesWithTooManySlashes() async throws {
            try await withServer(token: "secret") { (_, client) async throws in
                let file = try photo(200, 150)
                // More than is read with the header.
                try #require(file.count > 4096)
                let bearer = ["Authorization": "Bearer secret"]
                for path in ["//api/jobs?scale=2", "/api/jobs/", "//api//jobs"] {
                    let reply = try await client.send("POST", path, headers: bearer, body: file)
                    #expect(reply.status == 202, "\(path): \(reply.text)")
                    let job = try #require(reply.headers["location"])
                    #expect(try await client.send("GET", "/" + job, headers: bearer).status == 200)
                    #expect(try await client.send("GET", "/" + job).status == 401)
                }
                #expect(try await client.send("GET", "//health").status == 200)
            }
        }

        @Test func aFormOfABrowser() async throws {
            try await withServer { _, client in
                let head =
                    "--b0undary\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"../../etc/passwd\"\r\nContent-Type: image/png\r\n\r\n"
                let form = Data(head.utf8) + (try photo()) + Data("\r\n--b0undary--\r\n".utf8)
                let reply = try await client.send(
                    "POST", "/api/jobs?format=jpeg", headers: ["Content-Type": "multipart/form-data; boundary=b0undary"], body: form)
                let job = try #require(reply.headers["location"], "\(reply.text)")
                #expect(try await client.wait(job).json["state"] as? String == "done")
                let result = try await client.send("GET", job + "/result")
                #expect(result.headers["content-type"] == "image/jpeg" && ImageFormat(detecting: result.body) == .jpeg)
            }
        }

        @Test func whatThePhotoCarriesComesOut() async throws {
            try await withServer { _, client in
                var carrying = Photo(try decoded(try photo()))
                carrying.alpha = Image(width: 64, height: 48, channels: 1, repeating: 0.5)
                carrying.bitsPerSample = 16
                let job = try await client.start(Data(try ImageFile.encode(carrying, as: .png, name: "photo")))
                _ = try await client.wait(job)
                let result = try ImageFile.decode(Array(try await client.send("GET", job + "/result").body), name: "result")
                #expect(result.bitsPerSample == 16 && result.colour.width == 128)
                #expect(result.alpha?.width == 128 && result.alpha?.samples.allSatisfy { abs($0 - 0.5) < 0.01 } == true)
            }
        }

        @Test func aPreviewIsAPartOfTheResult() async throws {
            try await withServer { _, client in
                let job = try await client.start(try photo(160, 120), query: "?variance1=1.5&variance2=0.8&angle=30&noise=0")
                let done = try await client.wait(job)
                #expect((done.json["kernel"] as? [String: Any])?["source"] as? String == "chosen")
                let query = "variance1=1.5&variance2=0.8&angle=30"
                let preview = try decoded(try await client.send("POST", job + "/preview?\(query)&x=40&y=30&width=64&height=48").body)
                let result = try decoded(try await client.send("GET", job + "/result").body).cropped(x: 80, y: 60, width: 128, height: 96)
                let difference = zip(preview.samples, result.samples).map { abs($0 - $1) }
                #expect(difference.reduce(0, +) / Float(difference.count) < 0.01)
                for bad in [
                    "x=130&y=0&width=64&height=48", "x=-1&y=0&width=9&height=9", "x=0&y=0&width=0&height=9", "x=0",
                    "x=0.5&y=0&width=9&height=9",
                ] {
                    #expect(try await client.send("POST", job + "/preview?\(query)&\(bad)").status == 422, "\(bad)")
                }
                #expect(try await client.send("POST", job + "/preview?variance1=0&variance2=1&x=0&y=0&width=9&height=9").status == 422)
            }
        }

        @Test func anotherKernelForTheWholePhoto() async throws {
            try await withServer { _, client in
                let job = try await client.start(try photo())
                let first = try await client.wait(job)
                let before = try await client.send("GET", job + "/result").body
                #expect(try await client.send("POST", job + "/apply?variance1=1").status == 422)
                #expect(try await client.send("POST", job + "/apply?variance1=3.5&variance2=3&angle=10").status == 202)
                let second = try await client.wait(job)
                #expect(second.json["revision"] as? Int == 2 && first.json["revision"] as? Int == 1)
                let kernel = try #require(second.json["kernel"] as? [String: Any])
                #expect(abs(try #require(kernel["variance1"] as? Double) - 3.5) < 0.05 && kernel["source"] as? String == "chosen")
                #expect((second.json["estimate"] as? [String: Any])?["source"] as? String != "chosen")
                #expect(try await client.send("GET", job + "/result").body != before)
                // Without a kernel, the estimate is used again.
                #expect(try await client.send("POST", job + "/apply").status == 202)
                #expect((try await client.wait(job).json["kernel"] as? [String: Any])?["source"] as? String != "chosen")
                #expect(try await client.send("GET", job + "/result").body == before)
            }
        }

        @Test func cancelling() async throws {
            try await withServer { server, client in
                let long = try await client.start(try photo(1600, 1200))
                let next = try await client.start(try photo())
                _ = try await client.wait(long, for: ["restoring"])
                // What somebody waits for is done between the tiles of the long job.
                #expect(try await client.send("POST", long + "/preview?variance1=1&variance2=1&x=0&y=0&width=32&height=32").status == 200)
                async let events = client.send("GET", long + "/events")
                try await Task.sleep(for: .milliseconds(200))
                #expect(try await client.send("DELETE", long).status == 204)
                #expect(try await events.text.contains("\"state\":\"cancelled\""))
                #expect(try await client.send("GET", long).status == 404)
                #expect(try await client.wait(next).json["state"] as? String == "done")
                let left = try FileManager.default.contentsOfDirectory(atPath: server.folder)
                #expect(left == [String(next.split(separator: "/").last ?? "")])
            }
        }

        @Test func filesAreDeletedOnTime() async throws {
            var limits = ServingLimits()
            limits.keep = .seconds(1)
            try await withServer(limits: limits) { server, client in
                let job = try await client.start(try photo())
                _ = try await client.wait(job)
                try await Task.sleep(for: .seconds(3))
                #expect(try await client.send("GET", job).status == 404)
                #expect(try FileManager.default.contentsOfDirectory(atPath: server.folder).isEmpty)
            }
        }

        @Test func theOldestOfTooManyGoes() async throws {
            var limits = ServingLimits()
            limits.finished = 2
            try await withServer(limits: limits) { server, client in
                var jobs: [String] = []
                for _ in 0..<3 {
                    jobs.append(try await client.start(try photo()))
                    _ = try await client.wait(jobs.last!)
                }
                try await Task.sleep(for: .seconds(6))
                #expect(try await client.send("GET", jobs[0]).status == 404)
                for job in jobs[1...] { #expect(try await client.send("GET", job).status == 200) }
            }
        }

        @Test func fiftyAtOnce() async throws {
            try await withServer { _, client in
                let file = try photo(200, 150)
                let replies = try await withThrowingTaskGroup(of: Client.Reply.self) { group in
                    for _ in 0..<50 { group.addTask { try await client.send("POST", "/api/jobs", body: file) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(replies.count == 50 && replies.allSatisfy { $0.status == 202 || $0.status == 503 })
                #expect(replies.contains { $0.status == 202 })
                for reply in replies where reply.status == 503 {
                    #expect(reply.headers["retry-after"] != nil && reply.message?.isEmpty == false)
                }
                for job in replies.compactMap({ $0.headers["location"] }) {
                    #expect(try await client.wait(job).json["state"] as? String == "done")
                }
                #expect(try await client.send("GET", "/health").status == 200)
            }
        }
    }
}
