import ChatAPI
import ChatTestKit
import Glibc
import Testing
import Transport

/// How the daemon answers HTTP beside its calls: routing, status pages, headers, conditions, who is trusted.
@Suite("Serving")
struct ServingTests {
    private static let started = Task { try await World.start(["--loops", "2"]) }

    private func world() async throws -> World { try await Self.started.value }

    @Test
    func `every operation is found under its method and path, and only there`() async throws {
        let client = HTTPClient(try await world().daemon.tcp)
        for operation in Operation.all {
            let path =
                "/"
                + operation.path.segments.map { segment in
                    switch segment {
                    case .literal(let text): text
                    case .parameter: "x"
                    }
                }.joined(separator: "/")
            // A method that no path takes: the answer lists those that this one does.
            let reply = try await client.send("OPTIONS", path)
            #expect(reply.status == 405, "\(operation.name)")
            #expect(
                reply.json["allowed"]?.array?.contains(.string(operation.method.rawValue)) == true,
                "\(operation.name)"
            )
            #expect(reply.json["code"] == "method_not_allowed")
            #expect(reply.headers["allow"]?.contains(operation.method.rawValue) == true, "\(operation.name)")
        }
    }

    @Test(arguments: ["/healthz", "/version", "/v1/openapi.json", "/readyz", "/metrics"])
    func `a status page takes GET and HEAD, and says so`(_ path: String) async throws {
        let reply = try await HTTPClient(try await world().daemon.unix).send("DELETE", path)
        #expect(reply.status == 405)
        #expect(reply.headers["allow"] == "GET, HEAD")
        #expect(reply.refusal?.allowed == ["GET", "HEAD"])
    }

    @Test(arguments: [
        "/", "/v1", "/v1/", "/v1/none", "/v2/channels", "/v1/channels/a/b/c/d/e/f", "/v1/live/x", "//v1/me",
    ])
    func `what is nowhere is not found`(_ path: String) async throws {
        let reply = try await HTTPClient(try await world().daemon.tcp).send("GET", path)
        #expect(reply.status == 404)
        #expect(reply.headers["content-type"] == "application/problem+json")
        #expect(reply.refusal?.code == .notFound)
    }

    @Test
    func `a literal segment wins over a parameter`() async throws {
        let world = try await world()
        let person = try await world.person("literal")
        let client = HTTPClient(world.daemon.tcp)
        let reply = try await client.send("DELETE", "/v1/sessions/current", token: person.token)
        #expect(reply.status == 200)
        #expect(try await client.send("GET", "/v1/me", token: person.token).status == 401)
    }

    @Test
    func `parameters of a path are decoded once`() async throws {
        let world = try await world()
        let client = HTTPClient(world.daemon.unix)
        for (path, name) in [("%C3%A4%20b", "ä b"), ("a%2Fb", "a/b"), ("%2525", "%25"), ("a+b", "a+b")] {
            let reply = try await client.send("GET", "/v1/accounts/\(path)")
            #expect(reply.status == 404)
            #expect(reply.refusal?.detail.contains("'\(name)'") == true, "\(reply.text)")
        }
    }

    @Test
    func `HEAD is GET without the body, and says the length`() async throws {
        let client = HTTPClient(try await world().daemon.tcp)
        let full = try await client.send("GET", "/version")
        let head = try await client.send("HEAD", "/version")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == "\(full.body.count)")
    }

    @Test
    func `the status pages`() async throws {
        let world = try await world()
        let (tcp, unix) = (HTTPClient(world.daemon.tcp), HTTPClient(world.daemon.unix))
        for client in [tcp, unix] {
            #expect(try await client.send("GET", "/healthz").text == "ok\n")
            #expect(try await client.send("GET", "/version").json["version"] == .string(Version.number))
        }
        try await Self.checkMetrics(unix)
        // Over TCP from this machine comes whatever a proxy on it passes on.
        for path in ["/readyz", "/metrics"] {
            for method in ["GET", "HEAD", "DELETE"] {
                let reply = try await tcp.send(method, path, headers: ["X-Forwarded-For": "192.0.2.7"])
                #expect(reply.status == 404, "\(method) \(path)")
                #expect(try await tcp.send(method, path).status == 404, "\(method) \(path)")
            }
        }
        let document = try await tcp.send("GET", "/v1/openapi.json").json
        #expect(document["openapi"]?.string?.hasPrefix("3.1") == true)
        guard case .object(let paths) = document["paths"] else { throw TestFailure("no paths") }
        #expect(Set(paths.keys) == Set(Operation.all.map(\.path.description)))
    }

    private static func checkMetrics(_ client: HTTPClient) async throws {
        #expect(try await client.send("GET", "/readyz").text == "ready\n")
        let metrics = try await client.send("GET", "/metrics")
        #expect(metrics.headers["content-type"]?.hasPrefix("application/openmetrics-text") == true)
        #expect(metrics.text.hasSuffix("# EOF\n"))
        #expect(metrics.text.contains("plaza_connections"))
    }

    @Test
    func `the listener of metrics has the status pages and nothing else`() async throws {
        let daemon = try await RunningDaemon.start(["--metrics-listen", "127.0.0.1:0"])
        let ready = try #require(daemon.logText.split(separator: "\n").first { $0.contains("\"ready\"") })
        let place = try Coding.decode(JSON.self, from: Array(ready.utf8))["metrics"]?.string
        let port = try #require(place?.split(separator: ":").last.flatMap { UInt16($0) }, "\(ready)")
        let status = HTTPClient(.tcp(port))
        try await Self.checkMetrics(status)
        #expect(try await status.send("GET", "/healthz").text == "ok\n")
        #expect(try await status.send("POST", "/metrics").status == 405)
        let others = ["/v1/me", "/v1/openapi.json", "/v1/live", "/v1/sessions", "/", "/v1/server/drain"]
        for path in others {
            for method in ["GET", "POST", "DELETE"] {
                #expect(try await status.send(method, path).status == 404, "\(method) \(path)")
            }
        }
        #expect(try await HTTPClient(daemon.tcp).send("GET", "/metrics").status == 404)
        #expect(try await HTTPClient(daemon.tcp).send("GET", "/healthz").status == 200)
    }

    @Test
    func `every answer carries a request id, the caller's own if it is safe`() async throws {
        let client = HTTPClient(try await world().daemon.tcp)
        let named = try await client.send("GET", "/v1/me", headers: ["X-Request-Id": "my-call.7_x"])
        #expect(named.headers["x-request-id"] == "my-call.7_x")
        #expect(named.refusal?.requestID == "my-call.7_x")
        var seen: Set<String> = []
        for name in ["", "two words", String(repeating: "x", count: 65), "quote\"", "ü"] {
            let reply = try await client.send("GET", "/v1/me", headers: ["X-Request-Id": name])
            let id = try #require(reply.headers["x-request-id"])
            #expect(id != name)
            #expect(seen.insert(id).inserted)
        }
    }

    @Test
    func `ETag and If-Match keep two editors apart`() async throws {
        let world = try await world()
        let person = try await world.person("editor")
        let client = HTTPClient(world.daemon.tcp)
        let made = try await client.send(
            "POST",
            "/v1/channels",
            body: Array(#"{"name":"edited"}"#.utf8),
            token: person.token
        )
        let tag = try #require(made.headers["etag"])
        let topic = Array(#"{"topic":"one"}"#.utf8)
        let path = "/v1/channels/edited"
        let first = try await client.send("PATCH", path, headers: ["If-Match": tag], body: topic, token: person.token)
        #expect(first.status == 200)
        #expect(first.headers["etag"] != tag)
        let second = try await client.send("PATCH", path, headers: ["If-Match": tag], body: topic, token: person.token)
        #expect(second.status == 412)
        #expect(second.refusal?.code == .preconditionFailed)
        #expect(try await client.send("GET", path, token: person.token).headers["etag"] == first.headers["etag"])
    }

    @Test
    func `Idempotency-Key and dryRun over REST`() async throws {
        let world = try await world()
        let person = try await world.person("repeater")
        let client = HTTPClient(world.daemon.tcp)
        func make(_ name: String, _ key: String, query: String = "") async throws -> HTTPReply {
            let body = Array(#"{"name":"\#(name)"}"#.utf8)
            return try await client.send(
                "POST",
                "/v1/channels\(query)",
                headers: ["Idempotency-Key": key],
                body: body,
                token: person.token
            )
        }
        let tried = try await make("keyed", "k", query: "?dryRun=true")
        #expect(tried.status == 200)
        let first = try await make("keyed", "k")
        #expect(first.status == 200)
        #expect(try await make("keyed", "k").body == first.body)
        #expect(try await make("other", "k").refusal?.code == .keyReused)
        #expect(try await make("third", String(repeating: "k", count: 129)).status == 422)
        #expect(try await make("third", "k3", query: "?dryRun=perhaps").status == 422)
        #expect(try await make("third", "k3", query: "?dryRun=false").status == 200)
    }

    @Test(arguments: ["Basic abc", "Bearer", "Bearer ", "bearer x y", "Token x", "", "Bearer \u{e9}"])
    func `an Authorization header that is not a good token is refused, on the socket too`(_ header: String) async throws
    {
        let world = try await world()
        for address in [world.daemon.tcp, world.daemon.unix] {
            let reply = try await HTTPClient(address).send("GET", "/v1/me", headers: ["Authorization": header])
            #expect(reply.status == 401)
            #expect(reply.headers["www-authenticate"] == "Bearer")
        }
    }

    @Test
    func `too many calls say how long to wait`() async throws {
        let world = try await world()
        let person = try await world.person("hasty")
        let client = HTTPClient(world.daemon.tcp)
        var refused: HTTPReply?
        for _ in 0..<400 where refused == nil {
            let reply = try await client.send("GET", "/v1/search?q=x", token: person.token)
            if reply.status == 429 { refused = reply }
        }
        let reply = try #require(refused)
        #expect((Int(reply.headers["retry-after"] ?? "") ?? 0) >= 1)
        #expect((reply.refusal?.retryAfterMilliseconds ?? 0) > 0)
        // Signing in is counted by address: nobody can guess for long.
        var guesses = 0
        while guesses < 60 {
            let body = Array(#"{"name":"nobody\#(guesses)","password":"wrong wrong"}"#.utf8)
            if try await client.send("POST", "/v1/sessions", body: body).status == 429 { break }
            guesses += 1
        }
        #expect(guesses < 60)
    }

    @Test
    func `an answer waits for a client that has ended its side`() async throws {
        let socket = try RawSocket(to: try await world().daemon.tcp)
        try await socket.write(Array("GET /version HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        socket.endWriting()
        let text = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 "))
    }

    @Test
    func `the folder and the socket are private to their user and group`() async throws {
        let daemon = try await world().daemon
        var facts = stat()
        #expect(stat(daemon.folder + "/data", &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o700)
        #expect(stat(daemon.socketPath, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o660)
        #expect(stat(daemon.folder + "/data/plaza.db", &facts) == 0)
        #expect(facts.st_mode & 0o077 == 0)
    }
}
