package import ChatAPI
package import Transport

/// What a daemon answered to one request.
package struct HTTPReply: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    package let keepsAlive: Bool

    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON { (try? Coding.decode(JSON.self, from: body)) ?? .null }
    /// The refusal of a problem document; nil for a success.
    package var refusal: APIError? { status < 400 ? nil : try? Coding.decode(APIError.self, from: body) }
}

/// One HTTP connection, kept open over calls that follow each other. Bytes can be sent past all codecs.
package final class HTTPClient: @unchecked Sendable {
    package let address: DaemonAddress
    private var socket: RawSocket?
    private var decoder = HTTPResponseDecoder()
    private var pending: [UInt8] = []

    package init(_ address: DaemonAddress) { self.address = address }

    /// A whole request and its answer; the connection is made again if it was closed.
    package func send(
        _ method: String,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        token: String? = nil
    ) async throws -> HTTPReply {
        var headers = headers
        if let token { headers.set("Authorization", "Bearer \(token)") }
        if body != nil, headers["content-type"] == nil { headers.set("Content-Type", "application/json") }
        let host = if case .tcp(let port) = address { "127.0.0.1:\(port)" } else { "" }
        try await write(HTTPEncoder.request(method, target, host: host, headers: headers, body: body).array)
        return try await reply(to: method)
    }

    package func write(_ bytes: [UInt8]) async throws {
        if socket == nil {
            socket = try RawSocket(to: address)
            decoder = HTTPResponseDecoder()
            pending = []
        }
        try await socket?.write(bytes)
    }

    /// The next answer on the connection.
    package func reply(to method: String = "GET") async throws -> HTTPReply {
        guard let socket else { throw TestFailure("there is no connection") }
        decoder.expect(method: method)
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        while true {
            let piece: [UInt8]
            if pending.isEmpty {
                guard let read = try await socket.read() else {
                    close()
                    throw TestFailure("the daemon closed without an answer")
                }
                piece = read
            } else {
                piece = pending
            }
            var bytes = piece
            let done = try bytes.withUnsafeMutableBytes { buffer -> (left: [UInt8], isDone: Bool) in
                var input = buffer
                while let event = try decoder.next(&input) {
                    switch event {
                    case .informational: break
                    case .head(let found): head = found
                    case .body(let piece): body += piece
                    case .end: return (Array(input), true)
                    }
                }
                return (Array(input), false)
            }
            pending = done.left
            guard done.isDone, let head else { continue }
            if !head.keepsAlive { close() }
            return HTTPReply(status: head.status, headers: head.headers, body: body, keepsAlive: head.keepsAlive)
        }
    }

    package func close() {
        socket?.close()
        socket = nil
    }
}

/// Calls over REST of any operation by its name: path, query and body as the API table says.
package struct RESTCaller: Sendable {
    package let client: HTTPClient
    package let token: String?

    package init(_ client: HTTPClient, token: String?) {
        self.client = client
        self.token = token
    }

    package func call(
        _ row: Operation,
        _ input: JSON,
        _ options: CallOptions = CallOptions()
    ) async throws -> Result<JSON, APIError> {
        guard case .object(var members) = input else { throw TestFailure("an input is an object") }
        var path = ""
        for segment in row.path.segments {
            switch segment {
            case .literal(let text): path += "/" + text
            case .parameter(let name):
                path += "/" + PercentEncoding.encode(Self.text(members.removeValue(forKey: name) ?? "-"))
            }
        }
        var query: [(name: String, value: String)] = []
        if row.method == .get {
            query = members.sorted { $0.key < $1.key }.map { ($0.key, Self.text($0.value)) }
        }
        if options.dryRun { query.append(("dryRun", "true")) }
        var headers = HTTPHeaders()
        if let key = options.key { headers.set("Idempotency-Key", key) }
        if let ifMatch = options.ifMatch { headers.set("If-Match", "\"\(ifMatch)\"") }
        let reply = try await client.send(
            row.method.rawValue,
            query.isEmpty ? path : path + "?" + PercentEncoding.query(query),
            headers: headers,
            body: row.method == .get ? nil : Coding.encode(JSON.object(members)),
            token: token
        )
        if let refusal = reply.refusal { return .failure(refusal) }
        return .success(reply.json)
    }

    private static func text(_ value: JSON) -> String {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): text
        case .array(let items): items.map(text).joined(separator: ",")
        case .object: String(decoding: Coding.encode(value), as: UTF8.self)
        }
    }
}
