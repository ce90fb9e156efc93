import ChatAPI
import ChatTestKit
import Testing

/// `docs/PROTOCOL.md` 2, 3, 8, 9, 13 and 18 over a real socket: what logs hold.
@Suite("Protocol: logs, current form, unread, text")
struct LogTests {
    @Test
    func `2 every kind of thing that happens in a channel is one gap-free sequence`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let ana = try await world.live(people[0])
        let bob = try await world.live(people[1])
        let id = JSON.string(channel.id.description)
        let seq = try await ana.say("hello", in: channel.id)
        let message: JSON = ["channel": id, "seq": .integer(seq)]
        let thumb: JSON = ["channel": id, "seq": .integer(seq), "emoji": "👍"]
        let role: JSON = ["channel": id, "account": .string(people[1].name), "role": "admin"]
        let calls: [(String, JSON)] = [
            ("messages.edit", ["channel": id, "seq": .integer(seq), "text": "hello!"]), ("reactions.add", thumb),
            ("reactions.remove", thumb), ("pins.add", message), ("pins.remove", message),
            ("channels.update", ["channel": id, "topic": "tea"]), ("members.setRole", role),
            ("messages.delete", message),
        ]
        // The owner of a channel manages it with a token that says so; bots of these tests do not.
        for (name, input) in calls {
            let answer = try await ana.call(name, input)
            if case .failure(let error) = answer, error.code != .forbidden { throw error }
        }
        _ = try await bob.call("channels.leave", ["channel": id]).get()
        let frames = try await ana.roundtrip()
        let seqs = LiveClient.seqs(of: channel.id, in: frames)
        #expect(seqs.count >= 6)
        #expect(seqs == Array((seqs.first ?? 0)..<((seqs.first ?? 0) + Int64(seqs.count))))
        #expect(frames.last { LiveClient.log(of: $0) == channel.id.description }?["push"] == "leave")
        ana.close()
        bob.close()
    }

    @Test
    func `3 the own log says what changed for oneself, to every device and to nobody else`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let phone = try await world.live(people[0])
        let laptop = try await world.live(people[0])
        let other = try await world.live(people[1])
        _ = try await phone.call("markers.set", ["channel": .string(channel.id.description), "seq": 2]).get()
        _ = try await phone.call("drafts.set", ["channel": .string(channel.id.description), "text": "half"]).get()
        for device in [phone, laptop] {
            let keys = try await device.roundtrip().filter { $0["push"] == "registersChanged" }
                .flatMap { $0["registers"]?.array ?? [] }.compactMap { $0["key"]?.string }
            #expect(keys.contains("draft/\(channel.id)"))
        }
        #expect(try await other.roundtrip().isEmpty)
        // It can be resumed like any log.
        let page = try await world.call(.meEntries, MeQuery(after: 0, limit: 500), as: people[0])
        let (again, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[0].token,
            resume: Resume(epoch: nil, seq: ["@me": 0])
        )
        #expect(welcome.logs.first?.head == page.head)
        let frames = try await again.frames(through: page.head, of: "@me")
        let seqs = frames.filter { LiveClient.log(of: $0) == "@me" }.compactMap { $0["seq"]?.integer }
        #expect(seqs == Array(1...page.head))
        for client in [phone, laptop, other, again] { client.close() }
    }

    @Test
    func `2 the audit log streams to who may read it, and ends within one push when that is taken away`() async throws {
        let world = try await SharedWorld.get()
        let auditor = try await world.person(SharedWorld.name())
        _ = try await world.administer(.giveGrant, GrantDraft(account: auditor.name, role: .auditor))
        let head = try await world.administer(.audit, AuditQuery(limit: 1)).head
        let (client, welcome) = try await LiveClient.hello(
            world.daemon.tcp,
            token: auditor.token,
            resume: Resume(epoch: nil, seq: ["@audit": head - 1])
        )
        #expect(welcome.logs.first { $0.log == "@audit" }?.state == .ok)
        let first = try await client.next(where: { $0["action"] != nil || $0["entry"] != nil || $0["push"] == "audit" })
        #expect(first["seq"]?.integer == head)
        _ = try await world.administer(.takeGrant, GrantDraft(account: auditor.name, role: .auditor))
        let ended = try await client.next(where: { $0["ended"] != nil })
        #expect(ended["ended"]?["log"] == "@audit")
        // What is audited from here on is nothing to this connection.
        _ = try await world.bot(SharedWorld.name("bot"))
        #expect(try await client.roundtrip().filter { $0["action"] != nil || $0["push"] == "audit" }.isEmpty)
        let answer = try await client.call("audit.list")
        guard case .failure(let error) = answer else { throw TestFailure("the audit log can still be read") }
        #expect(error.code == .forbidden)
        client.close()
    }

    @Test
    func `8 a message is always served in its current form, with rev`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let ana = try await world.live(people[0])
        let id = JSON.string(channel.id.description)
        let seq = try await ana.say("first form", in: channel.id)
        _ = try await ana.call("messages.edit", ["channel": id, "seq": .integer(seq), "text": "second form"]).get()
        _ = try await ana.call("reactions.add", ["channel": id, "seq": .integer(seq), "emoji": "👍"]).get()
        let (client, _) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, seq - 1)
        )
        let message = try await client.push("message")
        #expect(message["text"] == "second form")
        #expect(message["rev"] == .integer(seq + 2))
        #expect(message["reactions"] == [["emoji": "👍", "by": [.string(people[0].id.description)]]])
        // The edit comes as well: its number is not above rev, so a client passes over it.
        let edit = try await client.push("edit")
        #expect((edit["seq"]?.integer ?? 0) <= (message["rev"]?.integer ?? 0))
        client.close()
        // Redacted: the text is gone from the message and from its edits, wherever they are read.
        _ = try await ana.call("messages.delete", ["channel": id, "seq": .integer(seq)]).get()
        let page = try await world.call(.entries, EntryQuery(channel: channel.name ?? "", limit: 100), as: people[1])
        let text = String(decoding: Coding.encode(page), as: UTF8.self)
        #expect(!text.contains("form"))
        #expect(page.entries.first { $0.seq == seq }?.redactedAt != nil)
        let (late, _) = try await LiveClient.hello(
            world.daemon.tcp,
            token: people[1].token,
            resume: Resume(channel.id, 0)
        )
        let frames = try await late.frames(through: seq + 3, of: channel.id.description)
        #expect(!frames.contains { $0["text"]?.string?.contains("form") == true })
        late.close()
        ana.close()
    }

    @Test
    func `9 unread is a difference of the counters that every entry carries`() async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 2)
        let ana = try await world.live(people[0])
        let bob = try await world.live(people[1])
        let id = JSON.string(channel.id.description)
        let marked = try await ana.say("one", in: channel.id)
        try await ana.say("two @\(people[1].name)", in: channel.id)
        _ = try await ana.call("reactions.add", ["channel": id, "seq": .integer(marked), "emoji": "👍"]).get()
        try await ana.say("three @all", in: channel.id)
        let frames = try await bob.roundtrip().filter { LiveClient.log(of: $0) == channel.id.description }
        let first = try #require(frames.first { $0["seq"] == .integer(marked) })
        let last = try #require(frames.last)
        let unread = (last["messagesSoFar"]?.integer ?? 0) - (first["messagesSoFar"]?.integer ?? 0)
        let broadcasts = (last["broadcastsSoFar"]?.integer ?? 0) - (first["broadcastsSoFar"]?.integer ?? 0)
        #expect(unread == 2)
        #expect(broadcasts == 1)
        let answer = try await bob.call("markers.set", ["channel": id, "seq": .integer(marked)]).get()
        #expect(answer["unread"] == .integer(unread))
        #expect(answer["mentions"] == 2)
        let (again, welcome) = try await LiveClient.hello(world.daemon.tcp, token: people[1].token)
        #expect(
            welcome.state(of: channel.id)?.unread == Unread(channel: channel.id, marker: marked, unread: 2, mentions: 2)
        )
        for client in [ana, bob, again] { client.close() }
    }

    @Test
    func `13 above two hundred members joins and leaves are counted, not logged`() async throws {
        let world = try await World.start()
        for number in 0...201 {
            _ = try await world.administer(.createAccount, AccountCreation(name: "crowd\(number)"))
        }
        let ana = try await world.person("ana")
        let bob = try await world.person("bob")
        let client = try await world.live(ana)
        let before = try await world.call(.channel, ChannelRef("general"), as: ana)
        #expect(before.memberCount == 204)
        _ = try await world.call(.leaveChannel, ChannelRef("general"), as: bob)
        _ = try await world.call(.joinChannel, ChannelJoin(channel: "general"), as: bob)
        _ = try await world.call(.leaveChannel, ChannelRef("general"), as: bob)
        let after = try await world.call(.channel, ChannelRef("general"), as: ana)
        #expect(after.memberCount == 203)
        #expect(after.head == before.head)
        #expect(try await client.roundtrip().isEmpty)
        // The member list is paged, each member once.
        var names: [String] = []
        var cursor: String?
        repeat {
            let page = try await world.call(
                .listMembers,
                MemberQuery(channel: "general", limit: 50, cursor: cursor),
                as: ana
            )
            #expect(page.items.count <= 50)
            names += page.items.map(\.name)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(names.count == 203)
        #expect(Set(names).count == 203)
        client.close()
    }

    @Test(arguments: [
        ("tab\tand\nnewline", true), ("سلام\u{200C}ها", true), ("👩\u{200D}👩\u{200D}👧", true),
        ("\u{202E}right to left", true),
        ("a\u{0}b", false), ("bell\u{7}", false), ("\u{1B}[31mred", false), ("carriage\rreturn", false),
        ("del\u{7F}", false),
        ("nel\u{85}", false), ("csi\u{9B}31m", false),
    ])
    func `18 text holds tab and newline but no other control`(_ text: String, _ isAllowed: Bool) async throws {
        let (world, channel, people) = try await SharedWorld.channel(of: 1)
        let client = try await world.live(people[0])
        let answer = try await client.call("messages.send", World.message(channel.id, text))
        switch answer {
        case .success:
            #expect(isAllowed)
            // Stored as written, to the last byte.
            let stored = try await client.push("message")["text"]?.string
            #expect(stored.map { Array($0.utf8) } == Array(text.utf8))
        case .failure(let error):
            #expect(!isAllowed)
            #expect(error.code == .invalid)
            #expect(error.detail.contains("only tab and newline are allowed"))
        }
        client.close()
    }
}
