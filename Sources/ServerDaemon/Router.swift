import ChatAPI
import Engine
import Transport

/// From method and path to a row of the API table, or to one of the status pages.
struct Router: Sendable {
    private let engine: Engine
    private let pages: StatusPages
    /// By number of segments, so that a request is compared with few patterns.
    private let rows: [Int: [APIRow]]

    init(engine: Engine, pages: StatusPages) {
        self.engine = engine
        self.pages = pages
        rows = Dictionary(grouping: engine.api.rows, by: { $0.path.segments.count })
    }

    func answer(_ request: Request) async -> Answer {
        if let page = await pages.answer(request) { return page }
        do throws(APIError) {
            return try await call(request)
        } catch {
            var error = error
            error.requestID = request.id
            return Answer(error)
        }
    }

    private func call(_ request: Request) async throws(APIError) -> Answer {
        let (row, path) = try find(request.head)
        let caller = try await whoAsks(request)
        var options = CallOptions(requestID: request.id)
        options.key = request.head.headers["idempotency-key"]
        options.ifMatch = Self.unquoted(request.head.headers["if-match"])
        var query: [(name: String, value: String)] = []
        for parameter in request.head.target.query {
            if parameter.name == "dryRun" {
                guard parameter.value == "true" || parameter.value == "false" else {
                    throw .invalid("dryRun", "is not true or false")
                }
                options.dryRun = parameter.value == "true"
            } else {
                query.append((parameter.name, parameter.value))
            }
        }
        if !request.body.isEmpty, let type = request.head.headers["content-type"] {
            let name = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
            guard name == "application/json" || name.hasSuffix("+json") else {
                throw APIError(.unsupportedMedia, "the body is \(name); calls take application/json")
            }
        }
        let raw = RawCall(caller: caller, options: options, path: path, query: query, body: request.body)
        let json = try await engine.api.perform(row.name, raw)
        var answer = Answer(json: json)
        if let version = Self.version(in: json, of: row) { answer.headers.set("ETag", "\"\(version)\"") }
        return answer
    }

    /// The row, and the values of its path's parameters. A path that exists under another method says which.
    func find(_ head: HTTPRequestHead) throws(APIError) -> (row: APIRow, path: [(name: String, value: String)]) {
        let segments = head.target.segments
        let method = head.method == "HEAD" ? "GET" : head.method
        var others: [String] = []
        for row in rows[segments.count] ?? [] {
            guard let values = Self.match(row.path, segments) else { continue }
            if row.method.rawValue == method { return (row, values) }
            others.append(row.method.rawValue)
        }
        if others.isEmpty { throw APIError(.notFound, "there is nothing at \(head.target.path)") }
        throw APIError(
            .methodNotAllowed,
            "\(head.target.path) does not take \(head.method), but \(others.joined(separator: ", "))",
            allowed: others
        )
    }

    static func match(_ pattern: PathPattern, _ segments: [String]) -> [(name: String, value: String)]? {
        var values: [(name: String, value: String)] = []
        for (part, segment) in zip(pattern.segments, segments) {
            switch part {
            case .literal(let text): if text != segment { return nil }
            case .parameter(let name): values.append((name, segment))
            }
        }
        return values
    }

    private func whoAsks(_ request: Request) async throws(APIError) -> Caller {
        guard let header = request.head.headers["authorization"] else {
            if let local = request.local { return try await engine.authenticator.localCaller(local) }
            return .anonymous(address: request.address)
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw APIError(.notSignedIn, "the Authorization header is not 'Bearer TOKEN'")
        }
        return try await engine.authenticator.caller(token: String(parts[1]), address: request.address)
    }

    private static func unquoted(_ tag: String?) -> String? {
        guard var tag else { return nil }
        if tag.hasPrefix("W/") { tag.removeFirst(2) }
        if tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") { tag = String(tag.dropFirst().dropLast()) }
        return tag
    }

    /// What people edit carries a version: its `ETag`.
    private static func version(in json: [UInt8], of row: APIRow) -> Int64? {
        guard case .object(let members) = row.output(),
            members.contains(where: { $0.name == "version" && $0.schema == .integer })
        else { return nil }
        return (try? Coding.decode(JSON.self, from: json))?["version"]?.integer
    }
}
