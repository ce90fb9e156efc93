import ChatAPI
import ChatTestKit
import Testing

/// `docs/PROTOCOL.md` 12 over a real socket: presence and typing, merged, only to those who look.
@Suite("Protocol: ephemeral pushes")
struct EphemeralTests {
    private static func view(_ channels: [ChannelID] = [], people: [AccountID] = []) -> JSON {
        [
            "channels": .array(channels.map { .string($0.description) }),
            "people": .array(people.map { .string($0.description) }),
        ]
    }

    private static func ephemeral(_ frames: [JSON]) -> [JSON] { frames.compactMap { $0["ephemeral"] } }

    @Test
    func `12 typing goes to those who look there and to nobody else`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 3)
        let ana = try await world.live(people[0])
        let looking = try await world.live(people[1])
        let elsewhere = try await world.live(people[2])
        _ = try await looking.call("view.set", Self.view([channel.id])).get()
        let at = DescriptorWatch.now
        _ = try await ana.call("typing.set", ["channel": .string(channel.id.description)]).get()
        let typing: (JSON) -> Bool = { $0["ephemeral"]?["typing"] == [.string(people[0].id.description)] }
        let news = try await looking.next(where: typing)
        #expect(news["seq"] == nil)
        #expect(news["ephemeral"]?["channel"] == .string(channel.id.description))
        // Nobody says stop: after six seconds it is over.
        _ = try await looking.next(where: {
            $0["ephemeral"]?["stoppedTyping"] == [.string(people[0].id.description)]
        })
        #expect(DescriptorWatch.now - at >= 5_500)
        #expect(Self.ephemeral(try await elsewhere.roundtrip()).isEmpty)
        for client in [ana, looking, elsewhere] { client.close() }
    }

    @Test
    func `12 news is merged once a second with only the newest value of each`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 3)
        let looking = try await world.live(people[0], view: View(channels: [channel.id]))
        let bob = try await world.live(people[1])
        let eve = try await world.live(people[2])
        let begun = DescriptorWatch.now
        for number in 0..<40 {
            let state = JSON.string(["away", "online", "doNotDisturb"][number % 3])
            _ = try await bob.call("presence.set", ["state": state]).get()
            _ = try await eve.call("presence.set", ["state": state]).get()
        }
        _ = try await bob.call("presence.set", ["state": "doNotDisturb"]).get()
        _ = try await eve.call("presence.set", ["state": "away"]).get()
        var frames = 0
        var latest: [String: String] = [:]
        while latest[people[1].id.description] != "doNotDisturb" || latest[people[2].id.description] != "away" {
            let news = try await looking.next()
            guard let presence = news["ephemeral"]?["presence"]?.array else { continue }
            frames += 1
            let accounts = presence.compactMap { $0["account"]?.string }
            #expect(Set(accounts).count == accounts.count)
            for person in presence { latest[person["account"]?.string ?? ""] = person["state"]?.string }
        }
        let seconds = (DescriptorWatch.now - begun) / 1_000
        // The first shows who is there when the connection begins to look; two people may come online in the next.
        #expect(Int64(frames) <= seconds + 4)
        for client in [looking, bob, eve] { client.close() }
    }

    @Test
    func `12 a person who is looked at is shown wherever a channel is shared, and only then`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 2)
        let stranger = try await world.bot(SharedWorld.name("bot"))
        let bob = try await world.live(people[1])
        let looking = try await world.live(people[0])
        let spying = try await world.live(stranger)
        for client in [looking, spying] {
            _ = try await client.call("view.set", Self.view(people: [people[1].id])).get()
        }
        _ = try await bob.call("presence.set", ["state": "doNotDisturb"]).get()
        // That he came online may be told first.
        let news = try await looking.next(where: {
            $0["ephemeral"]?["presence"]?.array?.contains { $0["state"] == "doNotDisturb" } == true
        })
        #expect(news["ephemeral"]?["channel"] == nil)
        #expect(Self.ephemeral(try await spying.roundtrip()).isEmpty)
        // A channel that one is not in is not looked into either.
        let (_, secret, _) = try await SharedWorld.channel(of: 1)
        _ = try await spying.call("view.set", Self.view([secret.id])).get()
        #expect(Self.ephemeral(try await spying.roundtrip()).isEmpty)
        for client in [looking, spying, bob] { client.close() }
    }

    @Test
    func `12 two hundred people and sixteen channels are the most to look at`() async throws {
        let (world, _, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        let crowd = (0..<201).map { AccountID(high: UInt64($0), low: 1) }
        let channels = (0..<17).map { ChannelID(high: UInt64($0), low: 1) }
        _ = try await client.call("view.set", Self.view(people: Array(crowd.dropLast()))).get()
        for (view, limit) in [(Self.view(people: crowd), "200"), (Self.view(channels), "16")] {
            guard case .failure(let error) = try await client.call("view.set", view) else {
                throw TestFailure("a view above its limit was taken")
            }
            #expect(error.code == .invalid)
            #expect(error.detail.contains(limit))
        }
        client.close()
    }

    @Test
    func `12 offline is announced after thirty seconds, a reconnect within them is no news`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 3)
        let looking = try await world.live(people[0], view: View(channels: [channel.id]))
        let bob = try await world.live(people[1])
        let eve = try await world.live(people[2])
        // One frame may tell of both.
        var unseen: Set<AccountID> = [people[1].id, people[2].id]
        while !unseen.isEmpty {
            let frame = try await looking.next()
            unseen = unseen.filter { !Self.shows($0, "online", frame) }
        }
        let gone = DescriptorWatch.now
        bob.close()
        eve.close()
        // Eve comes back; Bob does not.
        let again = try await world.live(people[2])
        var others: [JSON] = []
        while true {
            let frame = try await looking.next(within: 60_000)
            if Self.shows(people[1].id, "offline", frame) { break }
            others.append(frame)
        }
        #expect(DescriptorWatch.now - gone >= 29_000)
        #expect(!others.contains { Self.shows(people[2].id, "offline", $0) })
        let page = try await world.call(.presence, ChannelRef(channel.id), as: people[0])
        #expect(page.online == 2)
        #expect(Set(page.people.map(\.account)) == [people[0].id, people[2].id])
        for client in [looking, again] { client.close() }
    }

    @Test
    func `12 a blocked person's typing is shown to everybody but who blocked them, who is there all the same`()
        async throws
    {
        let (world, _, people) = try await SharedWorld.channel(of: 3)
        let (ana, bob, mallory) = (people[0], people[1], people[2])
        _ = try await world.call(.setBlock, BlockDraft(account: mallory.name), as: ana)
        let early = try await world.live(ana)
        let draft = DirectDraft(people: [ana.name, bob.name])
        let group = try await world.call(.openDirect, draft, as: mallory)
        // To mallory the conversation has ana in it, whose connection was there before it or comes after it.
        let looking = try await world.live(mallory)
        func isThere() async throws -> Bool {
            try await world.call(.presence, ChannelRef(group.id), as: mallory).people.contains { $0.account == ana.id }
        }
        #expect(try await isThere())
        #expect(!(try await early.roundtrip()).contains { "\($0)".contains(group.id.description) })
        let late = try await world.live(ana)
        early.close()
        #expect(try await isThere())
        // Bob's words let ana in.
        _ = try await world.call(.sendMessage, Message(channel: group.id, cid: World.cid(), text: "hi"), as: bob)
        let entry = try await late.next(where: { $0["push"] == "message" })
        #expect(entry["text"] == "hi" && entry["channel"] == .string(group.id.description))
        let watching = try await world.live(bob)
        for client in [late, watching] { _ = try await client.call("view.set", Self.view([group.id])).get() }
        for client in [late, watching] { _ = try await client.roundtrip() }
        let typing: JSON = ["channel": .string(group.id.description)]
        _ = try await looking.call("typing.set", typing).get()
        _ = try await watching.next(where: { $0["ephemeral"]?["typing"] == [.string(mallory.id.description)] })
        let shown = Self.ephemeral(try await late.roundtrip())
        #expect(shown.allSatisfy { $0["typing"] == nil }, "\(shown)")
        // Heard again, they are seen again.
        _ = try await world.call(.removeBlock, AccountRef(mallory.name), as: ana)
        _ = try await looking.call("typing.set", ["channel": .string(group.id.description), "stopped": true]).get()
        _ = try await late.next(where: { $0["ephemeral"]?["stoppedTyping"] == [.string(mallory.id.description)] })
        for client in [late, watching, looking] { client.close() }
    }

    private static func shows(_ account: AccountID, _ state: String, _ frame: JSON) -> Bool {
        frame["ephemeral"]?["presence"]?.array?.contains {
            $0["account"] == .string(account.description) && $0["state"] == .string(state)
        } == true
    }
}
