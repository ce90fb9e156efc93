import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// What was recorded replays to the same screen.
@Suite struct RecordingTests {
    @Test func `a recording replays to the same screen`() throws {
        var opening = CachedOpening()
        opening.account = Sample.account(Sample.ana, "ana")
        opening.accounts = [Sample.account(Sample.bob, "bob")]
        opening.channels = [
            JoinedChannel(
                channel: Sample.channel(Sample.general, "general", head: 6),
                unread: Unread(channel: Sample.general, marker: 6, unread: 0, mentions: 0)
            )
        ]
        let actions: [Action] = [
            .opened(opening, outbox: []), .loaded(Sample.general, Sample.timeline), .live([.state(.live)]),
            .input(.key(.character("h"))), .input(.paste("ello", isLast: true)),
            .input(.resize(Size(width: 100, height: 30))),
            .live([.entries(log: Sample.general.description, [Sample.message(7, Sample.bob, "hi")])]),
            .live([.ephemeral(Ephemeral(channel: Sample.general, typing: [Sample.carol]))]), .input(.focus(false)),
        ]
        func start() -> Model { Model(serverName: "x", now: Sample.now, zone: .fixed(0)) }
        var lived = start()
        var replayed = start()
        for action in actions {
            _ = update(&lived, action)
            let line = try #require(Recording.line(action))
            let read = try #require(Recording.actions(Coding.encode(JSON.object(line))))
            for action in read { _ = update(&replayed, action) }
        }
        #expect(FrameText(view(lived)).styled == FrameText(view(replayed)).styled)
    }

    @Test func `a line that is no JSON is refused`() {
        #expect(Recording.actions(Array("hello".utf8)) == nil)
        #expect(Recording.actions(Array("[1]".utf8)) == nil)
        #expect(Recording.actions(Array("{}".utf8))?.isEmpty == true)
    }

    @Test func `what the terminal says of itself is no news`() {
        #expect(Recording.line(.input(.reply(.attributes([1])))) == nil)
    }
}
