package import ChatAPI
package import Transport

/// A daemon over REST: over TLS, over TCP on this machine, or over its Unix socket.
package final class RemoteService: Service {
    package struct Options: Sendable {
        /// For a whole call: connecting, sending, waiting, receiving.
        package var timeoutMilliseconds: Int64
        package var trace: HTTPTrace?
        /// Names the program in the daemon's log: `chatctl/0.1.0`.
        package var agent: String

        package init(
            timeoutMilliseconds: Int64 = 30_000,
            trace: HTTPTrace? = nil,
            agent: String = "plaza/\(Version.number)"
        ) {
            self.timeoutMilliseconds = timeoutMilliseconds
            self.trace = trace
            self.agent = agent
        }
    }

    package let address: ServerAddress
    /// Nil for calls without an account.
    package let credentials: Credentials?
    private let options: Options
    private let loop: EventLoop
    private let time: TimeSource
    private let pool: Confined

    /// The pool, which only the loop touches.
    private struct Confined: @unchecked Sendable {
        let pool: HTTPPool
    }

    package init(
        _ address: ServerAddress,
        caFile: String? = nil,
        credentials: Credentials? = nil,
        options: Options = Options(),
        on loop: EventLoop,
        time: TimeSource = .system
    ) {
        self.address = address
        self.credentials = credentials
        self.options = options
        self.loop = loop
        self.time = time
        pool = Confined(pool: HTTPPool(address, tls: address.tls(caFile: caFile), on: loop))
    }

    /// The daemon of a profile, as the profile's account.
    package convenience init(_ profile: Profile, options: Options = Options(), on loop: EventLoop) {
        self.init(
            profile.address,
            caFile: profile.caFile,
            credentials: Credentials(profile),
            options: options,
            on: loop
        )
    }

    package func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        _ options: CallOptions
    ) async throws(APIError) -> Output {
        let request = try RESTRequest(endpoint, input, options)
        let answer = try await send(request, signed: endpoint.isSigned)
        do throws(APIError) {
            return try answer.output(Output.self)
        } catch {
            var error = error
            if error.instance == nil { error.instance = endpoint.name }
            throw error
        }
    }

    /// A raw call, for `chatctl api`: any answer of the daemon is returned, refusals too.
    /// - Parameter target: Path and query, as they are sent.
    package func raw(
        _ method: String,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil
    ) async throws(APIError) -> RESTAnswer {
        guard target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw APIError(.badRequest, "'\(target)' is not a path: write /v1/…, with other characters as %XX")
        }
        guard (1...16).contains(method.utf8.count), method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw APIError(.badRequest, "'\(method)' is not a method: write GET, POST, PUT, PATCH or DELETE")
        }
        var headers = headers
        if body != nil, headers["content-type"] == nil { headers.add("Content-Type", "application/json") }
        let repeats = method == "GET" || method == "HEAD" || headers["idempotency-key"] != nil
        let request = RESTRequest(method: method, target: target, headers: headers, body: body, repeats: repeats)
        return try await send(request, signed: true)
    }

    /// Sends a request with a token; one that ended is renewed once and the call repeated.
    package func send(_ request: RESTRequest, signed: Bool) async throws(APIError) -> RESTAnswer {
        guard signed, let credentials else { return try await exchange(request, token: nil) }
        let plain = Plain(service: self)
        let token = try await credentials.token(through: plain)
        let answer = try await exchange(request, token: token?.text)
        guard answer.status == 401, let token, token.endsAt != nil else {
            if let token, answer.status != 401 { credentials.confirm(token.text) }
            return answer
        }
        let code = answer.error.code
        guard code == .tokenExpired || code == .notSignedIn else { return answer }
        let fresh = try await credentials.renew(after: token.text, through: plain)
        let second = try await exchange(request, token: fresh.text)
        if second.status != 401 { credentials.confirm(fresh.text) }
        return second
    }

    /// Renewing a token is a call without one.
    struct Plain: Service {
        let service: RemoteService

        func call<Input, Output>(
            _ endpoint: Endpoint<Input, Output>,
            _ input: Input,
            _ options: CallOptions
        ) async throws(APIError) -> Output {
            try await service.exchange(RESTRequest(endpoint, input, options), token: nil).output(Output.self)
        }
    }

    private func exchange(_ request: RESTRequest, token: String?) async throws(APIError) -> RESTAnswer {
        var headers = request.headers
        if headers["user-agent"] == nil { headers.add("User-Agent", options.agent) }
        options.trace?.sent(request, token: token)
        if let token { headers.set("Authorization", "Bearer \(token)") }
        let bytes = HTTPEncoder.request(
            request.method,
            request.target,
            host: address.hostHeader,
            headers: headers,
            body: request.body
        )
        let started = time.uptime()
        let timeout = options.timeoutMilliseconds
        let pool = pool
        let result: Result<RESTAnswer, APIError> = await withCheckedContinuation { continuation in
            let isTaken = loop.post {
                pool.pool.perform(request, bytes, timeout: timeout) { continuation.resume(returning: $0) }
            }
            if !isTaken {
                continuation.resume(returning: .failure(APIError(.unavailable, "the program is stopping")))
            }
        }
        let elapsed = time.uptime() - started
        switch result {
        case .success(let answer): options.trace?.received(answer, milliseconds: elapsed)
        case .failure(let error): options.trace?.failed(error, milliseconds: elapsed)
        }
        return try result.get()
    }

    /// Closes idle connections.
    package func close() {
        let pool = pool
        loop.post { pool.pool.close() }
    }
}
