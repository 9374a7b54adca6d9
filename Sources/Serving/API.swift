import BlindSR
import FlyingFox
import Foundation
import Imaging
import Pixels

/// What each address does; `openapi.yaml` describes it.
struct API: Sendable {
    private struct Welcome: Encodable {
        let models: [String: [Int]]
        let upload, pixels: Int
    }
    private struct Health: Encodable {
        let status = "ok"
    }

    let offer: Offer
    let limits: ServingLimits
    let store: JobStore
    let worker: Worker

    /// Throws ``Refusal`` and what reading and computing throw.
    func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        if let file = PageFile(path: request.path) {
            try require(.GET, request)
            return file.response
        }
        switch parts {
        case ["health"]:
            try require(.GET, request)
            return JSONAnswer.response(Health())
        case ["api", "models"]:
            try require(.GET, request)
            return JSONAnswer.response(Welcome(models: offer.scales, upload: limits.upload, pixels: limits.pixels))
        case ["api", "jobs"]:
            try require(.POST, request)
            return try await create(request)
        case let parts where parts.count >= 3 && parts[0] == "api" && parts[1] == "jobs":
            guard let id = JobID(parts[2]) else { throw Refusal.unknownJob }
            return try await answer(request, about: id, parts.dropFirst(3).joined(separator: "/"))
        default: throw Refusal(.notFound, "There is nothing at this address.")
        }
    }

    private func answer(_ request: HTTPRequest, about id: JobID, _ part: String) async throws -> HTTPResponse {
        let job = try store.job(id)
        switch part {
        case "":
            guard request.method != .DELETE else {
                store.remove(id)
                return HTTPResponse(statusCode: .noContent)
            }
            try require(.GET, request)
            return JSONAnswer.response(try store.status(id))
        case "events":
            try require(.GET, request)
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "text/event-stream"],
                body: HTTPBodySequence(from: EventBody(events: try store.watch(id))))
        case "result":
            try require(.GET, request)
            guard job.state == .done else { throw Refusal.notReady }
            return try file(id, .result, job.parameters.format)
        case "before":
            try require(.GET, request)
            return try file(id, .before, .jpeg)
        case "kernel.png":
            try require(.GET, request)
            guard let kernel = job.choice?.estimate.kernel else { throw Refusal.notReady }
            let picture = try ImageFile.encode(KernelPicture(kernel).render(), as: .png, name: "kernel")
            return image(HTTPBodySequence(data: Data(picture)), .png)
        case "map":
            try require(.GET, request)
            return try await map(job)
        case "preview":
            try require(.POST, request)
            return try await preview(job, request.query)
        case "apply":
            try require(.POST, request)
            return try apply(job, request.query)
        default: throw Refusal(.notFound, "There is nothing at this address.")
        }
    }

    private func require(_ method: HTTPMethod, _ request: HTTPRequest) throws(Refusal) {
        guard request.method == method else { throw Refusal(.methodNotAllowed, "\(request.method.rawValue) is not possible here.") }
    }

    /// Whether a request's body is read.
    static func takesBody(_ request: HTTPRequest) -> Bool {
        request.method == .POST && request.path.split(separator: "/") == ["api", "jobs"]
    }

    // MARK: The work

    private func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let upload = Upload(request: request, limits: limits)
        try upload.check()
        let parameters = try JobParameters(request.query, offer: offer)
        let id = try store.admit(parameters, chosen: try GaussianParameters(request.query))
        do {
            try await upload.receive(into: store.folder.path(id, .photo))
        } catch {
            store.remove(id)
            throw error
        }
        return try accepted(id, store.enqueue(id))
    }

    private func apply(_ job: Job, _ query: [HTTPRequest.QueryItem]) throws -> HTTPResponse {
        let chosen = try GaussianParameters(query)
        guard job.estimate != nil else { throw Refusal.notReady }
        return try accepted(job.id, store.enqueue(job.id, chosen: chosen))
    }

    private func accepted(_ id: JobID, _ isQueued: Bool) throws -> HTTPResponse {
        guard isQueued else { throw Refusal.notReady }
        worker.wakeUp()
        var response = JSONAnswer.response(try store.status(id), status: .accepted)
        response.headers[.location] = "/api/jobs/\(id)"
        return response
    }

    private func preview(_ job: Job, _ query: [HTTPRequest.QueryItem]) async throws -> HTTPResponse {
        guard let blur = try GaussianParameters(query) else {
            throw Refusal(.unprocessableContent, "A blur is given by variance1, variance2 and angle.")
        }
        func number(_ name: String) throws(Refusal) -> Int {
            guard let value = try query.number(name), let number = Int(exactly: value) else {
                throw Refusal(.unprocessableContent, "A preview needs x, y, width and height in whole pixels of the photo.")
            }
            return number
        }
        let area = Rectangle(x: try number("x"), y: try number("y"), width: try number("width"), height: try number("height"))
        guard job.estimate != nil else { throw Refusal.notReady }
        return image(
            HTTPBodySequence(data: try await worker.perform(for: job) { studio, _ in try studio.preview(job, area, blur: blur) }), .png)
    }

    private func map(_ job: Job) async throws -> HTTPResponse {
        if !store.folder.has(job.id, .map) {
            guard job.estimate != nil else { throw Refusal.notReady }
            let report = try await worker.perform(for: job) { try $0.drawMap(job, pause: $1) }
            store.update(job.id) { $0.map = report }
        }
        return try file(job.id, .map, .png)
    }

    // MARK: Pictures

    private func file(_ id: JobID, _ file: JobFolder.File, _ format: ImageFormat) throws -> HTTPResponse {
        guard store.folder.has(id, file) else { throw Refusal.notReady }
        let url = URL(fileURLWithPath: store.folder.path(id, file))
        return image(try HTTPBodySequence(file: url, suggestedBufferSize: 64 << 10), format)
    }

    private func image(_ body: HTTPBodySequence, _ format: ImageFormat) -> HTTPResponse {
        HTTPResponse(statusCode: .ok, headers: [.contentType: "image/\(format.rawValue)"], body: body)
    }
}
