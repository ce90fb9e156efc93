import ChatAPI
import ChatTestKit
import Testing
import Transport

/// Hostile HTTP over a real socket: each gets its named error, and a good client is answered after it.
@Suite("Hostile input: HTTP")
struct HostileHTTPTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        var testDescription: String { name }

        init(_ name: String, _ request: String, _ status: Int) {
            self.name = name
            self.request = request
            self.status = status
        }
    }

    /// What proxies and servers have disagreed about (RFC 9112 §11.2), and what is simply wrong.
    static let cases: [Case] = [
        Case(
            "two lengths",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            400
        ),
        Case("length list", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 3\r\n\r\n{}", 400),
        Case(
            "length and chunks",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Case("signed length", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}", 400),
        Case("negative length", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        Case("hexadecimal length", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}", 400),
        Case(
            "huge length",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            400
        ),
        Case("long body", "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", 413),
        Case(
            "unknown coding",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            501
        ),
        Case(
            "chunked twice",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
            400
        ),
        Case(
            "hidden coding",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n",
            400
        ),
        Case("space before colon", "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length : 2\r\n\r\n{}", 400),
        Case("folded line", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", 400),
        Case("bare CR in a value", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", 400),
        Case("NUL in a value", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\u{0}b\r\n\r\n", 400),
        Case("no host", "GET /healthz HTTP/1.1\r\n\r\n", 400),
        Case("two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Case("an old version", "GET /healthz HTTP/0.9\r\n\r\n", 505),
        Case("a new version", "GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        Case("no version", "GET /healthz\r\n\r\n", 400),
        Case("a method of nonsense", "G(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        Case("two spaces", "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        Case("a broken escape", "GET /v1/accounts/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        Case("an escaped NUL", "GET /v1/accounts/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        Case("escaped invalid UTF-8", "GET /v1/accounts/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        Case(
            "a bad chunk size",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            400
        ),
        Case(
            "a huge chunk",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
            413
        ),
        Case(
            "a chunk without its end",
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
            400
        ),
        Case("TLS on the plain port", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", 400),
        Case("only newlines and noise", "\r\n\r\n\r\n\u{1}\u{2}\u{3}\r\n\r\n", 400),
    ]

    @Test(arguments: cases)
    func `what is ambiguous or wrong is refused and the connection closed`(_ example: Case) async throws {
        let world = try await SharedWorld.get()
        let socket = try RawSocket(to: world.daemon.tcp)
        // A second request behind it must never be answered: that is what smuggling is.
        let smuggled = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
        try await socket.write(Array((example.request + smuggled).utf8))
        let answer = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(example.status) "), "\(answer.prefix(80))")
        #expect(answer.lowercased().contains("connection: close"))
        #expect(answer.lowercased().components(of: "\r\ndate: ") == 1, "answered twice")
        #expect(!answer.contains("\"commit\""))
        #expect(answer.contains("application/problem+json"))
        #expect(answer.contains("\"detail\""))
        // What came in was wrong, not the daemon; and the body says the status that the first line says.
        #expect(answer.contains("\"status\":\(example.status),"), "\(answer)")
        #expect(answer.contains(example.status == 413 ? "\"too_large\"" : "\"bad_request\""), "\(answer)")
        try await world.answersGood()
    }

    @Test
    func `a head above 16 KiB is refused before it is whole`() async throws {
        let world = try await SharedWorld.get()
        let socket = try RawSocket(to: world.daemon.tcp)
        let head =
            "GET /healthz HTTP/1.1\r\nHost: x\r\n"
            + (0..<40).map { "X-\($0): \(String(repeating: "y", count: 500))\r\n" }.joined()
        try await socket.write(Array(head.utf8))
        let answer = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(answer.contains("the head is longer than 16384 bytes") && answer.contains("\"status\":431,"))
        try await world.answersGood()
    }

    /// What the decoder just takes and the encoder just does not would end the daemon where it is stored and told.
    @Test
    func `brackets in each other are refused by their number, and never end the daemon`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = HTTPClient(world.daemon.tcp)
        for depth in [63, 64, 500, 508, 509, 510, 511, 512, 30_000] {
            let value = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            let answer = try await client.send(
                "PUT",
                "/v1/me/registers",
                body: Array((#"{"key":"client/x","value":"# + value + "}").utf8),
                token: people[0].token
            )
            #expect(answer.status == (depth < 64 ? 200 : 400), "\(depth): \(answer.text.prefix(200))")
            #expect(depth < 64 || answer.text.contains("more than 64 brackets in each other"), "\(answer.text)")
        }
        // What was taken is told to other devices a few levels further down, and read there.
        let registers = try await client.send("GET", "/v1/me/registers", token: people[0].token)
        #expect(registers.text.contains("[[1]]"))
        try await world.answersGood()
    }

    /// A number at the end of its range has none behind it: whoever adds one ends the daemon.
    @Test
    func `positions and times at the end of the numbers are answered`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 1)
        let (person, administrator) = (HTTPClient(world.daemon.tcp), HTTPClient(world.daemon.unix))
        for path in ["/v1/me/entries", "/v1/channels/\(channel.id)/entries", "/v1/audit"] {
            for name in ["after", "before", "around", "since", "until", "limit"] {
                for number in [Int64.max, .max - 1, .min, .min + 1, -1, 0] {
                    let target = "\(path)?\(name)=\(number)"
                    let answer =
                        path == "/v1/audit"
                        ? try await administrator.send("GET", target)
                        : try await person.send("GET", target, token: people[0].token)
                    #expect([200, 400, 422].contains(answer.status), "\(target): \(answer.text.prefix(200))")
                }
            }
        }
        try await world.answersGood()
    }

    @Test
    func `a target above its limit is refused`() async throws {
        let world = try await SharedWorld.get()
        let socket = try RawSocket(to: world.daemon.tcp)
        try await socket.write(Array("GET /\(String(repeating: "a", count: 15_000)) HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        socket.endWriting()
        let answer = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 414 "))
        #expect(answer.contains("\"too_large\"") && answer.contains("\"status\":414,"))
        try await world.answersGood()
    }

    @Test
    func `a head that is not whole after ten seconds is answered with 408, byte by byte or not at all`() async throws {
        let world = try await SharedWorld.get()
        let before = DescriptorWatch.now
        let silent = try RawSocket(to: world.daemon.tcp)
        let stuck = try RawSocket(to: world.daemon.tcp)
        try await stuck.write(Array("GET /healthz HTTP/1.1\r\nHo".utf8))
        let dripping = try RawSocket(to: world.daemon.tcp)
        async let dripped = Self.drip(on: dripping)
        let answer = String(decoding: try await stuck.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("the head was not whole 10 s after its first byte"))
        // Whoever never began is let go without a word.
        #expect(try await silent.readToEnd() == [])
        let answered = try await dripped
        #expect(answered.hasPrefix("HTTP/1.1 408 "))
        #expect((9_000...20_000).contains(DescriptorWatch.now - before))
        try await world.answersGood()
    }

    @Test(.timeLimit(.minutes(2)))
    func `a body that is not whole thirty seconds after its head is answered with 408`() async throws {
        let world = try await SharedWorld.get()
        let before = DescriptorWatch.now
        let socket = try RawSocket(to: world.daemon.tcp)
        try await socket.write(Array("POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{".utf8))
        let answer = String(decoding: try await socket.readToEnd(within: 60_000), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("the body was not whole 30 s after the head"))
        #expect((29_000...50_000).contains(DescriptorWatch.now - before))
        try await world.answersGood()
    }

    /// A byte now and then, forever: any byte may not start the ten seconds again.
    private static func drip(on socket: RawSocket) async throws -> String {
        let bytes = Array("GET /healthz HTTP/1.1\r\nX: ".utf8) + Array(repeating: UInt8(ascii: "y"), count: 200)
        for byte in bytes {
            guard (try? await socket.write([byte])) != nil else { break }
            guard let answer = try? await socket.read(within: 250) else { continue }
            return String(decoding: answer, as: UTF8.self)
        }
        return String(decoding: try await socket.readToEnd(), as: UTF8.self)
    }

    @Test
    func `a body that is not what a call takes is refused in a sentence`() async throws {
        let world = try await SharedWorld.get()
        let client = HTTPClient(world.daemon.tcp)
        let cases: [(String, String?, Int)] = [
            ("{", nil, 400), ("[]", nil, 422), ("null", nil, 422), ("{}", nil, 422),
            (#"{"name":7,"password":"x"}"#, nil, 422),
            ("name=x", "application/x-www-form-urlencoded", 415), (String(repeating: "[", count: 60_000), nil, 400),
            ("{\"name\":\"\u{0}\",\"password\":\"x\"}", nil, 400),
        ]
        for (body, type, status) in cases {
            let reply = try await client.send(
                "POST",
                "/v1/sessions",
                headers: ["Content-Type": type ?? "application/json"],
                body: Array(body.utf8)
            )
            #expect(reply.status == status, "\(body.prefix(30)): \(reply.text)")
            #expect(reply.refusal?.detail.isEmpty == false)
            #expect(reply.headers["x-request-id"] != nil)
        }
        let invalid = try await client.send("POST", "/v1/sessions", body: [0x7B, 0xFF, 0xFE, 0x7D])
        #expect(invalid.status == 400)
        try await world.answersGood()
    }

    @Test
    func `a thousand connections that say nothing leave room and memory for a good one`() async throws {
        let world = try await World.start(["--connections", "1100"])
        try await world.answersGood()
        let before = world.daemon.residentBytes
        var sockets: [RawSocket] = []
        for _ in 0..<1_000 { sockets.append(try RawSocket(to: world.daemon.tcp)) }
        try await world.answersGood()
        #expect(world.daemon.residentBytes - before < 16 * 1_048_576)
        let descriptors = world.daemon.openDescriptors
        #expect(descriptors >= 1_000)
        // Above the limit nobody is served until somebody goes; nothing breaks.
        for _ in 0..<200 { sockets.append(try RawSocket(to: world.daemon.tcp)) }
        #expect(world.daemon.openDescriptors < 1_200)
        for socket in sockets { socket.reset() }
        try await world.answersGood()
    }

    @Test
    func `a flood of requests on one connection is answered in order, one after the other`() async throws {
        let world = try await SharedWorld.get()
        let client = HTTPClient(world.daemon.tcp)
        let request = Array("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        try await client.write(Array(repeatElement(request, count: 500).joined()))
        for _ in 0..<500 { #expect(try await client.reply().status == 200) }
        client.close()
        // Half of a request and gone, many times.
        for length in stride(from: 1, to: request.count, by: 3) {
            let socket = try RawSocket(to: world.daemon.tcp)
            try await socket.write(Array(request[..<length]))
            socket.reset()
        }
        try await world.answersGood()
    }
}

extension World {
    /// A good client is answered, whatever happened before.
    func answersGood() async throws {
        let reply = try await HTTPClient(daemon.tcp).send("GET", "/version")
        if reply.status != 200 || reply.json["version"] == nil {
            throw TestFailure("a good client got \(reply.status)")
        }
        let ready = try await HTTPClient(daemon.unix).send("GET", "/readyz")
        if ready.status != 200 { throw TestFailure("the daemon is not ready: \(ready.text)") }
    }
}

extension String {
    func components(of separator: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
