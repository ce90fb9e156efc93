import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Editing and deleting channels.
@Suite struct ChannelEditingTests {
    @Test(
        arguments: [
            (nil, true), ("1", true), ("\"1\"", true), ("W/\"1\"", true), ("*", true), ("\"7\", \"1\"", true),
            ("2", false), ("\"0\"", false), ("", false), ("1x", false), ("\"\"", false),
        ] as [(String?, Bool)]
    )
    func `an edit names the version it saw`(ifMatch: String?, isTaken: Bool) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        _ = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        let change = ChannelChange(channel: "fika", topic: "coffee")
        let call = scene.call(ana, ifMatch: ifMatch)
        if isTaken {
            let edited = try await scene.channels.update(change, call)
            #expect(edited.version == 2)
            await refused(.preconditionFailed) {
                _ = try await scene.channels.delete(ChannelRef("fika"), scene.call(ana, ifMatch: "\"1\""))
            }
        } else {
            await refused(.preconditionFailed) { _ = try await scene.channels.update(change, call) }
            #expect(try await scene.channels.get(ChannelRef("fika"), scene.call(ana)).topic == nil)
        }
    }

    @Test func `each change is an entry, one edit is one version, and no change is none`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let channel = try await scene.channels.create(ChannelDraft(name: "fika", topic: "tea"), scene.call(ana))
        func edit(_ name: String? = nil, _ topic: String? = nil, _ secret: String? = nil) async throws -> Channel {
            try await scene.channels.update(
                ChannelChange(channel: channel.id.description, name: name, topic: topic, secret: secret),
                scene.call(ana, "channels.update")
            )
        }
        #expect(try await edit().version == 1)
        #expect(try await edit("fika", "tea").version == 1)
        let both = try await edit("kaffe", "coffee")
        #expect(both.version == 2 && both.name == "kaffe" && both.topic == "coffee")
        let secret = try await edit(nil, nil, "psst")
        #expect(secret.version == 3 && secret.hasSecret && secret.topic == "coffee")
        let bare = try await edit(nil, "", "")
        #expect(bare.version == 4 && !bare.hasSecret && bare.topic == nil)
        let log = try await scene.log(.channel(channel.id))
        #expect(log.map(\.kind) == [.created, .renamed, .topic, .topic])
        #expect(log.map(\.text) == ["fika", "kaffe", "coffee", ""])
        #expect(try await scene.auditActions("channels.update").count == 3)
        #expect(try await scene.number("SELECT COUNT(*) FROM audit_payload WHERE instr(after, 'psst') > 0") == 0)
        // The old name is free, and belongs to nobody.
        await refused(.notFound) { _ = try await scene.channels.get(ChannelRef("fika"), scene.call(ana)) }
        _ = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        await refused(.nameTaken) { _ = try await edit("fika") }
        // Only the way it is written changes: that is no conflict with itself.
        _ = try await scene.channels.create(ChannelDraft(name: "grüße"), scene.call(ana))
    }

    @Test func `a deleted channel is gone at once, and with everything in it after the purge`() async throws {
        let scene = try ChannelScene()
        let (ana, bo) = (try await scene.neighbour("ana"), try await scene.neighbour("bo"))
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        _ = try await scene.channels.join(ChannelJoin(channel: "fika"), scene.call(bo))
        for number in 1...600 { try await scene.say("\(number) @bo", in: channel.id, ana) }
        _ = try await scene.registers.setDraft(DraftChange(channel: channel.id, text: "hm"), scene.call(bo))
        let general = try await scene.channels.get(ChannelRef("general"), scene.call(bo))
        try await scene.say("@bo stays", in: general.id, ana)
        _ = try await scene.channels.delete(ChannelRef("fika"), scene.call(ana, "channels.delete"))

        for caller in [ana, bo] {
            await refused(.notFound) { _ = try await scene.channels.get(ChannelRef(channel.id), scene.call(caller)) }
            await refused(.notFound) { _ = try await scene.say("?", in: channel.id, caller) }
            #expect(try await scene.joined(caller).map(\.channel.name) == ["general"])
        }
        #expect(try await scene.channels.list(ChannelQuery(), scene.call(bo)).items.map(\.name) == ["general"])
        let again = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(bo))
        #expect(again.id != channel.id)

        try await purge(scene)
        let id = channel.id.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        for table in ["membership", "mention"] {
            #expect(try await scene.number("SELECT COUNT(*) FROM \(table) WHERE channel = x'\(id)'") == 0)
        }
        #expect(try await scene.number("SELECT COUNT(*) FROM entry WHERE log = x'\(id)'") == 0)
        #expect(try await scene.number("SELECT COUNT(*) FROM channel WHERE id = x'\(id)'") == 0)
        #expect(try await scene.number("SELECT COUNT(*) FROM register WHERE value IS NOT NULL") == 0)
        let told = try await scene.log(.me(bo.account!)).last { $0.kind == .channelLeft }
        #expect(told?.channel == channel.id && told?.text == "fika")
        #expect(try await scene.unread(bo, general.id)?.mentions == 1)
        #expect(try await scene.auditActions("channels.delete") == ["channels.delete"])
    }

    @Test func `a batch of a purge is bounded`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.neighbour("ana")
        let channel = try await scene.channels.create(ChannelDraft(name: "fika"), scene.call(ana))
        for number in 1...1_000 { try await scene.say("\(number)", in: channel.id, ana) }
        // Nothing fires by itself from here on: the clock stands.
        try await scene.engine.timers.fireDue()
        // As a deletion leaves it, but without the news that start the work.
        let mark: SQL = "UPDATE channel SET deleted_at = 1, folded = NULL, look = NULL WHERE name = 'fika'"
        try await scene.engine.database.write(touching: []) { tx in _ = try tx.run(mark) }
        #expect(channel.head == 1)
        var steps = 0
        let now = scene.kit.clock.now
        var isMore = true
        while isMore {
            let before = try await scene.number("SELECT COUNT(*) FROM entry")
            isMore = try await scene.engine.database.write(touching: []) { tx in try ChannelPurge.step(now: now, tx) }
            #expect(try await before - scene.number("SELECT COUNT(*) FROM entry") <= 250)
            steps += 1
        }
        #expect(steps > 4)
    }
}
