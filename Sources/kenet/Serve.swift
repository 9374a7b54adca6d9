import ArgumentParser
import BlindSR
import Dispatch
import Foundation
import Serving
import Synchronization
import TrainingCommands

/// `kenet serve`: a page in the browser, for this machine.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a web page to restore photos in, to this machine.",
        discussion: """
            Prints the page's address and runs until Ctrl-C. Photos stay on this machine: they are kept in a temporary folder and deleted half an \
            hour after they were last looked at, and at the end. /openapi.yaml describes the API.
            """)

    @Option(help: "IP address to listen on, or localhost. Any other than a loopback address gets a token, which clients need.")
    var host = "127.0.0.1"

    @Option(help: "Port (0: a free one).")
    var port: UInt16 = 0

    @Option(
        help: "What clients have to show, as a bearer token or by opening the printed address (default: none on loopback, else made up).")
    var token: String?

    @Option(help: ArgumentHelp("The largest file that is taken, in megabytes.", valueName: "MB"))
    var maxUpload = 64

    @Option(help: ArgumentHelp("The largest result that is made, in pixels.", valueName: "pixels"))
    var maxPixels = PixelCount(count: 50_000_000)

    @OptionGroup var weightOptions: WeightOptions
    @OptionGroup var engine: EngineOptions

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func validate() throws {
        guard (1...4096).contains(maxUpload) else { throw ValidationError("--max-upload is a number from 1 to 4096.") }
        if let token {
            let isPlain = token.utf8.allSatisfy { UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 && !";,\"\\&#%+".utf8.contains($0) }
            guard !token.isEmpty, isPlain else { throw ValidationError("A token is made of letters, digits and simple signs.") }
        }
    }

    func run() throws {
        var options = ServingOptions(store: try .ofThisProcess())
        options.host = host
        options.port = port
        options.token = token
        options.weights = weightOptions.weights
        for name in weightOptions.weights where WeightVariant(rawValue: name) == nil { _ = try options.store.card(named: name) }
        options.device = try engine.start()
        options.threads = engine.threads
        options.limits.upload = maxUpload << 20
        options.limits.pixels = maxPixels.count
        let server = try waiting { [options] in try await PageServer(options) }
        do {
            try Console().result(server.address)
            Console(isQuiet: quiet).note("Open this address in a browser. Ctrl-C ends the server and deletes its photos.")
            while !Interruption.isRequested { Thread.sleep(forTimeInterval: 0.1) }
        } catch {
            try waiting { await server.stop() }
            throw error
        }
        try waiting { await server.stop() }
    }
}

/// Runs `body` on other threads while this one waits.
private func waiting<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task.detached {
        let value: Result<Value, any Error>
        do { value = .success(try await body()) } catch { value = .failure(error) }
        result.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    return try result.withLock { $0! }.get()
}
