package import ChatAPI
package import Transport

/// An answer over HTTP, whole.
package struct RESTAnswer: Sendable, Equatable {
    package let status: Int
    package let reason: String
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package init(status: Int, reason: String = "", headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The refusal, as the daemon said it; made of the status if something between answered instead of the daemon.
    package var error: APIError {
        let type = headers["content-type"] ?? ""
        var error: APIError
        if type.contains("json"), let problem = try? Coding.decode(APIError.self, from: body) {
            error = problem
        } else {
            let said = body.isEmpty || !type.hasPrefix("text/plain") ? "" : ": " + Self.line(of: body)
            let title = reason.isEmpty ? HTTPStatus.reason(status) : reason
            error = APIError(.general(for: status), "the server answered \(status) \(title)\(said)")
        }
        if error.requestID == nil { error.requestID = headers["x-request-id"] }
        if error.retryAfterMilliseconds == nil, let seconds = headers["retry-after"].flatMap({ Int64($0) }) {
            error.retryAfterMilliseconds = max(0, min(seconds, 86_400)) * 1_000
        }
        return error
    }

    /// The first line of a text, without anything a terminal would obey.
    private static func line(of bytes: [UInt8]) -> String {
        let line = bytes.prefix(200).prefix { $0 != 0x0A && $0 != 0x0D }
        return String(
            String.UnicodeScalarView(
                String(decoding: line, as: UTF8.self).unicodeScalars.filter {
                    $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
                }
            )
        )
    }

    package func output<Output: Decodable>(_: Output.Type) throws(APIError) -> Output {
        guard isSuccess else { throw error }
        do throws(APIError) {
            return try Coding.decode(Output.self, fromAnswer: body.isEmpty ? Array("{}".utf8) : body)
        } catch {
            throw APIError(.internal, "the daemon's answer could not be read: \(error.detail)")
        }
    }
}
