import ChatAPI
import ChatTestKit
import Testing
import Transport

/// `docs/PROTOCOL.md` 1, 4, 17 and 19 over a real socket: getting in.
@Suite("Protocol: hello, epoch, tokens, origin")
struct HelloTests {
    @Test
    func `1 hello is answered with who one is, the limits and every log`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let (client, welcome) = try await LiveClient.hello(world.daemon.tcp, token: people[1].token)
        defer { client.close() }
        #expect(welcome.account.id == people[1].id)
        #expect(welcome.session == nil)
        #expect(welcome.capabilities.contains(.post))
        #expect(!welcome.epoch.isEmpty)
        #expect(welcome.heartbeatMs == 25_000)
        #expect(welcome.limits == LiveLimits())
        #expect(welcome.logs.first?.log == "@me")
        let state = try #require(welcome.state(of: channel.id))
        #expect(state.state == .ok)
        #expect(state.head == 2)
        #expect(state.channel?.name == channel.name)
        #expect(state.unread?.unread == 0)
    }

    @Test
    func `1 without hello the connection is closed with 4502 after ten seconds`() async throws {
        let world = try await SharedWorld.get()
        let client = try await LiveClient.open(world.daemon.tcp)
        let before = DescriptorWatch.now
        let end = try await client.end()
        #expect(end.code == 4502)
        #expect(end.frames.isEmpty)
        #expect((9_000...16_000).contains(DescriptorWatch.now - before))
    }

    @Test(arguments: [
        #"{"id":1,"call":"me.get"}"#, "hello", "[]", #"{"id":0,"hello":{"token":"x"}}"#, #"{"id":-1,"hello":{}}"#,
        #"{"hello":{}}"#, #"{"id":1,"hello":7}"#,
    ])
    func `1 a first frame that is not hello closes with 4502`(_ frame: String) async throws {
        let world = try await SharedWorld.get()
        let client = try await LiveClient.open(world.daemon.tcp)
        try await client.send(frame)
        let end = try await client.end()
        #expect(end.code == 4502)
        #expect(end.reason.contains("hello"))
    }

    @Test(arguments: [nil, "", "nonsense", "plz_b_0000000000000000000000000000000000000000"] as [String?])
    func `1 without a good token hello is refused in a sentence and closed with 4500`(_ token: String?) async throws {
        let world = try await SharedWorld.get()
        let client = try await LiveClient.open(world.daemon.tcp)
        let hello = token.map { #"{"token":"\#($0)"}"# } ?? "{}"
        try await client.send(#"{"id":9,"hello":\#(hello)}"#)
        let end = try await client.end()
        #expect(end.code == 4500)
        #expect(end.frames.count == 1)
        #expect(end.frames.first?["id"] == 9)
        #expect(end.frames.first?["error"]?["code"] == "not_signed_in")
        #expect(end.frames.first?["error"]?["status"] == 401)
    }

    @Test
    func `1 on the Unix socket the daemon's own user needs no token`() async throws {
        let world = try await SharedWorld.get()
        let (client, welcome) = try await LiveClient.hello(world.daemon.unix, token: nil)
        defer { client.close() }
        #expect(welcome.account.kind == .system)
        #expect(welcome.account.name.hasPrefix("local-"))
        #expect(welcome.capabilities.contains(.operate))
    }

    @Test
    func `1 a view above its limits is refused before anything is looked at`() async throws {
        let world = try await SharedWorld.get()
        let client = try await LiveClient.open(world.daemon.tcp)
        let people = (0...Limits.viewPeople).map { AccountID(high: UInt64($0), low: 1) }
        try await client.send(Coding.encode(Frame(id: 1, hello: Hello(token: "x", view: View(people: people)))))
        let end = try await client.end()
        #expect(end.code == 4502)
        #expect(end.reason.contains("200"))
    }

    private struct Frame: Encodable {
        let id: Int
        let hello: Hello
    }

    @Test
    func `4 a position of another epoch is not resumed`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let writer = try await world.live(people[0])
        try await writer.say("one", in: channel.id)
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 1, epoch: "another database")
        )
        #expect(welcome.epoch != "another database")
        #expect(welcome.state(of: channel.id)?.state == .ok)
        // Live from the head: nothing of before arrives.
        #expect(LiveClient.seqs(of: channel.id, in: try await client.roundtrip()) == [])
        try await writer.say("two", in: channel.id)
        #expect(try await client.push("message")["text"] == "two")
        client.close()
        writer.close()
    }

    @Test
    func `17 tokens are renewed in band, and the old pair works until the new one is used`() async throws {
        let world = try await SharedWorld.get()
        let person = try await world.person(SharedWorld.name())
        let client = try await world.live(person)
        let refresh = JSON.string(try #require(person.refresh))
        let first = try await client.call("session.refresh", ["refreshToken": refresh]).get()
        let again = try await client.call("session.refresh", ["refreshToken": refresh]).get()
        #expect(first["refreshToken"] == again["refreshToken"])
        // The new access token is used: that confirms the new pair, and the old one is somebody's copy from now on.
        let token = try #require(first["accessToken"]?.string)
        let reply = try await HTTPClient(world.daemon.tcp).send("GET", "/v1/me", token: token)
        #expect(reply.status == 200)
        let reused = try await client.call("session.refresh", ["refreshToken": refresh])
        guard case .failure(let error) = reused else { throw TestFailure("an old refresh token was taken") }
        #expect(error.code == .notSignedIn)
        #expect(try await client.end().code == 4500)
    }

    @Test
    func `17 revoking a session closes its connections at once, and no other`() async throws {
        let world = try await SharedWorld.get()
        let person = try await world.person(SharedWorld.name())
        let other = try await world.signIn(person.name, person.id)
        let client = try await world.live(person)
        let kept = try await world.live(other)
        _ = try await world.call(.revokeSession, SessionRef(try #require(person.session)), as: other)
        let end = try await client.end()
        #expect(end.code == 4500)
        let ended = try await kept.push("sessionEnded")
        #expect(ended["session"] == .string(try #require(person.session).description))
        #expect(try await kept.roundtrip().isEmpty)
        let again = try await LiveClient.open(world.daemon.tcp)
        try await again.send(#"{"id":1,"hello":{"token":"\#(person.token)"}}"#)
        #expect(try await again.end().code == 4500)
    }

    @Test
    func `17 a revoked bot token closes its connections at once`() async throws {
        let world = try await SharedWorld.get()
        let bot = try await world.bot(SharedWorld.name("bot"))
        let client = try await world.live(bot)
        let tokens = try await world.administer(.listTokens, SessionQuery(account: bot.id.description))
        _ = try await world.administer(.revokeToken, TokenRef(try #require(tokens.items.first).id))
        #expect(try await client.end().code == 4500)
    }

    @Test(
        arguments: [
            ("https://plaza.example", true), ("https://other.example", true), (nil, true),
            ("https://evil.example", false),
            ("http://plaza.example", false), ("https://plaza.example:444", false),
            ("https://plaza.example.evil", false),
            ("null", false), ("", false),
        ] as [(String?, Bool)]
    )
    func `19 Origin is checked against an exact list when present`(_ origin: String?, _ isAllowed: Bool) async throws {
        let world = try await SharedWorld.get()
        var headers: HTTPHeaders = [:]
        if let origin { headers.set("Origin", origin) }
        let reply = try await Self.upgrade(world, headers: headers)
        #expect(reply.status == (isAllowed ? 101 : 403))
    }

    @Test
    func `19 compression is not taken up, and tokens never count in a URL`() async throws {
        let world = try await SharedWorld.get()
        let bot = try await world.bot(SharedWorld.name("bot"))
        let offered: HTTPHeaders = ["Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"]
        // `open` refuses an answer with an extension.
        let client = try await LiveClient.open(world.daemon.tcp, headers: offered)
        #expect(try await client.hello(token: bot.token).account.id == bot.id)
        client.close()
        for query in ["token", "access_token", "authorization"] {
            let reply = try await HTTPClient(world.daemon.tcp).send("GET", "/v1/channels?\(query)=\(bot.token)")
            #expect(reply.status == 401)
        }
    }

    @Test(
        arguments: [([], 426), (["plaza.v0"], 400), (["plaza.v1"], 101), (["chat", "plaza.v1"], 101)]
            as [([String], Int)]
    )
    func `the subprotocol is the one thing that both sides must agree on`(_ offers: [String], _ status: Int)
        async throws
    {
        let world = try await SharedWorld.get()
        let reply = try await Self.upgrade(world, subprotocols: offers)
        #expect(reply.status == status)
        if status != 101 { #expect(reply.text.contains("plaza.v1")) }
    }

    private static func upgrade(
        _ world: World,
        subprotocols: [String] = ["plaza.v1"],
        headers: HTTPHeaders = [:]
    ) async throws -> (status: Int, text: String) {
        let socket = try RawSocket(to: world.daemon.tcp)
        defer { socket.close() }
        let offer = WebSocketOffer(host: "127.0.0.1", target: "/v1/live", subprotocols: subprotocols, headers: headers)
        try await socket.write(offer.request.array)
        socket.endWriting()
        let answer = String(decoding: try await socket.readToEnd(), as: UTF8.self)
        return (Int(answer.split(separator: " ").dropFirst().first ?? "") ?? 0, answer)
    }
}
