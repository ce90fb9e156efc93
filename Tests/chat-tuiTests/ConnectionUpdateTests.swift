import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// What becomes of a model when the connection, the session or the daemon's database ends.
@Suite struct ConnectionUpdateTests {
    @Test func `the connection's end is told once and nothing typed is lost`() {
        var model = Sample.model()
        _ = update(&model, .live([.state(.offline(reason: "the daemon is gone", retryMilliseconds: 3_000))]))
        #expect(model.notices.last?.text.contains("kept and sent later") == true)
        let effects = update(&model, .line("offline words"))
        #expect(effects.messages.count == 1)
        // Whoever says something, or comes back, does not wait for the next attempt; time and typing change nothing.
        #expect(effects.contains(.reconnect))
        #expect(update(&model, .input(.focus(true))).contains(.reconnect))
        #expect(!update(&model, .tick).contains(.reconnect))
        #expect(!Sample.type("half a thought", into: &model).contains(.reconnect))
        _ = update(&model, .edited(""))
        for (passed, shown) in [(0, "offline, again in 3 s"), (1_000, "offline, again in 2 s"), (2_000, " offline")] {
            _ = update(&model, .clock(Sample.now + Milliseconds(passed)))
            model.isDirty = false
            _ = update(&model, .tick)
            #expect(model.isDirty)
            #expect(FrameText(view(model)).plain.contains(shown), "after \(passed) ms")
        }
        #expect(!FrameText(view(model)).plain.contains("again in"))
    }

    @Test func `a daemon that does not answer is told of while it seems to be there`() {
        var model = Sample.model(Size(width: 120, height: 24))
        let message = Message(channel: Sample.general, cid: ClientID(high: 1, low: 1), text: "are you there")
        // It was written long before the connection came: that is nobody's silence.
        let item = OutboxItem(id: 1, call: .message(message), key: "a", queuedAt: Sample.now - 600_000)
        _ = update(&model, .live([.outbox([item])]))
        func status() -> String { FrameText(view(model)).plain }
        #expect(!status().contains("no answer"))
        _ = update(&model, .clock(Sample.now + 12_000))
        _ = update(&model, .tick)
        #expect(model.isDirty && status().contains("1 waiting, no answer for 12 s"), "\(status())")
        var sent = item
        sent.state = .sent(seq: 7)
        _ = update(&model, .live([.outbox([sent])]))
        #expect(!status().contains("no answer"))
    }

    @Test func `an ended session asks to sign in again`() {
        var model = Sample.model()
        let effects = update(
            &model,
            .live([.state(.stopped(APIError(.notSignedIn, "this session was ended: sign in again")))])
        )
        #expect(effects.contains(.forget))
        guard case .signIn(let form) = model.screen else {
            Issue.record("the chat is still there")
            return
        }
        #expect(form.problem == "this session was ended: sign in again")
    }

    @Test func `after signing out nothing of the account is left, and late answers bring nothing back`() {
        var model = Sample.model()
        #expect(update(&model, .line("/signout")).requests == [.signOut])
        // The daemon ends the connection with the session, before its answer.
        let effects = update(
            &model,
            .live([.state(.stopped(APIError(.notSignedIn, "this session was ended: sign in again")))])
        )
        #expect(effects == [.forget])
        _ = update(&model, .answered(.signOut, .failure(APIError(.outcomeUnknown, "lost"))))
        let late = Sample.channel(Sample.dev, "dev")
        _ = update(&model, .answered(.join("dev", secret: nil), .success(.channel(late))))
        #expect(model.rooms.isEmpty && model.me == nil && model.accounts.isEmpty && model.current == nil)
        #expect(model.notices.isEmpty)
    }

    @Test func `a new database forgets the logs and keeps what is written`() {
        var model = Sample.model()
        Sample.type("still here", into: &model)
        _ = update(&model, .live([.epochChanged(from: "a", to: "b")]))
        #expect(model.room?.timeline.isEmpty == true)
        #expect(model.composer.text == "still here")
    }
}
