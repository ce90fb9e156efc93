import ChatAPI
import ChatTestKit
import Testing
import Transport

/// `docs/PROTOCOL.md` 10, 14 (inbound), 15 and 16 over a real socket: calls, frames, heartbeat, closing.
@Suite("Protocol: calls, frames, heartbeat, close codes")
struct CallTests {
    @Test
    func `10 a call is answered under its id, whatever else arrives`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let client = try await world.live(people[0])
        let other = try await world.live(people[1])
        var ids: [Int64] = []
        for number in 0..<20 {
            ids.append(try await client.post("messages.send", World.message(channel.id, "\(number)")))
            try await other.say("between \(number)", in: channel.id)
        }
        for id in ids.reversed() { #expect(try await client.answer(to: id).get()["seq"] != nil) }
        #expect(LiveClient.seqs(of: channel.id, in: try await client.roundtrip()) == Array(3...42))
        client.close()
        other.close()
    }

    @Test
    func `10 the same cid is one message, for good, over connections and restarts of them`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let cid = World.cid()
        var answers: [JSON] = []
        for _ in 0..<3 {
            let client = try await world.live(people[0])
            for _ in 0..<3 {
                answers.append(
                    try await client.call("messages.send", World.message(channel.id, "once", cid: cid)).get()
                )
            }
            client.close()
        }
        #expect(Set(answers.map { JSONPattern.text($0) }).count == 1)
        let page = try await world.call(.entries, EntryQuery(channel: channel.name ?? "", limit: 100), as: people[1])
        #expect(page.entries.filter { $0.cid == cid }.count == 1)
        // Another author's cid is another name.
        let other = try await world.live(people[1])
        #expect(try await other.say("once", in: channel.id, cid: cid) == page.head + 1)
        let elsewhere = try await world.channel(SharedWorld.name("channel"), [people[0]])
        let client = try await world.live(people[0])
        let answer = try await client.call("messages.send", World.message(elsewhere.id, "once", cid: cid))
        guard case .failure(let error) = answer else { throw TestFailure("one cid in two channels") }
        #expect(error.code == .cidReused)
        #expect(error.code.status == 422)
        client.close()
        other.close()
    }

    @Test
    func `10 the same cid is one message when the daemon was killed in between, too`() async throws {
        let world = try await World.start()
        let bot = try await world.bot("ana")
        let channel = try await world.channel("tea", [bot])
        let cid = World.cid()
        let client = try await world.live(bot)
        let seq = try await client.say("once", in: channel.id, cid: cid)
        world.daemon.kill()
        _ = try await client.end()
        try await world.daemon.restart()
        let again = try await world.live(bot)
        #expect(try await again.say("once", in: channel.id, cid: cid) == seq)
        #expect(try await again.say("twice", in: channel.id) == seq + 1)
        again.close()
    }

    @Test
    func `10 whoever is told of a right may use it with the next frame, and of its end may not`() async throws {
        let world = try await SharedWorld.channel(of: 1).0
        let person = try await world.person(SharedWorld.name("judge"))
        let client = try await world.live(person)
        let auditor = GrantDraft(account: person.name, role: .auditor)
        for round in 1...25 {
            for isGiven in [true, false] {
                if isGiven {
                    _ = try await world.administer(.giveGrant, auditor)
                } else {
                    _ = try await world.administer(.takeGrant, auditor)
                }
                _ = try await client.push("grantsChanged")
                let answer = try await client.call("audit.list")
                guard case .failure(let error) = answer else {
                    #expect(isGiven, "round \(round): a right that was taken still works")
                    continue
                }
                #expect(!isGiven && error.code == .forbidden, "round \(round): \(error.detail)")
            }
        }
        client.close()
    }

    @Test
    func `10 what is no operation is refused, what is no call closes with 4502`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        for name in ["no.such", "", "messages.send ", "MESSAGES.SEND", "hello"] {
            guard case .failure(let error) = try await client.call(name) else {
                throw TestFailure("\(name) is answered")
            }
            #expect(error.code == .notFound)
        }
        client.close()
        let frames = [
            "{", "null", "7", #""text""#, "[]", "{}", #"{"id":7}"#, #"{"call":"me.get"}"#,
            #"{"id":"7","call":"me.get"}"#,
            #"{"id":7,"call":"me.get"} trailing"#, #"{"id":7,"id":8,"call":"me.get"}"#,
            #"{"id":7,"call":"me.get","in":{]}}"#,
            #"{"id":99999999999999999999,"call":"me.get"}"#, #"{"id":7.5,"call":"me.get"}"#,
        ]
        for frame in frames {
            let client = try await world.live(people[0])
            try await client.send(frame)
            #expect(try await client.end().code == 4502, "\(frame)")
        }
    }

    @Test
    func `14 a frame above 64 KiB closes with 1009, one of 64 KiB is a call`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        let (open, close) = (#"{"id":5,"call":"me.get","x":""#, #""}"#)
        let padding = String(repeating: "x", count: Limits.frameBytes - open.utf8.count - close.utf8.count)
        try await client.send(open + padding + close)
        #expect(try await client.next()["id"] == 5)
        try await client.send(open + padding + "x" + close)
        let end = try await client.end()
        #expect(end.code == 1009)
        #expect(end.reason.contains("65536"))
    }

    @Test
    func `14 more than 64 calls in flight are refused, not queued`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        // One write, so that they arrive together.
        var bytes: [UInt8] = []
        for id in 1...200 {
            let call: JSON = [
                "id": .integer(Int64(id)), "call": "messages.send", "in": World.message(channel.id, "\(id)"),
            ]
            bytes += WebSocketFrame.masked(.text, Coding.encode(call)).array
        }
        try await client.socket.write(bytes)
        var stored = 0
        var refused = 0
        while stored + refused < 200 {
            let frame = try await client.next()
            guard frame["id"] != nil else { continue }
            if frame["ok"] != nil { stored += 1 } else { refused += 1 }
            if let error = frame["error"] {
                #expect(error["code"] == "rate_limited")
                #expect(error["detail"]?.string?.contains("64 calls") == true)
                #expect(error["retryAfterMs"] != nil)
            }
        }
        #expect(stored >= Limits.callsInFlight)
        #expect(refused > 0)
        try await client.say("after", in: channel.id)
        client.close()
    }

    @Test
    func `14 people who call too often are told to wait, and bots as their setting says`() async throws {
        let (world, channel, bots) = try await SharedWorld.channel(of: 1)
        let person = try await world.person(SharedWorld.name())
        _ = try await world.call(.joinChannel, ChannelJoin(channel: channel.name ?? ""), as: person)
        let client = try await world.live(person)
        // Faster than ten a second for as long as a hundred at once last, however slow this machine is.
        var refusal: APIError?
        for _ in 0..<20 where refusal == nil {
            var ids: [Int64] = []
            for number in 0..<50 {
                ids.append(try await client.post("messages.send", World.message(channel.id, "\(number)")))
            }
            for id in ids {
                if case .failure(let error) = try await client.answer(to: id) { refusal = error }
            }
        }
        #expect(refusal?.code == .rateLimited)
        #expect(refusal?.detail.contains("10 a second") == true)
        #expect((refusal?.retryAfterMilliseconds ?? 0) > 0)
        let bot = try await world.live(bots[0])
        try await bot.say((0..<150).map { "\($0)" }, in: channel.id)
        client.close()
        bot.close()
    }

    @Test
    func `15 a ping is answered with its bytes`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        try await client.socket.write(WebSocketFrame.masked(.ping, Array("are you there".utf8)).array)
        #expect(try await client.next()["pong"] == true)
        client.close()
    }

    @Test
    func `15 silence is asked about after 25 s and ends after 8 more, any answer counts`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 2)
        async let silent = Self.silence(of: try await world.live(people[0]))
        // The other one is asked too; its pong goes out as it is read.
        let polite = try await world.live(people[1])
        await #expect(throws: TestFailure.self) { _ = try await polite.next(within: 36_000) }
        #expect(polite.pings == 1)
        #expect(try await polite.roundtrip().isEmpty)
        let (milliseconds, pings, code) = try await silent
        #expect(pings == 1)
        #expect(code == CloseCode.heartbeat.rawValue)
        #expect((31_000...40_000).contains(milliseconds))
        polite.close()
    }

    private static func silence(of client: LiveClient) async throws -> (Int64, Int, Int) {
        client.answersPings = false
        let before = DescriptorWatch.now
        let end = try await client.end(within: 60_000)
        return (DescriptorWatch.now - before, client.pings, end.code)
    }

    @Test
    func `16 a close of the client is answered with its code`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        for code in [1000, 1001, 3000, 4999] as [UInt16] {
            let client = try await world.live(people[0])
            try await client.socket.write(
                WebSocketFrame.masked(.close, WebSocketFrame.closePayload(code, "done")).array
            )
            #expect(try await client.end().code == Int(code))
        }
    }

    @Test
    func `16 on SIGTERM everybody is told to come back, closes are staggered, what was accepted is answered`()
        async throws
    {
        let world = try await World.start(["--drain-seconds", "2"])
        let bot = try await world.bot("bot")
        let channel = try await world.channel("tea", [bot])
        var clients: [LiveClient] = []
        for _ in 0..<8 { clients.append(try await world.live(bot)) }
        let idle = HTTPClient(world.daemon.tcp)
        #expect(try await idle.send("GET", "/healthz").status == 200)
        let messages = (0..<40).map { World.message(channel.id, "\($0)") }
        let ids = try await clients[0].post("messages.send", each: messages)
        // Accepted: the first is answered, so all that were read with it are at the writer's door.
        let first = try await clients[0].answer(to: ids[0]).get()
        #expect(first["seq"] != nil)
        world.daemon.signal(15)
        var closes: [Int64] = []
        let begun = DescriptorWatch.now
        for (index, client) in clients.enumerated() {
            let end = try await client.end()
            closes.append(DescriptorWatch.now - begun)
            #expect(end.code == CloseCode.draining.rawValue)
            let bye = end.frames.compactMap { $0["bye"] }
            #expect(bye == [["code": 4010, "retryMs": [0, 1_000]]])
            if index == 0 {
                #expect(end.frames.filter { $0["ok"]?["seq"] != nil }.count == 39)
            }
        }
        #expect((closes.max() ?? 0) >= 500)
        #expect(try await world.daemon.exitStatus() == 0)
        await #expect(throws: TestFailure.self) { _ = try await LiveClient.open(world.daemon.tcp) }
        // Everything that was answered is there.
        try await world.daemon.restart()
        let page = try await world.call(.entries, EntryQuery(channel: "tea", limit: 100), as: bot)
        #expect(page.entries.filter { $0.kind == .message }.count == 40)
    }
}
