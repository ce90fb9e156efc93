/// The client's side of HTTP/1.1 as a machine over bytes: call `expect` for every request sent, then `next` as bytes come.
///
/// It takes what it has understood off the front of `input`, like `HTTPRequestDecoder`. A 101 ends its work: what is left of
/// `input` belongs to the new protocol.
package struct HTTPResponseDecoder {
    package enum Event {
        /// 100, 102, 103: the answer proper still comes.
        case informational(HTTPResponseHead)
        case head(HTTPResponseHead)
        /// Valid as long as the input it came from.
        case body(UnsafeRawBufferPointer)
        case end
    }

    private enum State {
        case head
        case body(HTTPBodyDecoder)
        case upgraded
        case failed(HTTPError)
    }

    /// What the body of an answer may have, in bytes; 1 MiB unless told.
    package var bodyLimit = 1_048_576

    /// Informational answers to one request. A server that sends more is broken or hostile.
    private static let informationalLimit = 8

    private let limits: HTTPLimits
    private var scanner = HTTPHeadScanner()
    private var state = State.head
    private var methods: [String] = []
    private var informational = 0

    package init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// Answers come in the order of requests, and those to HEAD have no body.
    package mutating func expect(method: String) { methods.append(method) }

    package mutating func next(_ input: inout UnsafeMutableRawBufferPointer) throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try step(&input)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// The connection has ended. Returns `.end` for a body that ends that way, nil between answers, and throws for a cut one.
    package mutating func finish() throws(HTTPError) -> Event? {
        switch state {
        case .failed(let error): throw error
        case .upgraded: return nil
        case .head:
            if scanner.isEmpty && methods.isEmpty { return nil }
            throw HTTPError(502, "the server ended the connection before its answer")
        case .body(let body):
            guard body.endsWithConnection else {
                throw HTTPError(502, "the server ended the connection inside its answer")
            }
            state = .head
            return .end
        }
    }

    private mutating func step(_ input: inout UnsafeMutableRawBufferPointer) throws(HTTPError) -> Event? {
        switch state {
        case .failed(let error): throw error
        case .upgraded: return nil
        case .head:
            // An alert or a handshake of TLS: neither has an end of line to wait for.
            if scanner.isEmpty, input.first == 0x15 || input.first == 0x16 {
                throw HTTPError(502, "the server speaks TLS: write https:// instead of http://")
            }
            guard let lines = try scanner.scan(&input, limits) else { return nil }
            guard let method = methods.first else { throw HTTPError(502, "the server answers what nobody asked") }
            let head = try HTTPResponseHead(lines, method: method)
            if head.status == 101 {
                state = .upgraded
                methods.removeFirst()
                return .head(head)
            }
            if head.status < 200 {
                informational += 1
                guard informational <= Self.informationalLimit else {
                    throw HTTPError(502, "more than \(Self.informationalLimit) informational answers")
                }
                return .informational(head)
            }
            informational = 0
            methods.removeFirst()
            if case .length(let count) = head.body, count > bodyLimit {
                throw HTTPError(413, "the answer has \(count) bytes, at most \(bodyLimit) are taken")
            }
            state = .body(HTTPBodyDecoder(head.body))
            return .head(head)
        case .body(var body):
            let limit = bodyLimit
            let piece = try body.next(&input, limit: limit, limits)
            state = .body(body)
            switch piece {
            case nil: return nil
            case .data(let bytes): return .body(bytes)
            case .end:
                state = .head
                return .end
            }
        }
    }
}

/// Everything before the body of an answer, checked.
package struct HTTPResponseHead: Sendable {
    package let status: Int
    package let reason: String
    package let version: HTTPVersion
    /// Names are lower-cased.
    package let headers: HTTPHeaders
    package let body: HTTPBodyFraming
    /// Whether the connection can carry another request.
    package let keepsAlive: Bool

    init(_ lines: HTTPHeadScanner.Lines, method: String) throws(HTTPError) {
        let line = lines.first
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { throw HTTPError(502, "the answer is not HTTP: \(HTTPBytes.shown(line))") }
        version = try HTTPVersion.parse(parts[0])
        guard parts[1].count == 3, parts[1].allSatisfy(HTTPBytes.isDigit),
            let status = Int(String(decoding: parts[1], as: UTF8.self)),
            (100...599).contains(status)
        else { throw HTTPError(502, "\(HTTPBytes.shown(parts[1])) is not a status") }
        self.status = status
        let reason = parts.count == 3 ? parts[2] : []
        guard reason.allSatisfy(HTTPBytes.isFieldValue) else {
            throw HTTPError(502, "the status line holds a control character")
        }
        self.reason = String(decoding: reason, as: UTF8.self)
        headers = try HTTPHeadScanner.headers(lines.fields)
        let framing = try HTTPBodyFraming.of(headers, version)
        if method == "HEAD" || status < 200 || status == 204 || status == 304 {
            body = .none
        } else {
            body = framing ?? .untilClose
        }
        keepsAlive = version.keepsAlive(headers) && body != .untilClose
    }
}
