import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Conversations that a blocked person opens: there for everybody but who blocked them, until somebody speaks whom they
/// hear.
@Suite("Blocks: veiled conversations")
struct VeilTests {
    /// Ana has blocked mallory before they ever spoke.
    private struct Scene {
        let tea: Community
        let mallory: Person
        var ana: Person { tea.ana }

        init() async throws {
            tea = try await Community()
            mallory = try await tea.world.register("mallory")
            _ = try await mallory.call(.joinChannel, ChannelJoin(channel: "tea"))
            _ = try await tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        }

        func open(_ people: String...) async throws -> Channel {
            try await mallory.call(.openDirect, DirectDraft(people: people))
        }

        /// Whether ana can come across it without having its id.
        func isSeen(_ channel: Channel) async throws -> Bool {
            let me = try await ana.call(.me).channels.contains { $0.channel.id == channel.id }
            let listed = try await ana.call(.listChannels, ChannelQuery()).items.contains { $0.id == channel.id }
            let told = try await ana.call(.meEntries, MeQuery(after: 0)).entries.contains { $0.channel == channel.id }
            #expect(me == listed && listed == told)
            return me
        }
    }

    @Test func `what a blocked person opens is in no list of who blocked them, and in everybody else's`() async throws {
        let scene = try await Scene()
        let direct = try await scene.open("ana")
        let group = try await scene.open("ana", "bob")
        for channel in [direct, group] {
            try await scene.tea.send("are you there, @ana", by: scene.mallory, in: channel.id)
            #expect(try await !scene.isSeen(channel))
        }
        #expect(try await scene.tea.bob.call(.me).channels.contains { $0.channel.id == group.id })
        #expect(try await scene.ana.call(.listMentions, MentionQuery()).items.isEmpty)
        // Whoever has its id all the same finds nothing in it.
        #expect(try await scene.ana.call(.entries, EntryQuery(channel: direct.id.description)).entries.isEmpty)
        let marker = MarkerDraft(channel: direct.id, seq: 1)
        #expect(await refusal { try await scene.ana.call(.setMarker, marker) }?.code == .notFound)
        #expect(try await scene.mallory.call(.channel, ChannelRef(direct.id)).memberCount == 2)
    }

    @Test func `who blocked them and is brought into a conversation does not see it either`() async throws {
        let scene = try await Scene()
        let direct = try await scene.open("bob")
        _ = try await scene.mallory.call(.addMember, MemberRef(channel: direct.id.description, account: "ana"))
        #expect(try await !scene.isSeen(direct))
        let other = try await scene.tea.bob.call(.openDirect, DirectDraft(people: ["ana"]))
        #expect(try await scene.isSeen(other))
    }

    @Test func `it appears with the first words of somebody who is heard, and without what came before`() async throws {
        let scene = try await Scene()
        let group = try await scene.open("ana", "bob")
        try await scene.tea.send("an insult", by: scene.mallory, in: group.id)
        let heard = try await scene.tea.send("hello ana", by: scene.tea.bob, in: group.id)
        #expect(try await scene.isSeen(group))
        let joined = try #require(try await scene.ana.call(.me).channels.first { $0.channel.id == group.id })
        #expect(joined.unread.unread == 1)
        let seen = try await scene.ana.call(.entries, EntryQuery(channel: group.id.description)).entries
        #expect(seen.map(\.seq) == [heard.seq])
        let later = try await scene.tea.send("another insult", by: scene.mallory, in: group.id)
        let entries = try await scene.ana.call(.entries, EntryQuery(channel: group.id.description)).entries
        #expect(entries.last?.seq == later.seq && entries.last?.kind == .hidden)
    }

    @Test func `it appears when they open it themselves, and when they hear the person again`() async throws {
        let scene = try await Scene()
        let direct = try await scene.open("ana")
        try await scene.tea.send("before", by: scene.mallory, in: direct.id)
        let opened = try await scene.ana.call(.openDirect, DirectDraft(people: ["mallory"]))
        #expect(opened.id == direct.id)
        #expect(try await scene.isSeen(direct))
        #expect(try await scene.ana.call(.entries, EntryQuery(channel: direct.id.description)).entries.isEmpty)

        let group = try await scene.open("ana", "bob")
        _ = try await scene.ana.call(.removeBlock, AccountRef("mallory"))
        #expect(try await !scene.isSeen(group))
        try await scene.tea.send("sorry", by: scene.mallory, in: group.id)
        #expect(try await scene.isSeen(group))
        let texts = try await scene.ana.call(.entries, EntryQuery(channel: group.id.description)).entries.map(\.text)
        #expect(texts == ["sorry"])
    }

    @Test func `when the last who knew of it leaves, it goes without a word`() async throws {
        let scene = try await Scene()
        let direct = try await scene.open("ana")
        try await scene.tea.send("hello", by: scene.mallory, in: direct.id)
        _ = try await scene.mallory.call(.leaveChannel, ChannelRef(direct.id))
        try await scene.tea.world.engine.timers.fireDue()
        let left = try await scene.tea.column("SELECT name FROM channel WHERE kind = 'direct'")
        #expect(left.isEmpty)
        #expect(try await !scene.ana.call(.meEntries, MeQuery(after: 0)).entries.contains { $0.channel == direct.id })
    }

    @Test func `a conversation that was only tried leaves nothing`() async throws {
        let scene = try await Scene()
        let service = try await scene.mallory.service()
        let tried = try await service.call(.openDirect, DirectDraft(people: ["ana"]), CallOptions(dryRun: true))
        let made = try await scene.open("ana")
        #expect(made.id != tried.id)
        #expect(try await !scene.isSeen(made))
    }

    @Test func `a sketch says something with its name, so that is hidden too`() async throws {
        let scene = try await Scene()
        let direct = try await scene.ana.call(.openDirect, DirectDraft(people: ["mallory"]))
        let draft = SketchDraft(channel: direct.id.description, name: "you know who")
        _ = try await scene.mallory.call(.createSketch, draft)
        let entries = try await scene.ana.call(.entries, EntryQuery(channel: direct.id.description)).entries
        #expect(entries.last?.kind == .hidden && entries.allSatisfy { $0.text != "you know who" })
    }
}
