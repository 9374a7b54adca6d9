import Foundation
import Testing

extension CommandTests {
    @Suite struct ServeCommand {
        private let folder: WorkFolder
        init() throws { folder = try WorkFolder() }

        /// Starts a server whose files go into the test's folder, and returns its address.
        private func start(_ arguments: [String] = []) throws -> (Process, address: String) {
            let process = try Tool.start(["serve"] + arguments, in: folder, environment: ["TMPDIR": folder.path])
            for _ in 0..<200 {
                Thread.sleep(forTimeInterval: 0.05)
                if let address = try folder.log("stdout").split(separator: "\n").first { return (process, String(address)) }
            }
            process.terminate()
            throw CocoaError(.fileReadUnknown)
        }

        @Test func itServesAndLeavesNothingBehind() throws {
            // What a server that was killed has left, and what only looks like it.
            try folder.folder("kenet-serve-999999999-abcdef/0123")
            try folder.folder("kenet-serve-mine")
            let (process, address) = try start()
            #expect(address.wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+\//) != nil)
            let port = try #require(URLComponents(string: address)?.port)
            let request =
                "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET /health HTTP/1.1\\r\\nHost: localhost:\(port)\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3"
            #expect(try Tool.run(["-c", request], in: WorkFolder(), program: "/bin/bash").output.hasSuffix("{\"status\":\"ok\"}"))
            let folders = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(
                folders.contains { $0.hasPrefix("kenet-serve-\(process.processIdentifier)-") }
                    && !folders.contains("kenet-serve-999999999-abcdef"))

            // The port is taken now.
            let second = try Tool.run(["serve", "--port", "\(port)"], in: WorkFolder())
            #expect(second.status == 69 && second.errors.contains("cannot listen"), "\(second.errors)")
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("kenet-serve") } == [
                    "kenet-serve-mine"
                ])
        }

        @Test(arguments: [["--host", "example.org"], ["--token", "a b"], ["--max-upload", "0"], ["--port", "70000"]])
        func wrongUsage(arguments: [String]) throws {
            let result = try Tool.run(["serve"] + arguments, in: folder)
            #expect(result.status == 64 && result.output.isEmpty && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }
}
