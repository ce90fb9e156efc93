import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// The help desk on the participant's side, without a screen.
@Suite struct HelpAskingTests {
    @Test(arguments: [
        ("/help medical: I fell", HelpRequest.ask(queue: nil, event: Sample.event, topic: "medical", text: "I fell")),
        ("/help medical I fell", .ask(queue: nil, event: Sample.event, topic: "medical", text: "I fell")),
        ("/ask medical", .ask(queue: nil, event: Sample.event, topic: "medical", text: nil)),
        (
            "/help where is the cloakroom",
            .ask(queue: nil, event: Sample.event, topic: nil, text: "where is the cloakroom")
        ),
        ("/ask queue", .ask(queue: nil, event: Sample.event, topic: nil, text: "queue")),
    ])
    func `a text after help asks people, in the event that one is in`(line: String, request: HelpRequest) {
        var model = Sample.participant()
        #expect(update(&model, .line(line)).help == [request])
    }

    @Test func `help alone and help with the name of a command are the program's`() {
        var model = Sample.participant()
        #expect(update(&model, .line("/help queue")).help.isEmpty)
        #expect(model.notices.last?.text.hasPrefix("/queue [NAME]") == true)
        #expect(update(&model, .line("/help")).help.isEmpty)
        guard case .help = model.overlay else {
            Issue.record("no help")
            return
        }
    }

    @Test func `outside of any event the sentence says how one gets in`() {
        var model = Sample.model()
        #expect(update(&model, .line("/help me please")).help.isEmpty)
        #expect(model.notices.last?.text.contains("/join CODE") == true)
    }

    @Test func `who waits says more, cancels, and is told when there is nothing to cancel`() {
        var model = Sample.participant(
            Size(width: 80, height: 24),
            Sample.waiting(1, Sample.carol, "carol", "I fell", minutes: 1)
        )
        #expect(update(&model, .line("/help at gate 3")).help == [.add(Sample.request(1), "at gate 3")])
        #expect(update(&model, .line("/cancel")).help == [.cancel(Sample.request(1))])
        var other = Sample.participant()
        #expect(update(&other, .line("/cancel")).help.isEmpty)
        #expect(other.notices.last?.text == "you have asked for nothing")
    }

    @Test func `one's place in line is asked for again, but not all the time`() {
        var model = Sample.participant(
            Size(width: 80, height: 24),
            Sample.waiting(1, Sample.carol, "carol", "I fell", minutes: 1)
        )
        #expect(update(&model, .tick).help.isEmpty)
        var looks = 0
        for second in 1...60 {
            _ = update(&model, .clock(Sample.now + Int64(second) * 1_000))
            looks += update(&model, .tick).help.count
        }
        #expect(looks == 4)
    }

    @Test func `who is answered goes to the chat, unless something is being written`() {
        for isWriting in [false, true] {
            var model = Sample.participant(
                Size(width: 80, height: 24),
                Sample.waiting(1, Sample.carol, "carol", "I fell", minutes: 1)
            )
            if isWriting { Sample.type("half a line", into: &model) }
            let effects = update(&model, .live([Sample.ownEntry(2, Sample.news(1, "accept", .inChat, by: Sample.ana))]))
            #expect(effects.help.contains(.chat(Sample.chatID)))
            #expect(model.notices.last?.text == "ana answers your request")
            var chat = Sample.channel(Sample.chatChannel, nil, people: [Sample.ana, Sample.carol])
            chat.kind = .chat
            let me = Me(
                account: Sample.account(Sample.carol, "carol"),
                session: nil,
                capabilities: [],
                channels: [
                    JoinedChannel(channel: chat, unread: Unread(channel: chat.id, marker: 0, unread: 1, mentions: 0))
                ],
                registers: [],
                head: 2,
                epoch: "e"
            )
            _ = update(&model, .answered(.me, .success(.me(me))))
            #expect((model.current == Sample.chatChannel) == !isWriting)
            #expect(model.composer.text == (isWriting ? "half a line" : ""))
        }
    }

    @Test(arguments: [("/rate 5", 5, nil), ("/rate 2 too slow", 2, "too slow")] as [(String, Int, String?)])
    func `a chat that ended is rated with stars and a comment`(line: String, stars: Int, comment: String?) {
        var model = Sample.participant(Size(width: 80, height: 24), nil, Sample.chat(.ended))
        #expect(update(&model, .line(line)).help == [.rate(Sample.chatID, stars: stars, comment: comment)])
    }

    @Test func `stars are 1 to 5, and no ends the question`() {
        var model = Sample.participant(Size(width: 80, height: 24), nil, Sample.chat(.ended))
        for word in ["0", "6", "five"] {
            #expect(update(&model, .line("/rate \(word)")).help.isEmpty)
            #expect(model.notices.last?.text == "'\(word)' is no number of stars: 1 to 5, or no")
        }
        #expect(FrameText(view(model)).plain.contains("How was the chat with ana? /rate 1 to 5"))
        #expect(update(&model, .line("/rate no")).help.isEmpty)
        #expect(!FrameText(view(model)).plain.contains("How was the chat"))
    }
}
