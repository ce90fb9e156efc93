import ChatAPI
import Engine
import Telemetry
import Transport

/// `/healthz`, `/readyz`, `/metrics`, `/version` and the API's description. Metrics and readiness are for whoever
/// administers the socket, and on the listener of `metrics.listen`.
struct StatusPages: Sendable {
    let engine: Engine
    let metrics: DaemonMetrics
    let commit: String
    let isDraining: @Sendable () -> Bool

    /// Nil if the path is none of them.
    func answer(_ request: Request) async -> Answer? {
        guard request.head.method == "GET" || request.head.method == "HEAD" else { return otherMethod(request) }
        switch request.head.target.segments {
        case ["healthz"]: return Answer(text: "ok\n")
        case ["version"]:
            return Answer(json: Coding.encode(["version": Version.number, "commit": commit]))
        case ["v1", "openapi.json"] where request.door.servesCalls:
            return Answer(json: OpenAPI.document(of: engine.api))
        case ["readyz"]: return request.door.showsMetrics ? await readiness() : hidden(request)
        case ["metrics"]:
            guard request.door.showsMetrics else { return hidden(request) }
            let text = metrics.registry.openMetrics(process: ProcessStatistics.current())
            return Answer(text: text, type: Metrics.contentType)
        default: return request.door.servesCalls ? nil : hidden(request)
        }
    }

    private func readiness() async -> Answer {
        if isDraining() { return Answer(status: 503, text: "draining\n") }
        if metrics.hasWrittenLately { return Answer(text: "ready\n") }
        do throws(APIError) {
            try await engine.probeWriter()
            return Answer(text: "ready\n")
        } catch {
            return Answer(status: 503, text: "not ready: \(error.detail)\n")
        }
    }

    /// A page that exists, asked by a method that it does not take.
    private func otherMethod(_ request: Request) -> Answer? {
        let isPage =
            switch request.head.target.segments {
            case ["healthz"], ["version"]: true
            case ["v1", "openapi.json"]: request.door.servesCalls
            case ["readyz"], ["metrics"]: request.door.showsMetrics
            default: false
            }
        guard isPage else { return request.door.servesCalls ? nil : hidden(request) }
        let path = request.head.target.path
        var error = APIError(
            .methodNotAllowed,
            "\(path) does not take \(request.head.method), but GET",
            allowed: ["GET", "HEAD"]
        )
        error.requestID = request.id
        return Answer(error)
    }

    private func hidden(_ request: Request) -> Answer {
        var error = APIError(.notFound, "there is nothing at \(request.head.target.path)")
        error.requestID = request.id
        return Answer(error)
    }
}
