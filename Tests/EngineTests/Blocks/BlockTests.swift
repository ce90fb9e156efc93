import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Blocks and mutes: what whoever blocks no longer gets, and that nobody else can tell.
@Suite("Blocks")
struct BlockTests {
    /// Ana, whom mallory writes to, in a direct conversation.
    struct Scene {
        let tea: Community
        let mallory: Person
        let direct: Channel

        init() async throws {
            tea = try await Community()
            mallory = try await tea.world.register("mallory")
            _ = try await mallory.call(.joinChannel, ChannelJoin(channel: "tea"))
            direct = try await mallory.call(.openDirect, DirectDraft(people: ["ana"]))
        }

        @discardableResult
        func say(_ text: String, _ person: Person? = nil) async throws -> Sent {
            tea.world.clock.advance(by: .seconds(1))
            return try await tea.send(text, by: person ?? mallory, in: direct.id)
        }

        func seen(by person: Person) async throws -> [Entry] {
            try await person.call(.entries, EntryQuery(channel: direct.id.description, after: 0)).entries
        }

        func unread(of person: Person) async throws -> Unread? {
            try await person.call(.me).channels.first { $0.channel.id == direct.id }?.unread
        }
    }

    @Test func `what a blocked person writes in a direct conversation is not shown, and leaves no hole`() async throws {
        let scene = try await Scene()
        let before = try await scene.say("before")
        _ = try await scene.tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        let sent = try await scene.say("you cannot hide, @ana")
        let mine = try await scene.say("who is there", scene.tea.ana)
        let seen = try await scene.seen(by: scene.tea.ana)
        #expect(seen.map(\.seq) == Array(1...mine.seq))
        #expect(seen.first { $0.seq == sent.seq }?.kind == .hidden)
        #expect(seen.allSatisfy { $0.text?.contains("hide") != true })
        #expect(seen.first { $0.seq == before.seq }?.text == "before")
        let refused = await refusal {
            try await scene.tea.ana.call(.message, MessageRef(channel: scene.direct.id, seq: sent.seq))
        }
        #expect(refused?.code == .notFound)
        // Nothing is unread, and nobody called.
        #expect(try await scene.unread(of: scene.tea.ana)?.unread == 0)
        #expect(try await scene.tea.ana.call(.listMentions, MentionQuery()).items.isEmpty)
        // The author sees it as sent.
        #expect(try await scene.seen(by: scene.mallory).first { $0.seq == sent.seq }?.text == "you cannot hide, @ana")
    }

    @Test func `unread counts what is shown`() async throws {
        let scene = try await Scene()
        try await scene.say("one")
        _ = try await scene.tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        try await scene.say("two")
        try await scene.say("three")
        #expect(try await scene.unread(of: scene.tea.ana)?.unread == 1)
        _ = try await scene.tea.ana.call(.removeBlock, AccountRef("mallory"))
        try await scene.say("four")
        #expect(try await scene.unread(of: scene.tea.ana)?.unread == 2)
        let texts = try await scene.seen(by: scene.tea.ana).compactMap(\.text)
        #expect(texts.contains("one") && texts.contains("four") && !texts.contains("two"))
    }

    @Test func `edits, reactions and pins of a blocked person are not shown either`() async throws {
        let scene = try await Scene()
        let old = try await scene.say("old words")
        let mine = try await scene.say("mine", scene.tea.ana)
        _ = try await scene.tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        _ = try await scene.mallory.call(
            .editMessage,
            MessageEdit(channel: scene.direct.id, seq: old.seq, text: "new insult")
        )
        _ = try await scene.mallory.call(.react, ReactionRef(channel: scene.direct.id, seq: mine.seq, emoji: "💩"))
        let seen = try await scene.seen(by: scene.tea.ana)
        #expect(seen.allSatisfy { $0.text?.contains("insult") != true && $0.reactions == nil })
        #expect(seen.filter { $0.kind == .hidden }.count == 3)
        let others = try await scene.seen(by: scene.mallory)
        #expect(others.first { $0.seq == mine.seq }?.reactions?.first?.by == [scene.mallory.id])
        // What is taken away is taken away for everybody.
        _ = try await scene.mallory.call(.deleteMessage, MessageRef(channel: scene.direct.id, seq: old.seq))
        #expect(try await scene.seen(by: scene.tea.ana).allSatisfy { $0.text?.contains("old") != true })
    }

    @Test func `a resume brings the number and not the words`() async throws {
        let scene = try await Scene()
        let ana = scene.tea.ana.id
        _ = try await scene.tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        let sent = try await scene.say("while you were away")
        let direct = scene.direct.id
        func pushes(_ account: AccountID) async throws -> [Entry] {
            try await scene.tea.database.read { tx in
                try EntryStore.pushes(of: .channel(direct), after: 0, through: sent.seq, for: account, tx)
            }.map { try Coding.decode(Entry.self, from: $0) }
        }
        #expect(try await pushes(ana).map(\.seq) == Array(1...sent.seq))
        #expect(try await pushes(ana).last?.kind == .hidden)
        #expect(try await pushes(scene.mallory.id).last?.text == "while you were away")
        // The counters are the log's: a client that counts what is new counts the same before and after.
        #expect(try await pushes(ana).map(\.messagesSoFar) == pushes(scene.mallory.id).map(\.messagesSoFar))
    }

    @Test func `search finds nothing of it`() async throws {
        let scene = try await Scene()
        _ = try await scene.tea.ana.call(.setBlock, BlockDraft(account: "mallory"))
        try await scene.say("unforgettable")
        try await scene.tea.world.engine.search.catchUp()
        #expect(try await scene.tea.ana.call(.search, SearchQuery(q: "unforgettable")).hits.isEmpty)
        #expect(try await scene.mallory.call(.search, SearchQuery(q: "unforgettable")).hits.count == 1)
    }

    @Test func `a muted person's mentions do not count, and all else is as it was`() async throws {
        let scene = try await Scene()
        let tea = scene.tea
        _ = try await tea.ana.call(.setBlock, BlockDraft(account: "mallory", kind: .mute))
        let said = try await tea.send("@ana @bob listen", by: scene.mallory)
        #expect(try await tea.ana.call(.listMentions, MentionQuery()).items.isEmpty)
        #expect(try await tea.bob.call(.listMentions, MentionQuery()).items.count == 1)
        // The message itself says the same to everybody.
        #expect(try await tea.message(said.seq, as: tea.ana).mentions == [tea.ana.id, tea.bob.id])
        try await scene.say("direct")
        #expect(try await scene.unread(of: tea.ana)?.unread == 1)
    }

    @Test func `the list is one's own, told to one's own devices, and survives a restart of the facts`() async throws {
        let scene = try await Scene()
        let ana = scene.tea.ana
        let block = try await ana.call(.setBlock, BlockDraft(account: "@mallory"))
        #expect(block.kind == .block && block.account == scene.mallory.id)
        #expect(try await ana.call(.setBlock, BlockDraft(account: "mallory")) == block)
        #expect(try await ana.call(.listBlocks).items == [block])
        #expect(try await scene.mallory.call(.listBlocks).items.isEmpty)
        let kinds = try await ana.call(.meEntries, MeQuery(after: 0)).entries.map(\.kind)
        #expect(kinds.filter { $0 == .blocksChanged }.count == 1)
        #expect(await refusal { try await ana.call(.setBlock, BlockDraft(account: "ana")) }?.code == .invalid)
        #expect(await refusal { try await ana.call(.setBlock, BlockDraft(account: "nobody")) }?.code == .notFound)
        #expect(await refusal { try await ana.call(.removeBlock, AccountRef("bob")) }?.code == .notFound)
        let sent = try await scene.say("once")
        #expect(try await scene.seen(by: ana).first { $0.seq == sent.seq }?.kind == .hidden)
    }

    @Test func `a refused block and a dry run change nothing`() async throws {
        let scene = try await Scene()
        let service = try await scene.tea.ana.service()
        _ = try await service.call(.setBlock, BlockDraft(account: "mallory"), CallOptions(dryRun: true))
        let sent = try await scene.say("heard")
        #expect(try await scene.seen(by: scene.tea.ana).first { $0.seq == sent.seq }?.text == "heard")
    }

    // MARK: - Nobody can tell

    /// Everything that mallory does, gets and is told, with and without ana's block.
    private func record(isBlocked kind: BlockKind?) async throws -> [String] {
        let scene = try await Scene()
        let tea = scene.tea
        let shard = HubShard<Listener>()
        let listener = Listener()
        let blind = Listener()
        // Ids are random: known ones by their names, lists in an order that does not depend on them.
        let known = [
            (tea.ana.id.description, "ana"), (tea.bob.id.description, "bob"), (scene.mallory.id.description, "mallory"),
            (tea.id.description, "tea"), (scene.direct.id.description, "direct"),
        ]
        func named(_ json: JSON) -> JSON {
            switch json {
            case .string(let id):
                return .string(known.first { $0.0 == id }?.1 ?? (AccountID(id) == nil ? id : "another id"))
            case .array(let items):
                return .array(items.map(named).sorted { JSONPattern.text($0) < JSONPattern.text($1) })
            case .object(let members): return .object(members.mapValues(named))
            default: return json
            }
        }
        func text(_ json: JSON) -> String { Normal.text(named(json)) }
        for log in [LogID.channel(scene.direct.id), .channel(tea.id), .me(scene.mallory.id)] {
            shard.subscribe(listener, to: log)
        }
        shard.attach(listener, to: scene.mallory.id)
        shard.attach(blind, to: tea.ana.id)
        shard.subscribe(blind, to: .channel(scene.direct.id))
        tea.world.engine.hub.add(Hub.Shard(subscriptions: shard) { $0() })
        if let kind { _ = try await tea.ana.call(.setBlock, BlockDraft(account: "mallory", kind: kind)) }
        var answers: [String] = []
        func note<Output: Encodable>(_ output: Output) throws {
            answers.append(text(try Coding.decode(JSON.self, from: Coding.encode(output))))
        }
        let mallory = scene.mallory
        let first = try await scene.say("hello @ana")
        try note(first)
        try note(try await scene.say("are you there"))
        try note(try await tea.send("@ana in public", by: mallory))
        try note(
            try await mallory.call(.editMessage, MessageEdit(channel: scene.direct.id, seq: first.seq, text: "hi"))
        )
        try note(try await mallory.call(.react, ReactionRef(channel: scene.direct.id, seq: first.seq, emoji: "👋")))
        try note(try await mallory.call(.pinMessage, MessageRef(channel: scene.direct.id, seq: first.seq)))
        try note(try await mallory.call(.typing, Typing(channel: scene.direct.id)))
        try note(try await mallory.call(.entries, EntryQuery(channel: scene.direct.id.description)))
        try note(try await mallory.call(.listPins, ChannelRef(scene.direct.id)))
        try note(try await mallory.call(.channel, ChannelRef(scene.direct.id)))
        try note(try await mallory.call(.listMembers, MemberQuery(channel: scene.direct.id.description)))
        try note(try await mallory.call(.openDirect, DirectDraft(people: ["ana"])))
        // A conversation that begins while they are blocked looks as any other.
        let group = try await mallory.call(.openDirect, DirectDraft(people: ["ana", "bob"]))
        try note(group)
        try note(try await tea.send("hello you two", by: mallory, in: group.id))
        try note(try await mallory.call(.channel, ChannelRef(group.id)))
        try note(try await mallory.call(.listMembers, MemberQuery(channel: group.id.description)))
        try note(try await mallory.call(.entries, EntryQuery(channel: group.id.description)))
        try note(try await mallory.call(.typing, Typing(channel: group.id)))
        try note(try await mallory.call(.presence, ChannelRef(scene.direct.id)))
        try note(try await mallory.call(.me))
        try note(try await mallory.call(.listChannels, ChannelQuery()))
        try note(try await mallory.call(.account, AccountRef("ana")))
        // Inviting, drawing, and what ana does where both are.
        _ = try await mallory.call(.createChannel, ChannelDraft(name: "vault", secret: "sesame"))
        let invitation = try await mallory.call(
            .inviteToChannel,
            ChannelInvitationDraft(channel: "vault", account: "ana")
        )
        answers.append("\(invitation.account == tea.ana.id) \(invitation.usesLeft ?? 0)")
        let sketch = SketchDraft(channel: scene.direct.id.description, name: "plan")
        answers.append(try await mallory.call(.createSketch, sketch).name)
        _ = try await tea.ana.call(.react, ReactionRef(channel: scene.direct.id, seq: first.seq, emoji: "👍"))
        try note(try await mallory.call(.entries, EntryQuery(channel: scene.direct.id.description)))
        try note(try await scene.say("an answer", tea.ana))
        try note(try await mallory.call(.entries, EntryQuery(channel: scene.direct.id.description)))
        try await tea.world.engine.search.catchUp()
        try note(try await mallory.call(.search, SearchQuery(q: "there")))
        // And ana gets what she should: the same numbers, without a word of it.
        #expect(blind.frames.count >= 6)
        let words = blind.frames.filter { $0.contains("are you there") }.count
        #expect(words == (kind == .block ? 0 : 1))
        return answers + listener.frames.map { text((try? Coding.decode(JSON.self, from: Array($0.utf8))) ?? .null) }
    }

    @Test(arguments: BlockKind.words)
    func `every answer and every push is the same with a block and without`(_ kind: BlockKind) async throws {
        let without = try await record(isBlocked: nil)
        let with = try await record(isBlocked: kind)
        #expect(with.count == without.count)
        for (left, right) in zip(with, without) { #expect(left == right) }
    }

    final class Listener: Subscriber {
        var frames: [String] = []

        func entries(of log: LogID, first: Int64, last: Int64, _ frame: Frame) {
            for line in frame.bytes.split(separator: 0x0A) { frames.append(String(decoding: line, as: UTF8.self)) }
        }

        func changed(_ news: News) {}
        func ephemeral(_ news: Ephemeral, _ frame: Frame) {}
    }
}
