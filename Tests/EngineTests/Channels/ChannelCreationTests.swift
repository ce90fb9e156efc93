import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Making channels: their names, who may, and `#general`.
@Suite struct ChannelCreationTests {
    @Test(arguments: [
        "a", "", String(repeating: "a", count: 49), "Fika", "two words", "a/b", "-dash", "_under", "a.b", "#hash",
        "system", "me", "0190a0b0-c0d0-7000-8000-000000000001", "ends-", "gene\u{200D}ral", "tab\tname", "nul\u{0}name",
        "smile😀",
    ])
    func `a name that breaks a rule is refused with a sentence`(name: String) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        await refused(.invalid) { _ = try await scene.channels.create(ChannelDraft(name: name), scene.call(ana)) }
        #expect(try await scene.number("SELECT COUNT(*) FROM channel") == 1, "only #general")
    }

    @Test(arguments: ["ab", String(repeating: "a", count: 48), "fika", "2026", "a-b_c", "کانال", "grüße", "日本語"])
    func `a name within the rules is taken`(name: String) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let channel = try await scene.channels.create(ChannelDraft(name: name), scene.call(ana))
        #expect(channel.name == name)
        for spelling in [
            name, "#" + name, name.uppercased(), channel.id.description, channel.id.description.uppercased(),
        ] {
            let found = try await scene.channels.get(ChannelRef(spelling), scene.call(ana))
            #expect(found == channel)
        }
    }

    @Test func `whoever makes a channel is in it as its admin, and the log says so`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let channel = try await scene.channels.create(ChannelDraft(name: "fika", topic: "coffee"), scene.call(ana))
        #expect(channel.role == .admin)
        #expect(channel.memberCount == 1)
        #expect(channel.topic == "coffee")
        #expect(channel.version == 1)
        #expect(channel.head == 1)
        #expect(try await scene.kinds(.channel(channel.id)) == [.created])
        let told = try await scene.log(.me(ana.account!))
        #expect(told.map(\.kind) == [.channelJoined])
        #expect(told[0].channel == channel.id)
        #expect(told[0].text == "fika")
        #expect(told[0].role == .admin)
    }

    @Test func `a name is unique however it is written`() async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        _ = try await scene.channels.create(ChannelDraft(name: "grüße"), scene.call(ana))
        await refused(.nameTaken) {
            _ = try await scene.channels.create(ChannelDraft(name: "gru\u{308}ße"), scene.call(ana))
        }
        for name in ["general", "gener\u{430}l", "g\u{435}neral"] {
            await refused(.nameTaken) { _ = try await scene.channels.create(ChannelDraft(name: name), scene.call(ana)) }
        }
        // Latin names are apart as soon as they are spelled apart.
        for name in ["modern", "modem", "team-1", "team-l"] {
            _ = try await scene.channels.create(ChannelDraft(name: name), scene.call(ana))
        }
    }

    @Test(arguments: [
        (ChannelDraft(name: "ok", topic: String(repeating: "t", count: 501)), "/topic"),
        (ChannelDraft(name: "ok", topic: "two\nlines"), "/topic"),
        (ChannelDraft(name: "ok", secret: String(repeating: "s", count: 129)), "/secret"),
        (ChannelDraft(name: "ok", secret: "  "), "/secret"),
    ])
    func `topic and secret have limits`(draft: ChannelDraft, pointer: String) async throws {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        do {
            _ = try await scene.channels.create(draft, scene.call(ana))
            Issue.record("it was not refused")
        } catch let error as APIError {
            #expect(error.code == .invalid)
            #expect(error.errors.first?.pointer == pointer)
        }
    }

    @Test func `the first start makes the channel that everybody joins, the next one finds it`() async throws {
        let scene = try ChannelScene { $0.firstChannel = "lobby" }
        let ana = try await scene.person("ana")
        let lobby = try await scene.channels.get(ChannelRef("lobby"), scene.call(ana))
        #expect(lobby.createdBy == nil)
        #expect(lobby.memberCount == 0)
        let joined = try await scene.channels.join(ChannelJoin(channel: "lobby"), scene.call(ana))
        #expect(joined.role == .member, "nobody becomes admin of what the daemon made")
        #expect(throws: (any Error).self) { _ = try ChannelScene { $0.firstChannel = "Not A Name" } }
    }

    @Test func `a dry run and a refused write leave nothing behind, a repeat under a key gets the first answer`()
        async throws
    {
        let scene = try ChannelScene()
        let ana = try await scene.person("ana")
        let service = scene.service(ana)
        let tried = try await service.call(.createChannel, ChannelDraft(name: "fika"), CallOptions(dryRun: true))
        #expect(tried.name == "fika")
        #expect(try await scene.number("SELECT COUNT(*) FROM channel") == 1)
        #expect(try await scene.number("SELECT COUNT(*) FROM entry") == 0)
        await refused(.notFound) { _ = try await scene.say("anyone?", in: tried.id, ana) }

        let first = try await service.call(.createChannel, ChannelDraft(name: "fika"), CallOptions(key: "k1"))
        let again = try await service.call(.createChannel, ChannelDraft(name: "fika"), CallOptions(key: "k1"))
        #expect(first == again)
        #expect(try await scene.auditActions("channels.create") == ["channels.create"])
        // The repeat of a deletion is answered although the channel is gone.
        _ = try await service.call(.deleteChannel, ChannelRef("fika"), CallOptions(key: "k2"))
        _ = try await service.call(.deleteChannel, ChannelRef("fika"), CallOptions(key: "k2"))
        await refused(.notFound) {
            _ = try await service.call(.deleteChannel, ChannelRef("fika"), CallOptions(key: "k3"))
        }
    }
}
