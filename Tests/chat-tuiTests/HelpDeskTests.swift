import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// The help desk on the organizer's side, and the chats of both, without a screen.
@Suite struct HelpDeskTests {
    @Test func `the queue opens, is followed from the head that was read, and left with Esc`() {
        var model = Sample.organizer()
        #expect(Sample.press("F7", in: &model).help == [.board(Sample.queue)])
        let effects = Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        #expect(effects.contains(.followQueue(Sample.queue, after: 40)))
        #expect(Sample.press("Esc", in: &model).contains(.unfollowQueue(Sample.queue)))
        #expect(model.page == nil)
    }

    @Test func `rows are taken by key, by number and by name`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        #expect(Sample.press("Enter", in: &model).help == [.take(Sample.request(1))])
        #expect(Sample.press("Down", "t", in: &model).help == [.take(Sample.request(2))])
        #expect(update(&model, .line("/take 2")).help == [.take(Sample.request(2))])
        #expect(update(&model, .line("/take eve")).help == [.take(Sample.request(2))])
        #expect(update(&model, .line("/take 9")).help.isEmpty)
        #expect(model.notices.last?.text == "'9' is no request here: 3 wait")
        #expect(Sample.press("h", in: &model).help == [.claim(Sample.request(2))])
        Sample.press("x", in: &model)
        #expect(model.composer.text == "/reject 2 ")
    }

    @Test func `the selected row stays selected while others come and go`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        Sample.press("Down", in: &model)
        _ = update(&model, .live([Sample.queueEntry(41, Sample.news(1, "take", .inChat, by: Sample.dana))]))
        #expect(model.selectedRow?.id == Sample.request(2).description)
        #expect(Sample.press("t", in: &model).help.contains(.take(Sample.request(2))))
    }

    @Test func `the queue's log changes the table at once, and asks for what it does not say`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        #expect(
            update(&model, .live([Sample.queueEntry(41, Sample.news(2, "claim", .claimed, by: Sample.dana))])).help
                .isEmpty
        )
        #expect(model.help.boards[Sample.queue]?.requests[1].claim?.name == "dana")
        // A new one: its text is not in the log. Two at once are asked for once.
        let new = [
            Sample.queueEntry(42, Sample.news(8, "ask", .queued)),
            Sample.queueEntry(43, Sample.news(9, "ask", .queued)),
        ]
        #expect(update(&model, .live(new)).help == [.board(Sample.queue)])
        #expect(update(&model, .live([Sample.queueEntry(44, Sample.news(10, "ask", .queued))])).help.isEmpty)
        // What came while it was read is newer than the answer: it is read once more, and then no more.
        #expect(Sample.answer(&model, .board(Sample.queue), .board(Sample.board)).help == [.board(Sample.queue)])
        var fresh = Sample.board
        fresh.head = 44
        #expect(Sample.answer(&model, .board(Sample.queue), .board(fresh)).isEmpty)
    }

    @Test func `already claimed is a sentence that says who has whose request`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        var error = APIError(.alreadyClaimed, "taken")
        error.by = Sample.dana
        Sample.refuse(&model, .take(Sample.request(1)), error)
        #expect(model.notices.last?.text == "dana already talks about carol's request")
        error.until = Sample.now + 60_000
        Sample.refuse(&model, .claim(Sample.request(2)), error)
        #expect(model.notices.last?.text == "dana already holds eve's request, until 09:01")
    }

    @Test func `a word typed on a page goes to nobody, a command does`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        let effects = Sample.type("zebra", into: &model) + Sample.press("Enter", in: &model)
        #expect(effects.messages.isEmpty)
        #expect(model.composer.isEmpty)
        Sample.type("/accept on", into: &model)
        #expect(Sample.press("Enter", in: &model).help == [.accepts(.always)])
    }

    @Test func `what is behind a page is not read`() {
        var model = Sample.organizer(withChat: true)
        _ = model.current
        _ = update(&model, .line("/join &carol"))
        Sample.press("F7", in: &model)
        let message = Sample.message(4, Sample.carol, "are you there?", in: Sample.chatChannel)
        _ = update(&model, .live([.entries(log: Sample.chatChannel.description, [message])]))
        #expect(model.rooms[Sample.chatChannel]?.unread.unread == 1)
        Sample.press("Esc", in: &model)
        #expect(model.rooms[Sample.chatChannel]?.unread.unread == 0)
    }

    @Test func `a chat is idle until somebody writes in it`() {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        model.help.chats[Sample.chatID]?.isIdle = true
        #expect(FrameText(view(model)).plain.contains("idle · "))
        let message = Sample.message(4, Sample.carol, "are you there?", in: Sample.chatChannel)
        _ = update(&model, .live([.entries(log: Sample.chatChannel.description, [message])]))
        #expect(FrameText(view(model)).plain.contains("open · "))
    }

    @Test func `a note is no message, and looks like none`() {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        Sample.type("/note she is diabetic", into: &model)
        #expect(model.isWritingNote)
        #expect(FrameText(view(model)).plain.contains("a private note: carol does not see it"))
        let effects = Sample.press("Enter", in: &model)
        #expect(effects.messages.isEmpty)
        #expect(effects.help == [.note(Sample.chatID, "she is diabetic")])
    }

    @Test func `notes are for chats that one answers`() {
        var model = Sample.participant(Size(width: 80, height: 24), nil, Sample.chat())
        _ = update(&model, .line("/join &ana"))
        #expect(model.current == Sample.chatChannel)
        #expect(update(&model, .line("/note mine")).help.isEmpty)
        #expect(model.notices.last?.text == "a private note belongs to a chat that you answer")
    }

    @Test func `notes are read when the chat is opened, and again only when a push says that one was written`() {
        var model = Sample.organizer(withChat: true)
        let opened = update(&model, .line("/join &carol")).help + update(&model, .tick).help
        #expect(opened.filter { $0 == .notes(Sample.chatID) }.count == 1)
        Sample.answer(&model, .notes(Sample.chatID), .notes(Sample.notes))
        for minute in 1...10 {
            _ = update(&model, .clock(Sample.now + Int64(minute) * 60_000))
            #expect(!update(&model, .tick).help.contains(.notes(Sample.chatID)))
        }
        let chat = Sample.chat()
        var entry = Entry(kind: .chat, channel: nil, seq: 900, by: chat.participant, at: model.now)
        entry.chat = ChatNews(
            id: chat.id,
            queue: chat.queue,
            action: "note",
            state: chat.state,
            participant: chat.participant,
            organizer: chat.organizer
        )
        #expect(update(&model, .live([.entries(log: LogName.me, [entry])])).help.contains(.notes(Sample.chatID)))
    }

    @Test func `a canned reply is looked at before it is sent`() {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        Sample.type("/r a", into: &model)
        Sample.press("Tab", in: &model)
        #expect(model.composer.text == "/r aid ")
        #expect(FrameText(view(model)).plain.contains("First aid is at gate 2"))
        #expect(Sample.press("Enter", in: &model).help == [.fill(Sample.chatID, "aid")])
        Sample.answer(
            &model,
            .fill(Sample.chatID, "aid"),
            .filled(FilledReply(key: "aid", text: "First aid is at gate 2, carol."))
        )
        #expect(model.composer.text == "First aid is at gate 2, carol.")
        #expect(FrameText(view(model)).plain.contains("canned reply 'aid'"))
        #expect(Sample.press("Enter", in: &model).messages.map(\.text) == ["First aid is at gate 2, carol."])
        #expect(model.help.preview == nil)
    }

    @Test func `a canned reply does not overwrite what is being written, and Esc takes it away`() {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        let filled = HelpReply.filled(FilledReply(key: "aid", text: "First aid"))
        Sample.type("half", into: &model)
        Sample.answer(&model, .fill(Sample.chatID, "aid"), filled)
        #expect(model.composer.text == "half")
        Sample.press("Ctrl+C", in: &model)
        Sample.answer(&model, .fill(Sample.chatID, "aid"), filled)
        Sample.press("Esc", in: &model)
        #expect(model.composer.isEmpty && model.help.preview == nil)
        Sample.refuse(&model, .fill(Sample.chatID, "3"), APIError(.notFound, "no"))
        #expect(model.notices.last?.text == "there is no canned reply '3'; to answer message 3: /reply 3 TEXT")
    }

    @Test(arguments: [
        ("/end all is well", HelpRequest.end(Sample.chatID, reason: "all is well")), ("/hold", .hold(Sample.chatID)),
        ("/resume", .resume(Sample.chatID)),
        ("/requeue my shift is over", .requeue(Sample.request(1), note: "my shift is over")),
        (
            "/transfer dana she knows her",
            .transfer(Sample.chatID, queue: nil, organizer: "dana", note: "she knows her")
        ),
        ("/transfer #help", .transfer(Sample.chatID, queue: Sample.queue, organizer: nil, note: nil)),
        ("/transcript", .transcript(Sample.chatID)),
    ])
    func `what is done with the chat that is open`(line: String, request: HelpRequest) {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        #expect(update(&model, .line(line)).help == [request])
    }

    @Test(arguments: [true, false])
    func `a chat that is handed on says to whom, whether the answer or the push comes first`(isAnsweredFirst: Bool) {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        var moved = Sample.chat()
        (moved.organizer, moved.organizerName) = (Sample.dana, "dana")
        let left = Entry(kind: .channelLeft, channel: Sample.chatChannel, seq: 900, by: Sample.ana, at: model.now)
        func answer() {
            Sample.answer(&model, .transfer(Sample.chatID, queue: nil, organizer: "dana", note: nil), .chat(moved))
        }
        if isAnsweredFirst { answer() }
        _ = update(&model, .live([.entries(log: LogName.me, [left])]))
        if !isAnsweredFirst { answer() }
        #expect(model.notices.last?.text == "the chat with carol is handed to dana")
        #expect(model.rooms[Sample.chatChannel] == nil && model.current != Sample.chatChannel)
    }

    @Test func `a chat that ended is read-only and says so`() {
        var model = Sample.organizer(withChat: true)
        _ = update(&model, .line("/join &carol"))
        Sample.answer(&model, .end(Sample.chatID, reason: nil), .chat(Sample.chat(.ended)))
        #expect(update(&model, .line("/end")).help.isEmpty)
        #expect(model.notices.last?.text == "this chat has ended")
        #expect(FrameText(view(model)).plain.contains("this chat has ended; Alt+S goes back"))
    }

    @Test func `counters come in one's own log, ring while nobody looks, and only for those who answer`() {
        for isOrganizer in [true, false] {
            var model = isOrganizer ? Sample.organizer() : Sample.participant()
            _ = update(&model, .input(.focus(false)))
            var entry = Entry(kind: .counters, channel: nil, seq: 9, by: Sample.ana, at: Sample.now)
            entry.queue = Sample.queue
            entry.counters = QueueCounters(queue: Sample.queue, name: "help", waiting: 5, unattended: 0, oldestAt: nil)
            #expect(entry.log == LogName.me)
            let effects = update(&model, .live([.entries(log: LogName.me, [entry])]))
            let rings = effects.contains { if case .notify = $0 { true } else { false } }
            #expect(rings == isOrganizer)
            #expect(model.help.availability?.queues.first?.waiting == (isOrganizer ? 5 : nil))
        }
    }

    @Test func `losing the queue closes its table`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        _ = update(&model, .live([.logs([LogState(log: LogName.queue(Sample.queue), state: .denied, head: 0)])]))
        #expect(model.page == nil)
        #expect(model.notices.last?.text == "you do not take from that queue any more")
    }

    @Test func `a queue's entry is of the queue's log, a counter of one's own, whatever they name`() {
        var entry = Entry(kind: .request, channel: nil, seq: 1, by: Sample.ana, at: 0)
        #expect(entry.log == LogName.me)
        entry.queue = Sample.queue
        #expect(entry.log == LogName.queue(Sample.queue))
        #expect(LogName.queue(of: entry.log) == Sample.queue)
        #expect(LogName.queue(of: "@queue/x") == nil && LogName.queue(of: "@me") == nil)
    }
}

extension HelpDeskTests {
    @Test func `a held request keeps its place among those that wait`() {
        let board = Sample.board
        let waiting = [board.requests[0], board.requests[1]]
        var held = Sample.waiting(9, Sample.bob, "bob", "x", minutes: 5)
        held.state = .claimed
        #expect(HelpRequest.merged(waiting, [held]).map(\.id) == [1, 9, 2].map { Sample.request($0) })
        held.createdAt = Sample.now
        #expect(HelpRequest.merged(waiting, [held, waiting[0]]).map(\.id) == [1, 2, 9].map { Sample.request($0) })
        #expect(HelpRequest.merged([], [held]).count == 1)
    }

    @Test func `who looks at the queue and is not in its list stands there from then on`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        var board = Sample.board
        board.organizers = []
        #expect(Sample.answer(&model, .board(Sample.queue), .board(board)).help == [.present])
    }

    @Test func `whoever is made an organizer gets the work lists`() {
        var model = Sample.participant()
        let me = Me(
            account: Sample.account(Sample.carol, "carol"),
            session: nil,
            capabilities: [.own, .handleRequests],
            channels: [],
            registers: [],
            head: 1,
            epoch: "e"
        )
        #expect(update(&model, .answered(.me, .success(.me(me)))).help.contains(.standing(isOrganizer: true)))
    }
}

extension HelpDeskTests {
    @Test func `a chat that is handed over by itself opens, unless something is being written`() {
        for isWriting in [false, true] {
            var model = Sample.organizer(withChat: true)
            Sample.press("F7", in: &model)
            Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
            if isWriting { Sample.type("/people", into: &model) }
            var entry = Entry(kind: .chat, channel: nil, seq: 5, by: Sample.ana, at: Sample.now)
            entry.chat = ChatNews(
                id: Sample.chatID,
                queue: Sample.queue,
                action: "start",
                state: .open,
                participant: Sample.carol,
                organizer: Sample.ana
            )
            _ = update(&model, .live([.entries(log: LogName.me, [entry])]))
            #expect(model.notices.last?.text == "you talk with carol now")
            #expect((model.current == Sample.chatChannel && model.page == nil) == !isWriting)
        }
    }

    @Test func `the switch that was used up at once says nothing of itself`() {
        var model = Sample.organizer()
        let count = model.noticeCount
        let off = Availability(accepts: .off, isAway: false, capacity: 5, skills: [])
        Sample.answer(&model, .accepts(.next), .availability(off))
        #expect(model.noticeCount == count)
        Sample.answer(&model, .accepts(.off), .availability(off))
        #expect(model.notices.last?.text == "you take requests by yourself: /queue")
    }
}
