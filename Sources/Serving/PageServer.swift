import BlindSR
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// The local web page and its API.
///
///     let server = try await PageServer(options)
///     print(server.address)
///     …
///     await server.stop()
public final class PageServer: Sendable {
    /// Bodies up to this size are read with the header.
    private static let smallBody = 4096
    /// How often old jobs are looked for, and watchers are told that the connection lives.
    private static let tidying = Duration.seconds(5)
    /// The longest that a request may take once its header is there; events are no part of it. FlyingFox bounds neither the header nor its time.
    private static let patience = 180.0

    /// Where the page is, with the token where one is needed.
    public let address: String
    /// The folder of the jobs' files, which is removed by ``stop()``.
    public var folder: String { store.folder.path }

    private let store: JobStore
    private let worker: Worker
    private let tasks: [Task<Void, Never>]

    /// Starts to listen.
    ///
    /// Where no loopback address is listened on and no token is given, one is made up; ``address`` holds it.
    ///
    /// - Throws: ``ServingError``.
    public init(_ options: ServingOptions) async throws {
        guard let host = ListenAddress(options.host) else { throw ServingError.host(options.host) }
        let offer = try Offer(store: options.store, weights: options.weights)
        let token = options.token ?? (host.isLoopback ? nil : "\(JobID())")
        let folder = try JobFolder()
        let store = JobStore(folder: folder, limits: options.limits)
        let worker = Worker(store: store) { Studio(options: options, folder: folder) }
        let api = API(offer: offer, limits: options.limits, store: store, worker: worker)
        let port = Mutex(options.port)
        @Sendable func make() throws -> HTTPServer {
            let listening = port.withLock { $0 }
            func configuration(_ address: some SocketAddress) -> HTTPServer.Configuration {
                HTTPServer.Configuration(
                    address: address, timeout: Self.patience, sharedRequestBufferSize: Self.smallBody, sharedRequestReplaySize: 0,
                    logger: .disabled)
            }
            let handler = ClosureHTTPHandler { request in
                let access = RequestGuard(token: token, isLoopback: host.isLoopback, port: port.withLock { $0 })
                return await Self.answer(request, access, api)
            }
            return HTTPServer(config: configuration(try host.socketAddress(port: listening)), handler: handler)
        }
        let text = "\(host.urlHost):\(options.port)"
        do {
            let server = try make()
            let running = Task { try await server.run() }
            do { try await server.waitUntilListening() } catch {
                if case .failure(let reason) = await running.result { throw reason }
                throw error
            }
            switch await server.listeningAddress {
            case .ip4(_, let found), .ip6(_, let found): port.withLock { $0 = found }
            case .unix, nil: throw SocketError.unsupportedAddress
            }
            tasks = [
                // Where the listening socket fails, as it does without free file descriptors, it is made anew.
                Task {
                    _ = await withTaskCancellationHandler {
                        await running.result
                    } onCancel: {
                        running.cancel()
                    }
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .milliseconds(200))
                        try? await make().run()
                    }
                },
                Task {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: min(Self.tidying, options.limits.keep / 2))
                        store.tidy()
                        worker.wakeUp()
                    }
                },
            ]
        } catch {
            worker.stop()
            folder.removeAll()
            if case SocketError.failed(_, _, let message) = error {
                throw ServingError.cannotListen(address: text, reason: message.lowercased())
            }
            throw ServingError.cannotListen(address: text, reason: error.localizedDescription)
        }
        self.store = store
        self.worker = worker
        address = "http://\(host.urlHost):\(port.withLock { $0 })/" + (token.map { "?token=\($0)" } ?? "")
    }

    /// Ends all work and removes all files.
    public func stop() async {
        for task in tasks { task.cancel() }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [worker] in
                worker.stop()
                continuation.resume()
            }
        }
        store.folder.removeAll()
    }

    // MARK: One request

    private static func answer(_ request: HTTPRequest, _ access: RequestGuard, _ api: API) async -> HTTPResponse {
        var request = request
        // The printed address ends in a slash, and people put a path behind it; FlyingFox takes what follows two slashes for a host.
        if request.target.path().hasPrefix("//") { request.path = "/" + request.target.path().drop { $0 == "/" } }
        let hasLongBody = request.bodySequence.count.map { $0 > smallBody } ?? true
        var response: HTTPResponse
        do {
            try access.check(request)
            guard !hasLongBody || API.takesBody(request) else { throw Refusal(.payloadTooLarge, "Nothing is to be sent here.") }
            response = request.path == "/" && request.query["token"] != nil ? welcome(access) : try await api.answer(request)
        } catch {
            let refusal = error as? Refusal ?? Refusal(.internalServerError, Sentence(error).text)
            response = JSONAnswer.response(refusal)
            if hasLongBody { response = await closing(response, request.bodySequence) }
        }
        // The answer to HEAD has no body, and FlyingFox would send one.
        if request.method == .HEAD {
            response = HTTPResponse(statusCode: response.statusCode, headers: response.headers)
            response.headers[.connection] = "close"
        }
        for (name, value) in headers { response.headers[HTTPHeader(name)] = value }
        return response
    }

    private static func closing(_ response: HTTPResponse, _ rest: HTTPBodySequence) async -> HTTPResponse {
        let answer = (try? await response.bodyData) ?? Data()
        var headers = response.headers
        headers[.connection] = "close"
        return HTTPResponse(
            statusCode: response.statusCode, headers: headers,
            body: HTTPBodySequence(from: ClosingBody(answer: answer, rest: rest), count: answer.count))
    }

    /// Leaves the token with the browser and shows the page without it in the address.
    private static func welcome(_ access: RequestGuard) -> HTTPResponse {
        let cookie = access.token.map { "\(access.cookie)=\($0); HttpOnly; SameSite=Strict; Path=/" }
        var headers: HTTPHeaders = [.location: "/"]
        headers[.setCookie] = cookie
        return HTTPResponse(statusCode: .seeOther, headers: headers)
    }

    private static let headers = [
        "Content-Security-Policy":
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; "
            + "base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
    ]
}
