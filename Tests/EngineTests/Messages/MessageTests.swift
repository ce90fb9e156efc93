import ChatAPI
import ChatTestKit
import Engine
import Storage
import Testing

/// Sending, editing and deleting: what is answered, what is stored, what is left.
@Suite("Messages")
struct MessageTests {
    @Test func `a message is answered with its number and is there for everyone`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("hello", by: tea.ana)
        let read = try await tea.message(sent.seq, as: tea.bob)
        #expect(read.text == "hello")
        #expect(read.by == tea.ana.id)
        #expect(read.at == sent.at)
        #expect(read.rev == nil)
    }

    @Test func `a repeat gets the first answer, after edits and deletion too`() async throws {
        let tea = try await Community()
        let cid = tea.cid()
        let sent = try await tea.send("hello", by: tea.ana, cid: cid)
        #expect(try await tea.send("hello", by: tea.ana, cid: cid) == sent)
        _ = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "hello you"))
        _ = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "hello all"))
        #expect(try await tea.send("hello", by: tea.ana, cid: cid) == sent)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        #expect(try await tea.send("hello", by: tea.ana, cid: cid) == sent)
        let head = try await tea.entries(EntryQuery(channel: "tea"), as: tea.ana).head
        #expect(head == sent.seq + 3)
    }

    @Test func `a repeat is acknowledged by whoever may no longer write`() async throws {
        let tea = try await Community()
        let cid = tea.cid()
        let sent = try await tea.send("hello", by: tea.bob, cid: cid)
        _ = try await tea.bob.call(.leaveChannel, ChannelRef(tea.id))
        #expect(try await tea.send("hello", by: tea.bob, cid: cid) == sent)
        let refused = await refusal { try await tea.send("hello", by: tea.bob) }
        #expect(refused?.code == .notMember)
    }

    @Test(arguments: ["another text", "another channel", "another answer"])
    func `a cid belongs to one message for good`(_ difference: String) async throws {
        let tea = try await Community()
        let cid = tea.cid()
        let first = try await tea.send("first", by: tea.ana)
        try await tea.send("hello", by: tea.ana, cid: cid)
        let other = try await tea.ana.call(.createChannel, ChannelDraft(name: "other"))
        let refused = await refusal {
            switch difference {
            case "another text": try await tea.send("other", by: tea.ana, cid: cid)
            case "another channel": try await tea.send("hello", by: tea.ana, cid: cid, in: other.id)
            default: try await tea.send("hello", by: tea.ana, replyTo: first.seq, cid: cid)
            }
        }
        #expect(refused?.code == .cidReused)
        // Of another author it is another name.
        try await tea.send("hello", by: tea.bob, cid: cid)
    }

    @Test func `the hot path answers what the table answers`() async throws {
        let tea = try await Community()
        let caller = try await tea.world.caller(tea.ana.tokens.accessToken)
        let message = Message(channel: tea.id, cid: tea.cid(), text: "hot")
        let engine = tea.world.engine
        let sent: Result<Sent, APIError> = await withCheckedContinuation { waiting in
            let batch = WriteBatch<Facts>()
            engine.messages.send(message, by: caller, in: batch) { waiting.resume(returning: $0) }
            engine.database.submit(batch)
        }
        let again = try await tea.ana.call(.sendMessage, message)
        #expect(try sent.get() == again)
    }

    @Test(arguments: ["", " \n\t", "bell\u{7}", "c1\u{85}", String(repeating: "x", count: 8_193)])
    func `texts that may not be are refused by name`(_ text: String) async throws {
        let tea = try await Community()
        let refused = await refusal { try await tea.send(text, by: tea.ana) }
        #expect(refused?.code == .invalid)
        #expect(refused?.errors.first?.pointer == "/text")
    }

    @Test func `an answer names a message, also a deleted one`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("question", by: tea.ana)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        let answer = try await tea.send("answer", by: tea.bob, replyTo: sent.seq)
        #expect(try await tea.message(answer.seq, as: tea.ana).replyTo == sent.seq)
        for target in [answer.seq + 10, sent.seq + 1, 0, -1] {
            let refused = await refusal { try await tea.send("answer", by: tea.bob, replyTo: target) }
            #expect(refused?.errors.first?.pointer == "/replyTo")
        }
    }

    @Test func `mentions name members, everybody by a counter`() async throws {
        let tea = try await Community()
        _ = try await tea.world.register("carla")
        let sent = try await tea.send("@bob and @carla, not mail@ana.example", by: tea.ana)
        let entry = try await tea.message(sent.seq, as: tea.ana)
        #expect(entry.mentions == [tea.bob.id])
        let all = try await tea.send("@all: tea", by: tea.ana)
        let broadcast = try await tea.message(all.seq, as: tea.ana)
        #expect(broadcast.mentionsAll == true)
        #expect(broadcast.broadcastsSoFar == entry.broadcastsSoFar + 1)
    }

    // MARK: - Editing

    @Test func `an edit is an entry and changes the message`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("helo", by: tea.ana)
        let edited = try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "hello"))
        #expect(edited.text == "hello")
        #expect(edited.rev == sent.seq + 1)
        #expect(try await tea.message(sent.seq, as: tea.bob) == edited)
        let page = try await tea.entries(EntryQuery(channel: "tea", after: sent.seq), as: tea.bob)
        #expect(page.entries.map(\.kind) == [.edit])
        #expect(page.entries.first?.target == sent.seq)
        #expect(page.entries.first?.text == "hello")
        // The same again is no news.
        #expect(
            try await tea.ana.call(.editMessage, MessageEdit(channel: tea.id, seq: sent.seq, text: "hello")) == edited
        )
        #expect(try await tea.entries(EntryQuery(channel: "tea"), as: tea.bob).head == sent.seq + 1)
    }

    @Test func `only the author edits, and only what is there`() async throws {
        let tea = try await Community()
        let sent = try await tea.send("mine", by: tea.ana)
        func edit(_ seq: Int64, by person: Person) async -> APIError? {
            await refusal { try await person.call(.editMessage, MessageEdit(channel: tea.id, seq: seq, text: "x")) }
        }
        #expect(await edit(sent.seq, by: tea.bob)?.code == .forbidden)
        #expect(await edit(sent.seq + 5, by: tea.ana)?.code == .notFound)
        #expect(await edit(1, by: tea.ana)?.code == .notFound)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        #expect(await edit(sent.seq, by: tea.ana)?.code == .invalidTransition)
    }

    // MARK: - Deleting

    @Test func `a deleted message keeps its number and nothing else, anywhere`() async throws {
        let tea = try await Community()
        let secret = "xyzzy-plugh @bob"
        let sent = try await tea.send(secret, by: tea.ana)
        let keyed = CallOptions(key: "edit-1")
        let service = try await tea.ana.service()
        _ = try await service.call(
            .editMessage,
            MessageEdit(channel: tea.id, seq: sent.seq, text: secret + " again"),
            keyed
        )
        _ = try await tea.bob.call(.react, ReactionRef(channel: tea.id, seq: sent.seq, emoji: "🎉"))
        _ = try await tea.ana.call(.pinMessage, MessageRef(channel: tea.id, seq: sent.seq))
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: "tea", seq: sent.seq))
        let left = try await tea.message(sent.seq, as: tea.bob)
        #expect(left.text == nil)
        #expect(left.mentions == nil)
        #expect(left.reactions == nil)
        #expect(left.pinned == nil)
        #expect(left.redactedAt != nil)
        #expect(left.seq == sent.seq)
        #expect(try await tea.bob.call(.listPins, ChannelRef("tea")).items.isEmpty)
        for table in [Self.entries, Self.answers] {
            let texts = try await tea.column(table)
            #expect(!texts.contains { $0?.contains("xyzzy") == true })
        }
        #expect(try await tea.column(Self.mentions).isEmpty)
        // The stored answer of the edit tells the deletion.
        let again = try await service.call(
            .editMessage,
            MessageEdit(channel: tea.id, seq: sent.seq, text: secret + " again"),
            keyed
        )
        #expect(again.text == nil)
        #expect(again.redactedAt == left.redactedAt)
        // Once more changes nothing.
        let head = try await tea.entries(EntryQuery(channel: "tea"), as: tea.bob).head
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: sent.seq))
        #expect(try await tea.entries(EntryQuery(channel: "tea"), as: tea.bob).head == head)
    }

    private static let entries: SQL = "SELECT COALESCE(text, '') || COALESCE(detail, '') FROM entry"
    private static let answers: SQL = "SELECT CAST(answer AS TEXT) FROM idempotency_key"
    private static let mentions: SQL = "SELECT hex(account) FROM mention"

    @Test func `others' messages are deleted by admins of the channel, and that is audited`() async throws {
        let tea = try await Community()
        let own = try await tea.send("mine", by: tea.ana)
        let refused = await refusal {
            try await tea.bob.call(.deleteMessage, MessageRef(channel: tea.id, seq: own.seq))
        }
        #expect(refused?.code == .forbidden)
        let other = try await tea.send("his", by: tea.bob)
        _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: other.seq))
        let audited = try await tea.world.audit("messages.delete")
        #expect(audited.map(\.object) == ["channel/\(tea.id)/message/\(other.seq)"])
        let outsider = try await tea.world.register("carla")
        let stranger = await refusal {
            try await outsider.call(.deleteMessage, MessageRef(channel: tea.id, seq: own.seq))
        }
        #expect(stranger?.code == .notMember)
    }

    @Test func `a dry run leaves no trace`() async throws {
        let tea = try await Community()
        let before = try await tea.entries(EntryQuery(channel: "tea"), as: tea.ana)
        let service = try await tea.ana.service()
        let message = Message(channel: tea.id, cid: tea.cid(), text: "perhaps")
        let answer = try await service.call(.sendMessage, message, CallOptions(dryRun: true))
        #expect(answer.seq == before.head + 1)
        #expect(try await tea.entries(EntryQuery(channel: "tea"), as: tea.ana) == before)
        #expect(try await service.call(.sendMessage, message).seq == answer.seq)
    }
}
