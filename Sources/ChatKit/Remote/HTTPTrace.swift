import ChatAPI
import Transport

/// What `-v` and `-vv` show of HTTP: who asked what and what came, with every secret masked.
package struct HTTPTrace: Sendable {
    package enum Level: Int, Sendable, Comparable {
        /// One line per call.
        case calls = 1
        /// Headers and bodies as well.
        case whole = 2

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package let level: Level
    /// Gets one line at a time, without its end; on any thread.
    package let write: @Sendable (String) -> Void

    package init(_ level: Level, write: @escaping @Sendable (String) -> Void) {
        self.level = level
        self.write = write
    }

    func sent(_ request: RESTRequest, token: String?) {
        write("> \(request.method) \(request.target)")
        guard level == .whole else { return }
        for field in request.headers.fields { write("> \(field.name): \(Self.masked(field))") }
        if token != nil { write("> Authorization: Bearer …") }
        if let body = request.body { write("> " + Self.masked(body)) }
    }

    func received(_ answer: RESTAnswer, milliseconds: Int64) {
        let id = answer.headers["x-request-id"].map { ", request \($0)" } ?? ""
        write("< \(answer.status) \(answer.reason) (\(milliseconds) ms\(id))")
        guard level == .whole else { return }
        for field in answer.headers.fields { write("< \(field.name): \(Self.masked(field))") }
        if !answer.body.isEmpty { write("< " + Self.masked(answer.body)) }
    }

    func failed(_ error: APIError, milliseconds: Int64) {
        write("< \(error.code.rawValue): \(error.detail) (\(milliseconds) ms)")
    }

    // MARK: - Masking

    /// Members of any input or output that are secrets.
    private static let secrets: Set<String> = [
        "password", "current", "new", "secret", "token", "accessToken", "refreshToken", "code",
    ]

    private static func masked(_ field: HTTPHeaders.Field) -> String {
        switch field.name.lowercased() {
        case "authorization", "cookie", "set-cookie", "proxy-authorization": "…"
        default: field.value
        }
    }

    /// A body with its secrets as `…`. What is not JSON is only measured.
    package static func masked(_ body: [UInt8]) -> String {
        guard let json = try? Coding.decode(JSON.self, from: body) else { return "(\(body.count) bytes)" }
        return String(decoding: Coding.encode(masked(json)), as: UTF8.self)
    }

    private static func masked(_ json: JSON) -> JSON {
        switch json {
        case .object(let members):
            // A problem's `code` is no secret, and the first thing one looks for.
            let isProblem = members["status"] != nil && members["title"] != nil
            var shown: [String: JSON] = [:]
            for (name, value) in members {
                if case .string = value, secrets.contains(name), !(isProblem && name == "code") {
                    shown[name] = "…"
                } else {
                    shown[name] = masked(value)
                }
            }
            return .object(shown)
        case .array(let items): return .array(items.map(masked))
        default: return json
        }
    }
}
