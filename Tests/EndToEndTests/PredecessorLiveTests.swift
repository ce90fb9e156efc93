import ChatAPI
import ChatTestKit
import Testing

/// Known defects of the systems that this one succeeds which only a socket shows, each by its name, each impossible here.
@Suite("Defects of the predecessors, over the wire")
struct PredecessorLiveTests {
    @Test
    func `system 003: a second connection of the same person was refused, and one channel at a time was all`()
        async throws
    {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let other = try await world.channel(SharedWorld.name("channel"), people)
        let (first, second) = (try await world.live(people[1]), try await world.live(people[1]))
        let ana = try await world.live(people[0])
        for place in [channel, other] { try await ana.say("to \(place.id)", in: place.id) }
        for client in [first, second] {
            var texts: Set<String> = []
            while texts.count < 2 {
                let frame = try await client.next(where: { $0["push"] == "message" })
                if let text = frame["text"]?.string { texts.insert(text) }
            }
            #expect(texts == ["to \(channel.id)", "to \(other.id)"])
        }
        for client in [ana, first, second] { client.close() }
    }

    @Test
    func `system 004: anybody who knew its id could listen to a conversation of others`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 3)
        let draft = DirectDraft(people: [people[1].name])
        let direct = try await world.call(.openDirect, draft, as: people[0])
        let log = direct.id.description
        let (spying, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[2].token,
            resume: Resume(epoch: nil, seq: [log: 0]),
            view: View(channels: [direct.id])
        )
        #expect(welcome.logs.first { $0.log == log }?.state == .denied)
        let synced = try await spying.call("sync", ["seq": .object([log: 0])]).get()
        #expect(synced["logs"]?.array?.first?["state"] == "denied")
        let (ana, ben) = (try await world.live(people[0]), try await world.live(people[1]))
        try await ana.say("between us", in: direct.id)
        _ = try await ana.call("typing.set", ["channel": .string(log)]).get()
        _ = try await ben.next(where: { $0["text"] == "between us" })
        #expect(try await spying.roundtrip().allSatisfy { !"\($0)".contains("between us") && $0["ephemeral"] == nil })
        for (call, input) in [
            ("entries.list", ["channel": .string(log)] as JSON), ("channels.get", ["channel": .string(log)]),
            ("members.list", ["channel": .string(log)]),
        ] { #expect(try await spying.call(call, input).refusal?.code == .notFound, "\(call)") }
        for client in [spying, ana, ben] { client.close() }
    }

    @Test
    func `system 004: bearer tokens and passwords were written to the log`() async throws {
        let world = try await World.start(["--log-level", "debug"])
        let ana = try await world.person("ana")
        let live = try await world.live(ana)
        _ = try await world.call(.me, Empty(), as: ana)
        _ = try? await world.administer(.signIn, SignIn(name: "ana", password: "wrong green bottles"))
        _ = try? await world.administer(.me, Empty(), token: "plz_a_made-up")
        live.close()
        #expect(try await world.daemon.terminate() == 0)
        let log = world.daemon.logText
        #expect(log.contains("ready"))
        for secret in [ana.token, ana.refresh ?? "-", World.password, "wrong green bottles"] {
            #expect(!log.contains(secret))
        }
    }
}
