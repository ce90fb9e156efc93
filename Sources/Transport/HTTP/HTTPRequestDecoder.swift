/// The server's side of HTTP/1.1 as a machine over bytes: requests in, one after the other, everything doubtful refused.
///
///     while let event = try decoder.next(&input) {
///         switch event {
///         case .head(let head): decoder.bodyLimit = …     // by route, before the next call
///         case .body(let bytes): …                        // points into `input`
///         case .end: …                                    // answer; to answer in order, stop here and keep `input` for later
///         }
///     }
///
/// `next` takes what it has understood off the front of `input`; nil means that all of it was taken and more is needed. After
/// an upgrade the caller stops asking, and what is left of `input` belongs to the new protocol.
package struct HTTPRequestDecoder {
    package enum Event {
        case head(HTTPRequestHead)
        /// Valid as long as the input it came from.
        case body(UnsafeRawBufferPointer)
        case end
    }

    private enum State {
        case head
        case body(HTTPBodyDecoder, declared: Int)
        case failed(HTTPError)
    }

    /// What the body of the current request may have, in bytes. Set on `.head`; starts at zero for every request, so that a
    /// route which forgets it takes no body.
    package var bodyLimit = 0

    private let limits: HTTPLimits
    private var scanner = HTTPHeadScanner()
    private var state = State.head

    package init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// Between requests, with nothing of the next one received: the connection may be closed without loss.
    package var isIdle: Bool { if case .head = state { scanner.isEmpty } else { false } }

    package mutating func next(_ input: inout UnsafeMutableRawBufferPointer) throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try step(&input)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func step(_ input: inout UnsafeMutableRawBufferPointer) throws(HTTPError) -> Event? {
        switch state {
        case .failed(let error): throw error
        case .head:
            // A TLS handshake has no end of line: without this its client would wait for the head's deadline.
            if scanner.isEmpty, input.first == 0x16 {
                throw HTTPError(400, "a TLS handshake came to a port that speaks plain HTTP")
            }
            guard let lines = try scanner.scan(&input, limits) else { return nil }
            let head = try HTTPRequestHead(lines)
            bodyLimit = 0
            var declared = 0
            if case .length(let count) = head.body { declared = count }
            state = .body(HTTPBodyDecoder(head.body), declared: declared)
            return .head(head)
        case .body(var body, let declared):
            guard declared <= bodyLimit else {
                throw HTTPError(413, "the body has \(declared) bytes, at most \(bodyLimit) are taken")
            }
            let piece = try body.next(&input, limit: bodyLimit, limits)
            state = .body(body, declared: declared)
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

/// Everything before the body of a request, checked.
package struct HTTPRequestHead: Sendable {
    /// As sent; methods are case-sensitive.
    package let method: String
    package let target: RequestTarget
    package let version: HTTPVersion
    /// Names are lower-cased.
    package let headers: HTTPHeaders
    package let body: HTTPBodyFraming
    /// Whether the connection outlives the answer (RFC 9112 §9.3). The answer's encoder takes it.
    package let keepsAlive: Bool
    /// The client waits for `HTTPEncoder.continueResponse` before it sends the body.
    package let expectsContinue: Bool

    init(_ lines: HTTPHeadScanner.Lines) throws(HTTPError) {
        let parts = lines.first.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw HTTPError(400, "the request line does not have three parts") }
        guard !parts[0].isEmpty, parts[0].count <= 32, parts[0].allSatisfy(HTTPBytes.isToken) else {
            throw HTTPError(400, "\(HTTPBytes.shown(parts[0])) is not a method")
        }
        method = String(decoding: parts[0], as: UTF8.self)
        version = try HTTPVersion.parse(parts[2])
        target = try RequestTarget(parts[1], method: method)
        let headers = try HTTPHeadScanner.headers(lines.fields)
        self.headers = headers

        let hosts = headers.values("host")
        guard hosts.count <= 1 else { throw HTTPError(400, "the Host header stands more than once") }
        guard hosts.count == 1 || version == .http10 else { throw HTTPError(400, "the Host header is missing") }
        if let host = hosts.first {
            guard host.isEmpty || RequestTarget.isAuthority(Array(host.utf8)[...]) else {
                throw HTTPError(400, "the Host header \(HTTPBytes.shown(host.utf8)) is not a host")
            }
            if let authority = target.authority, authority.lowercased() != host.lowercased() {
                throw HTTPError(400, "the Host header and the target name different hosts")
            }
        }

        body = try HTTPBodyFraming.of(headers, version) ?? .none
        keepsAlive = version.keepsAlive(headers)
        let expectations = headers.tokens("expect")
        guard expectations.isEmpty || expectations == ["100-continue"] else {
            throw HTTPError(417, "only 100-continue can be expected")
        }
        expectsContinue = !expectations.isEmpty && version == .http11 && body != .none
    }
}

extension HTTPVersion {
    static func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> HTTPVersion {
        if bytes.elementsEqual("HTTP/1.1".utf8) { return .http11 }
        if bytes.elementsEqual("HTTP/1.0".utf8) { return .http10 }
        let isVersion = bytes.count == 8 && bytes.starts(with: "HTTP/".utf8)
        throw HTTPError(isVersion ? 505 : 400, "\(HTTPBytes.shown(bytes)) is not HTTP/1.1 or HTTP/1.0")
    }

    func keepsAlive(_ headers: HTTPHeaders) -> Bool {
        let tokens = headers.tokens("connection")
        if tokens.contains("close") { return false }
        return self == .http11 || tokens.contains("keep-alive")
    }
}
