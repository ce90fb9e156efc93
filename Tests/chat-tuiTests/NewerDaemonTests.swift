import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// An older `chat-tui` at a newer daemon: kinds and states that it does not know are there, and take nothing else away.
@Suite("chat-tui at a newer daemon")
struct NewerDaemonTests {
    private static let lab = Sample.channel(21)

    private static func channel() -> Channel {
        var channel = Sample.channel(lab, "lab", topic: "Of a kind from tomorrow", head: 2)
        channel.kind = .unknown
        channel.role = .unknown
        return channel
    }

    @Test func `a channel of a kind that is not known is listed, opened and written to`() {
        var model = Sample.model(Size(width: 120, height: 24))
        let unread = Unread(channel: Self.lab, marker: 0, unread: 2, mentions: 0)
        let state = LogState(
            log: Self.lab.description,
            state: .unknown,
            head: 2,
            channel: Self.channel(),
            unread: unread
        )
        _ = update(&model, .live([.logs([state])]))
        #expect(FrameText(view(model)).plain.contains("#lab"))
        Sample.type("/join #lab", into: &model)
        Sample.press("Enter", in: &model)
        let effects = update(&model, .loaded(Self.lab, Timeline(limit: Room.entryLimit)))
        #expect(effects.requests.contains(.page(Self.lab, .newest)))
        let page = EntryPage(
            entries: [Sample.message(2, Sample.bob, "what is this place", in: Self.lab)],
            head: 2,
            hasEarlier: false,
            hasLater: false
        )
        _ = update(&model, .answered(.page(Self.lab, .newest), .success(.page(page))))
        #expect(FrameText(view(model)).plain.contains("what is this place"))
        Sample.type("a lab", into: &model)
        #expect(Sample.press("Enter", in: &model).messages.map(\.channel) == [.id(Self.lab)])
    }

    @Test func `an entry of a kind that is not known shows nothing, and the next one is read`() {
        var model = Sample.model()
        var poll = Sample.entry(.unknown, 7, Sample.bob)
        poll.messagesSoFar = 6
        let news = [poll, Sample.message(8, Sample.bob, "who votes?")]
        let before = FrameText(view(model)).plain
        #expect(!before.contains("who votes?"))
        _ = update(&model, .live([.entries(log: Sample.general.description, news)]))
        let frame = FrameText(view(model)).plain
        #expect(frame.contains("who votes?") && !frame.contains("unknown"))
        #expect(model.room?.timeline.last == 8 && model.room?.timeline.gaps.isEmpty == true)
    }

    @Test func `people, requests and chats in states that are not known are shown with that word`() {
        var model = Sample.organizer(withChat: true)
        for (_, var chat) in model.help.chats {
            chat.state = .unknown
            model.help.chats[chat.id] = chat
        }
        model.presence[Sample.bob] = Presence(account: Sample.bob, state: .unknown)
        Sample.type("/chats", into: &model)
        Sample.press("Enter", in: &model)
        #expect(FrameText(view(model)).plain.contains("unknown"))
        Sample.press("Esc", "F3", in: &model)
        _ = view(model)
    }
}
