import ChatAPI
import Engine
import Transport

/// A request as the router sees it: whole, with its id, and with who may be behind it.
struct Request: Sendable {
    let head: HTTPRequestHead
    let body: [UInt8]
    let id: String
    let address: String
    let local: LocalIdentity?
    let door: Door
}

/// Where a connection came in, and so what it gets.
///
/// That somebody comes from this machine says nothing: a proxy beside the daemon passes the whole world on from there.
enum Door: Sendable {
    /// The API's listeners; with metrics and readiness for those who administer the socket.
    case service(isAdministrator: Bool)
    /// `metrics.listen`: the status pages and nothing else, for whoever reaches it.
    case status

    var showsMetrics: Bool {
        switch self {
        case .service(let isAdministrator): isAdministrator
        case .status: true
        }
    }

    var servesCalls: Bool {
        if case .status = self { false } else { true }
    }
}

/// What goes back.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    var code: String?

    init(status: Int = 200, json: [UInt8]) {
        self.status = status
        headers = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        body = json
    }

    init(status: Int = 200, text: String, type: String = "text/plain; charset=utf-8") {
        self.status = status
        headers = ["Content-Type": type, "Cache-Control": "no-store"]
        body = Array(text.utf8)
    }

    /// Problem details (RFC 9457).
    init(_ error: APIError) {
        status = error.status
        headers = ["Content-Type": "application/problem+json", "Cache-Control": "no-store"]
        if let wait = error.retryAfterMilliseconds { headers.set("Retry-After", String((wait + 999) / 1_000)) }
        // RFC 9110 §11.6.1 and §15.5.6 demand both.
        if status == 401 { headers.set("WWW-Authenticate", "Bearer") }
        if status == 405 { headers.set("Allow", error.allowed.joined(separator: ", ")) }
        body = Coding.encode(error)
        code = error.code.rawValue
    }

    /// What the HTTP codec refused, in the same form.
    init(refusal: HTTPError, requestID: String) {
        var error = APIError(.general(for: refusal.status), refusal.sentence)
        error.requestID = requestID
        error.exactStatus = refusal.status
        self.init(error)
        headers.set("X-Request-Id", requestID)
        for field in refusal.headers.fields { headers.set(field.name, field.value) }
    }
}

/// Names one request in answers and log lines.
enum RequestID {
    /// A client may name its request: 1–64 characters that are safe in a log line.
    static func accepted(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isSafe = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isSafe ? text : nil
    }

    static func next() -> String { CallOptions.freshRequestID() }
}
