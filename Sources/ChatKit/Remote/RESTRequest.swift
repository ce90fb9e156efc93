package import ChatAPI
package import Transport

/// An operation as an HTTP request: the input's members go where the path names them, else into the query or the body.
package struct RESTRequest: Sendable, Equatable {
    package var method: String
    /// Path and query, encoded.
    package var target: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// Whether a repeat is harmless: reads, calls that set what they say, calls with a key, messages with their cid.
    package var repeats: Bool

    package init(method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, repeats: Bool) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.repeats = repeats
    }

    package init<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions = CallOptions()
    ) throws(APIError) {
        guard case .object(var members) = try Coding.decode(JSON.self, from: Coding.encode(input)) else {
            preconditionFailure("the input of \(endpoint.name) is not an object")
        }
        var path = ""
        for segment in endpoint.path.segments {
            path.append("/")
            switch segment {
            case .literal(let text): path += text
            case .parameter(let name):
                let text = Self.text(of: members.removeValue(forKey: name) ?? .null)
                // An empty segment would be another path.
                guard !text.isEmpty else { throw .invalid(name, "is missing") }
                path += PercentEncoding.encode(text)
            }
        }
        var query: [(name: String, value: String)] = []
        if endpoint.method == .get {
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
                query.append((name, Self.text(of: value)))
            }
        } else {
            if options.dryRun { query.append(("dryRun", "true")) }
            if !members.isEmpty { body = Coding.encode(JSON.object(members)) }
        }
        method = endpoint.method.rawValue
        target = query.isEmpty ? path : path + "?" + PercentEncoding.query(query)
        headers = HTTPHeaders()
        headers.add("Accept", "application/json")
        if body != nil { headers.add("Content-Type", "application/json") }
        if let key = options.key { headers.add("Idempotency-Key", key) }
        if let version = options.ifMatch {
            headers.add("If-Match", version.hasPrefix("\"") || version == "*" ? version : "\"\(version)\"")
        }
        if let id = options.requestID { headers.add("X-Request-Id", id) }
        repeats = endpoint.repeats(options)
    }

    /// As a query or a path says it: the daemon knows the types by the operation.
    private static func text(of value: JSON) -> String {
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

extension Endpoint {
    /// Whether a call that may have happened can be made again without happening twice.
    package func repeats(_ options: CallOptions) -> Bool {
        method == .get || method == .put || options.key != nil || options.dryRun
            || name == Endpoint<Message, Sent>.sendMessage.name
    }
}
