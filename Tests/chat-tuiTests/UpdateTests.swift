import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// What keys, commands and news make of a model.
@Suite struct UpdateTests {
    @Test func `a message that has to wait, for slow mode or a busy daemon, says how long`() {
        var model = Sample.model()
        var item = OutboxItem(
            id: 7,
            call: .message(Message(channel: Sample.general, cid: .init(high: 1, low: 7), text: "three")),
            key: "k",
            queuedAt: Sample.now
        )
        _ = update(&model, .live([.outbox([item])]))
        let count = model.noticeCount
        (item.attempts, item.notBefore) = (1, model.now + 1_000)
        _ = update(&model, .live([.outbox([item])]))
        #expect(model.noticeCount == count, "over before anybody has read of it")
        item.notBefore = model.now + 8_000
        _ = update(&model, .live([.outbox([item])]))
        #expect(model.notices.last?.text == "the daemon asks you to wait: what you wrote goes out in 8 s")
    }

    @Test func `a line becomes a message in the outbox`() {
        var model = Sample.model()
        Sample.type("hello :tada:", into: &model)
        let effects = Sample.press("Enter", in: &model)
        #expect(effects.messages.map(\.text) == ["hello 🎉"])
        #expect(effects.messages.first?.channel == .id(Sample.general))
        #expect(model.composer.isEmpty)
    }

    @Test func `the inbox shows what the daemon knows of, in every channel`() {
        var model = Sample.model()
        let effects = Sample.press("F4", in: &model)
        #expect(effects.contains { if case .ask(.mentions) = $0 { true } else { false } })
        var entry = Entry(kind: .message, channel: Sample.dev, seq: 4_711, by: AccountID(high: 9, low: 9), at: 1)
        entry.text = "@ana from long ago"
        let mention = Mention(entry: entry, channelName: "dev", isUnread: true)
        _ = update(&model, .answered(.mentions, .success(.mentions([mention]))))
        guard case .list(let list) = model.overlay else {
            Issue.record("the inbox is not open")
            return
        }
        #expect(
            list.rows.contains { $0.choice == .message(Sample.dev, 4_711) && $0.text.hasSuffix("@ana from long ago") }
        )
        // An answer that comes after it was closed opens nothing.
        _ = Sample.press("Esc", in: &model)
        _ = update(&model, .answered(.mentions, .success(.mentions([mention]))))
        #expect(model.overlay == nil)
    }

    @Test func `two messages never have the same name`() {
        var model = Sample.model()
        let cids = (0..<50).flatMap { _ in update(&model, .line("again")).messages.map(\.cid) }
        #expect(Set(cids).count == 50)
    }

    @Test func `a double slash is a message, a slash before a digit too`() {
        #expect(ComposerLine("//join x") == .message("/join x"))
        #expect(ComposerLine("/2 is a half") == .message("/2 is a half"))
        #expect(ComposerLine("  /join  #a b ") == .command(name: "join", text: "#a b"))
    }

    @Test func `what is too long stays in the line`() {
        var model = Sample.model()
        let text = String(repeating: "x", count: Limits.messageBytes + 1)
        _ = update(&model, .edited(text))
        let effects = Sample.press("Enter", in: &model)
        #expect(effects.messages.isEmpty)
        #expect(model.composer.text == text)
        #expect(model.notices.last?.text.contains("\(Limits.messageBytes)") == true)
    }

    @Test func `a reply names the message, an edit changes one's own`() {
        var model = Sample.model()
        Sample.press("Up", "r", in: &model)
        Sample.type("yes", into: &model)
        #expect(Sample.press("Enter", in: &model).messages.map(\.replyTo) == [6])
        _ = update(&model, .live([.entries(log: Sample.general.description, [Sample.message(7, Sample.ana, "mine")])]))
        Sample.press("Up", "e", in: &model)
        #expect(model.composer.text == "mine")
        Sample.type("!", into: &model)
        let edit = Sample.press("Enter", in: &model).posts
        #expect(edit.contains(.edit(MessageEdit(channel: Sample.general, seq: 7, text: "mine!"))))
    }

    @Test func `one letter acts on the selected message, deleting asks twice`() {
        var model = Sample.model()
        #expect(Sample.press("Up", "p", in: &model).posts == [.pin(MessageRef(channel: Sample.general, seq: 6))])
        _ = update(&model, .live([.entries(log: Sample.general.description, [Sample.message(7, Sample.ana, "mine")])]))
        Sample.press("Esc", "Up", in: &model)
        #expect(model.room?.selected == 7)
        #expect(Sample.press("d", in: &model).posts.isEmpty)
        #expect(Sample.press("d", in: &model).posts == [.delete(MessageRef(channel: Sample.general, seq: 7))])
    }

    @Test func `reacting again takes the reaction back`() {
        var model = Sample.model()
        let reaction = ReactionRef(channel: Sample.general, seq: 3, emoji: "🎉")
        #expect(update(&model, .line("/react 4 :tada:")).posts == [.unreact(reaction)])
        #expect(
            update(&model, .line("/react 4 👀")).posts == [
                .react(ReactionRef(channel: Sample.general, seq: 3, emoji: "👀"))
            ]
        )
    }

    @Test func `the marker moves only while somebody looks`() {
        var model = Sample.model()
        _ = update(&model, .input(.focus(false)))
        let message = Sample.message(7, Sample.bob, "anyone?")
        #expect(update(&model, .live([.entries(log: Sample.general.description, [message])])).posts.isEmpty)
        #expect(model.room?.unread.unread == 1)
        let effects = update(&model, .input(.focus(true)))
        #expect(effects.posts == [.marker(MarkerDraft(channel: Sample.general, seq: 7))])
        #expect(model.room?.unread.unread == 0)
        #expect(model.room?.readLine == 6)
    }

    @Test func `markers are told at most every three seconds`() {
        var model = Sample.model()
        var told = 0
        for seq in Int64(7)..<37 {
            _ = update(&model, .clock(Sample.now + seq * 200))
            let entry = Sample.message(seq, Sample.bob, "line \(seq)")
            told += update(&model, .live([.entries(log: Sample.general.description, [entry])])).posts.count
        }
        #expect(told == 2)
        #expect(update(&model, .input(.focus(false))).posts == [.marker(MarkerDraft(channel: Sample.general, seq: 36))])
    }

    @Test func `scrolled away, the view stays and counts what comes`() {
        var model = Sample.model(Size(width: 80, height: 12))
        Sample.press("PageUp", in: &model)
        let before = FrameText(view(model)).rows.dropFirst().prefix(7).map { String($0.dropFirst(22)) }
        let entries = (7..<20).map { Sample.message(Int64($0), Sample.bob, "news \($0)") }
        _ = update(&model, .live([.entries(log: Sample.general.description, entries)]))
        let after = FrameText(view(model)).rows.dropFirst().prefix(7).map { String($0.dropFirst(22)) }
        #expect(before == after)
        #expect(FrameText(view(model)).plain.contains("13 new below"))
        Sample.press("End", in: &model)
        #expect(FrameText(view(model)).plain.contains("news 19"))
    }

    @Test func `history that is inserted above moves nothing`() {
        var model = Sample.model(Size(width: 80, height: 12))
        var timeline = Timeline()
        timeline.apply((500..<600).map { Sample.message(Int64($0), Sample.bob, "line \($0)", in: Sample.dev) })
        _ = update(&model, .line("/join #dev"))
        _ = update(&model, .loaded(Sample.dev, timeline))
        for _ in 0..<30 { Sample.press("PageUp", in: &model) }
        let before = FrameText(view(model)).plain
        #expect(before.contains("line 500"))
        #expect(model.room?.loading.contains(.before(500)) == true)
        let page = EntryPage(
            entries: (400..<500).map { Sample.message(Int64($0), Sample.bob, "line \($0)", in: Sample.dev) },
            head: 599,
            hasEarlier: true,
            hasLater: true
        )
        _ = update(&model, .answered(.page(Sample.dev, .before(500)), .success(.page(page))))
        let after = FrameText(view(model)).plain
        #expect(after.contains("line 500") && after.contains("line 501"))
        Sample.press("PageUp", in: &model)
        #expect(FrameText(view(model)).plain.contains("line 499"))
    }

    @Test func `a jump out of search comes back to the exact place`() {
        var model = Sample.model(Size(width: 80, height: 12))
        Sample.press("PageUp", in: &model)
        func conversation() -> [String] { FrameText(view(model)).rows[1..<9].map { String($0.dropFirst(22)) } }
        let before = conversation()
        _ = update(&model, .line("/search green"))
        let hit = SearchHit(entry: Sample.message(7, Sample.bob, "green", in: Sample.direct), highlights: [[0, 5]])
        _ = update(
            &model,
            .answered(
                .search("green", Sample.general, cursor: nil),
                .success(.search(SearchPage(hits: [hit], nextCursor: nil, indexedTo: 0)))
            )
        )
        let effects = Sample.press("Enter", in: &model)
        #expect(model.current == Sample.direct)
        #expect(effects.requests.contains(.page(Sample.direct, .around(7))))
        let page = EntryPage(entries: [hit.entry], head: 9, hasEarlier: true, hasLater: true)
        _ = update(&model, .answered(.page(Sample.direct, .around(7)), .success(.page(page))))
        #expect(model.room?.selected == 7)
        Sample.press("Esc", in: &model)
        guard case .search(let pane)? = model.overlay else {
            Issue.record("search is closed")
            return
        }
        #expect(pane.hits.count == 1)
        Sample.press("Esc", in: &model)
        #expect(conversation() == before)
    }

    @Test func `what is written stays with its channel`() {
        var model = Sample.model()
        Sample.type("half a thou", into: &model)
        let effects = Sample.press("Alt+1", in: &model)
        #expect(model.current == Sample.dev && model.composer.isEmpty)
        #expect(effects.posts == [.draft(DraftChange(channel: Sample.general, text: "half a thou"))])
        Sample.press("Alt+2", in: &model)
        #expect(model.composer.text == "half a thou")
    }

    @Test func `a command half typed is nobody's draft`() {
        var model = Sample.model()
        Sample.type("/join #secret hunter2", into: &model)
        #expect(Sample.press("Alt+1", in: &model).posts.isEmpty)
    }

    @Test func `a mention rings only while nobody looks`() {
        var model = Sample.model()
        var entry = Sample.message(7, Sample.bob, "@ana!")
        entry.mentions = [Sample.ana]
        #expect(
            !update(&model, .live([.entries(log: Sample.general.description, [entry])])).contains { $0.isNotification }
        )
        _ = update(&model, .input(.focus(false)))
        entry.seq = 8
        #expect(
            update(&model, .live([.entries(log: Sample.general.description, [entry])])).contains { $0.isNotification }
        )
        _ = update(&model, .line("/dnd"))
        entry.seq = 9
        #expect(
            !update(&model, .live([.entries(log: Sample.general.description, [entry])])).contains { $0.isNotification }
        )
    }

    @Test func `next unread goes to mentions first`() {
        var model = Sample.model()
        Sample.press("Alt+A", in: &model)
        #expect(model.current == Sample.direct || model.current == Sample.dev)
        #expect(model.rooms[Sample.dev]?.unread.mentions == 1 || model.current == Sample.dev)
    }

    @Test func `Ctrl+K cuts inside text and switches at its end`() {
        var model = Sample.model()
        Sample.type("abc", into: &model)
        Sample.press("Ctrl+A", "Ctrl+K", in: &model)
        #expect(model.composer.isEmpty && model.overlay == nil)
        Sample.press("Ctrl+K", in: &model)
        Sample.type("dev", into: &model)
        Sample.press("Enter", in: &model)
        #expect(model.current == Sample.dev)
    }

    @Test(arguments: [80, 120])
    func `the first message that is seen names its author, though the group began above`(_ width: Int) throws {
        var model = Sample.model(Size(width: width, height: 14))
        let many = (7...40).map { Sample.message($0, Sample.bob, "line \($0)") }
        let long = Sample.message(41, Sample.bob, (1...200).map { "word\($0)" }.joined(separator: " "))
        _ = update(&model, .live([.entries(log: Sample.general.description, many)]))
        func top() throws -> String {
            let rows = FrameText(view(model)).plain.split(separator: "\n", omittingEmptySubsequences: false)
            let row = try #require(rows.dropFirst().first { $0.contains("line ") || $0.contains("word") })
            return String(row.drop { $0 != "│" })
        }
        for _ in 0..<3 {
            let row = try top()
            #expect(row.contains("bob"), "\(row)")
            Sample.press("Shift+Up", in: &model)
        }
        Sample.press("Alt+End", in: &model)
        _ = update(&model, .live([.entries(log: Sample.general.description, [long])]))
        let row = try top()
        #expect(row.contains(" bob word") || width < 100, "\(row)")
    }

    @Test func `who looks at another day sees which, at the end of the screen`() {
        var model = Sample.model(Size(width: 80, height: 12))
        let many = (7...60).map { Sample.message($0, Sample.bob, "line \($0)") }
        _ = update(&model, .live([.entries(log: Sample.general.description, many)]))
        Sample.press("PageUp", in: &model)
        #expect(!FrameText(view(model)).plain.contains("2026-11-"))
        for _ in 0..<12 { Sample.press("PageUp", in: &model) }
        Sample.press("Shift+Up", in: &model)
        #expect(FrameText(view(model)).plain.contains("below · End"))
        _ = update(&model, .clock(Sample.now + 86_400_000))
        model.isDirty = true
        #expect(FrameText(view(model)).plain.contains(" 2026-11-21 · ↓ "))
    }

    @Test func `where there is no sidebar the line above names what is unread, urgent things first`() {
        var model = Sample.model(Size(width: 60, height: 14))
        #expect(FrameText(view(model)).plain.contains(" #dev 10 @bob 2"))
        model.showsSidebar = false
        model.size = Size(width: 40, height: 12)
        #expect(FrameText(view(model)).plain.contains(" #dev 10 @bob 2"))
        model.showsSidebar = true
        model.size = Size(width: 80, height: 24)
        #expect(FrameText(view(model)).plain.contains("2 unread"))
    }

    @Test func `each emoji is offered once`() {
        let offered = Emoji.matching("", limit: 500).map(\.emoji)
        #expect(Set(offered).count == offered.count)
        #expect(offered.contains("👍"))
    }

    @Test func `completion goes through names, channels, commands and emoji`() {
        for (typed, expected) in [
            ("@bo", "@bob "), ("bo", "@bob: "), ("see #de", "see #dev "), ("/sear", "/search "), (":tada", "🎉 "),
        ] {
            var model = Sample.model()
            Sample.type(typed, into: &model)
            Sample.press("Tab", in: &model)
            #expect(model.composer.text == expected, "\(typed)")
        }
    }

    @Test func `the wheel scrolls and a click goes to a channel`() {
        var model = Sample.model(Size(width: 80, height: 12))
        _ = update(&model, .input(.mouse(MouseEvent(.wheel(.up), x: 40, y: 5))))
        #expect(model.room?.anchor != .bottom)
        _ = update(&model, .input(.mouse(MouseEvent(.press(.left), x: 3, y: 2))))
        #expect(model.current == Sample.dev)
    }
}

extension Effect {
    var isNotification: Bool { if case .notify = self { true } else { false } }
}

extension UpdateTests {
    @Test func `a refused command is mended, or replaced by the next one`() {
        var model = Sample.model()
        Sample.type("/leav", into: &model)
        Sample.press("Enter", in: &model)
        #expect(model.composer.text == "/leav")
        Sample.type("e", into: &model)
        #expect(model.composer.text == "/leave")
        Sample.press("Ctrl+C", in: &model)
        Sample.type("/frobnicate", into: &model)
        Sample.press("Enter", in: &model)
        Sample.type("/wh", into: &model)
        #expect(model.composer.text == "/wh")
        // A slash that was meant for the middle of a line is one.
        Sample.type("ois a/b", into: &model)
        #expect(model.composer.text == "/whois a/b")
    }

    @Test func `a long notice is said whole, in as many rows as it takes`() {
        var model = Sample.model(Size(width: 40, height: 12))
        _ = update(
            &model,
            .notice("a sentence that is far too long for one row of a narrow window, and ends here", isTrouble: true)
        )
        let text = FrameText(view(model)).plain
        #expect(text.contains("a sentence that") && text.contains("and ends"))
        _ = update(&model, .clock(Sample.now + 10_000))
        #expect(!FrameText(view(model)).plain.contains("and ends"))
    }

    @Test func `channels by their number and name`() {
        var model = Sample.model()
        _ = update(&model, .line("/buffer 1"))
        #expect(model.current == model.orderedRooms[0].id)
        _ = update(&model, .line("/switch general"))
        #expect(model.current == Sample.general)
        _ = update(&model, .line("/b 99"))
        #expect(model.notices.last?.text == "there is no channel 99: the list has 3")
    }
}
