import ChatAPI
import Engine
import Telemetry
import Transport

/// `/healthz`, `/readyz`, `/metrics`, `/version` and the API's description. Metrics and readiness are not public.
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
        case ["v1", "openapi.json"]: return Answer(json: OpenAPI.document(of: engine.api))
        case ["readyz"]: return request.isTrusted ? await readiness() : hidden(request)
        case ["metrics"]:
            guard request.isTrusted else { return hidden(request) }
            let text = metrics.registry.openMetrics(process: ProcessStatistics.current())
            return Answer(text: text, type: Metrics.contentType)
        default: return nil
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
            case ["healthz"], ["version"], ["v1", "openapi.json"]: true
            case ["readyz"], ["metrics"]: request.isTrusted
            default: false
            }
        guard isPage else { return nil }
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
