import ChatAPI
import ChatTestKit
import Engine
import Testing

/// The list of who called one: complete, over all channels, newest first.
@Suite("Mentions")
struct MentionTests {
    private func texts(_ person: Person, _ query: MentionQuery = MentionQuery()) async throws -> [String] {
        try await person.call(.listMentions, query).items.map { $0.entry.text ?? "" }
    }

    @Test func `by name and with everybody, over all channels, newest first, never one's own`() async throws {
        let tea = try await Community()
        let other = try await tea.ana.call(.createChannel, ChannelDraft(name: "coffee")).id
        _ = try await tea.bob.call(.joinChannel, ChannelJoin(channel: "coffee"))
        for (text, person, channel) in [
            ("@bob one", tea.ana, tea.id), ("nobody", tea.ana, tea.id), ("@all two", tea.ana, other),
            ("@bob myself", tea.bob, tea.id), ("@here mine", tea.bob, tea.id), ("@bob @all three", tea.ana, other),
        ] {
            tea.world.clock.advance(by: .seconds(1))
            try await tea.send(text, by: person, in: channel)
        }
        #expect(try await texts(tea.bob) == ["@bob @all three", "@all two", "@bob one"])
        #expect(try await texts(tea.ana) == ["@here mine"])
        let first = try #require(try await tea.bob.call(.listMentions, MentionQuery()).items.last)
        #expect(first.channelName == "tea" && first.entry.channel == tea.id && first.isUnread == false)
        // Both of coffee are unread: bob's own messages moved his marker in tea only.
        #expect(try await texts(tea.bob, MentionQuery(unread: true)) == ["@bob @all three", "@all two"])
    }

    @Test func `page by page it is the whole list, also within one millisecond`() async throws {
        let tea = try await Community()
        let other = try await tea.ana.call(.createChannel, ChannelDraft(name: "coffee")).id
        _ = try await tea.bob.call(.joinChannel, ChannelJoin(channel: "coffee"))
        for number in 0..<20 {
            try await tea.send(
                "\(number % 3 == 0 ? "@all" : "@bob") \(number)",
                by: tea.ana,
                in: number % 2 == 0 ? other : tea.id
            )
        }
        let whole = try await texts(tea.bob)
        #expect(whole.count == 20)
        for limit in [1, 3, 7] {
            var pages: [String] = []
            var cursor: String?
            repeat {
                let page = try await tea.bob.call(.listMentions, MentionQuery(limit: limit, cursor: cursor))
                #expect(page.items.count <= limit)
                pages += page.items.map { $0.entry.text ?? "" }
                cursor = page.nextCursor
            } while cursor != nil
            #expect(pages == whole, "limit \(limit)")
        }
        #expect(await refusal { try await tea.bob.call(.listMentions, MentionQuery(cursor: "x")) }?.code == .invalid)
    }

    @Test func `what was deleted or left calls nobody any more`() async throws {
        let tea = try await Community()
        let named = try await tea.send("@bob look", by: tea.ana)
        let all = try await tea.send("@all look", by: tea.ana)
        #expect(try await texts(tea.bob).count == 2)
        for seq in [named.seq, all.seq] {
            _ = try await tea.ana.call(.deleteMessage, MessageRef(channel: tea.id, seq: seq))
        }
        #expect(try await texts(tea.bob).isEmpty)
        try await tea.send("@bob again", by: tea.ana)
        _ = try await tea.bob.call(.leaveChannel, ChannelRef(tea.id))
        #expect(try await texts(tea.bob).isEmpty)
    }

    @Test func `a message, an edit and a reaction name their channel by its name`() async throws {
        let tea = try await Community()
        var message = Message(channel: tea.id, cid: tea.cid(), text: "hello")
        message.channel = .name("#TEA")
        let sent = try await tea.ana.call(.sendMessage, message)
        // The same under its id is a repeat.
        message.channel = .id(tea.id)
        #expect(try await tea.ana.call(.sendMessage, message) == sent)
        var edit = MessageEdit(channel: tea.id, seq: sent.seq, text: "hello again")
        edit.channel = .name("tea")
        #expect(try await tea.ana.call(.editMessage, edit).text == "hello again")
        var reaction = ReactionRef(channel: tea.id, seq: sent.seq, emoji: "👍")
        reaction.channel = .name("tea")
        _ = try await tea.bob.call(.react, reaction)
        message.channel = .name("nowhere")
        message.cid = tea.cid()
        #expect(await refusal { try await tea.ana.call(.sendMessage, message) }?.code == .notFound)
    }
}
