import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// Golden frames of the help desk and of what is about events.
@Suite struct HelpFrameTests {
    static let sizes = FrameTests.sizes.prefix(3)

    private func name(_ what: String, _ size: Size) -> String { "\(what)-\(size.width)x\(size.height)" }

    @Test(arguments: sizes)
    func `the queue at each size`(size: Size) {
        var model = Sample.organizer(size, withChat: true)
        Sample.press("F7", in: &model)
        expectFrame(view(model), name("queue-loading", size))
        Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
        expectFrame(view(model), name("queue", size))
        // The held one: in another script.
        Sample.press("End", in: &model)
        expectFrame(view(model), name("queue-last", size))
    }

    @Test(arguments: sizes)
    func `a chat with private notes at each size`(size: Size) {
        var model = Sample.organizer(size, withChat: true)
        _ = update(&model, .line("/join &carol"))
        Sample.answer(&model, .notes(Sample.chatID), .notes(Sample.notes))
        Sample.type("/note 財布", into: &model)
        expectFrame(view(model), name("chat-notes", size))
        #expect(FrameText(view(model)).plain.contains("rivate"))
        Sample.press("Ctrl+C", in: &model)
        _ = update(&model, .line("/notes"))
        #expect(!FrameText(view(model)).plain.contains("first-aid"))
    }

    @Test(arguments: sizes)
    func `one's own request at each size, from waiting to its stars`(size: Size) {
        var waiting = Sample.waiting(1, Sample.carol, "carol", topic: "medical", "I fell", minutes: 4)
        waiting.position = 3
        waiting.estimatedWaitMs = 360_000
        expectFrame(view(Sample.participant(size, waiting)), name("request-waiting", size))
        var taken = waiting
        taken.state = .inChat
        taken.chat = Sample.chatID
        expectFrame(view(Sample.participant(size, taken, Sample.chat())), name("request-taken", size))
        expectFrame(view(Sample.participant(size, nil, Sample.chat(.ended))), name("request-ended", size))
    }

    @Test(arguments: sizes)
    func `chats and the archive at each size`(size: Size) {
        var model = Sample.organizer(size, withChat: true)
        Sample.press("F8", in: &model)
        expectFrame(view(model), name("chats", size))
        _ = update(&model, .line("/archive"))
        var rated = Sample.chat(.rated, minutes: 90)
        rated.rating = Rating(stars: 4, comment: "素早い help", at: Sample.now)
        rated.endReason = "all is well"
        Sample.answer(&model, .archive(participant: nil), .chats([rated]))
        expectFrame(view(model), name("archive", size))
    }

    @Test(arguments: sizes)
    func `events and one of them at each size`(size: Size) {
        var model = Sample.organizer(size)
        _ = update(&model, .line("/events"))
        Sample.answer(
            &model,
            .events(nil),
            .events([
                Sample.sampleEvent("devconf", "DevConf 北欧 2026", .published, phase: .ongoing),
                Sample.sampleEvent("winterfair", "Winter Fair", .draft),
            ])
        )
        expectFrame(view(model), name("events", size))
        Sample.press("Enter", in: &model)
        let code = JoinCode(
            code: "7K3M-Q2",
            event: Sample.event,
            label: "door",
            createdAt: Sample.now,
            uses: nil,
            used: 12
        )
        let contact = Contact(
            id: ContactID(high: 1, low: 1),
            event: Sample.event,
            name: "Dr. Berg",
            phone: "+47 22 00 00 00",
            createdAt: Sample.now,
            version: 1
        )
        Sample.answer(
            &model,
            .event("devconf"),
            .event(Sample.sampleEvent("devconf", "DevConf 北欧 2026", .published, phase: .ongoing), [code], [contact])
        )
        expectFrame(view(model), name("event", size))
    }

    @Test func `the list of people offers no key that is refused`() {
        var model = Sample.organizer(FrameTests.sizes[2])
        _ = update(&model, .line("/people"))
        Sample.answer(&model, .people(nil), .people([Sample.account(Sample.bob, "bob")]))
        func hint(_ capabilities: [Capability]) -> String {
            model.capabilities = capabilities
            return FrameText(view(model)).plain
        }
        let nobody = hint([.own, .read])
        #expect(nobody.contains("› /people WORDS · Esc back"))
        #expect(!nobody.contains("d disable") && !nobody.contains("Enter what they may do"))
        let owner = hint([.own, .read, .manageStaff])
        #expect(owner.contains("Enter what they may do") && !owner.contains("d disable"))
        #expect(hint([.own, .read, .manageAccounts]).contains("Enter what they may do · d disable"))
    }

    @Test(arguments: sizes)
    func `people, grants, agencies and issues at each size`(size: Size) {
        var model = Sample.organizer(size)
        model.capabilities.append(.manageAccounts)
        _ = update(&model, .line("/people"))
        var disabled = Sample.account(Sample.bob, "bob")
        disabled.disabledAt = Sample.now
        var carol = Sample.account(Sample.carol, "carol")
        carol.displayName = "Carol 太郎"
        Sample.answer(&model, .people(nil), .people([carol, disabled]))
        expectFrame(view(model), name("people", size))
        Sample.press("Enter", in: &model)
        Sample.answer(
            &model,
            .grants(Sample.carol),
            .grants([
                Grant(
                    account: Sample.carol,
                    role: .support,
                    scope: .event(Sample.event),
                    grantedBy: Sample.ana,
                    grantedAt: Sample.now
                )
            ])
        )
        expectFrame(view(model), name("grants", size))
        _ = update(&model, .line("/agencies"))
        Sample.answer(
            &model,
            .agencies,
            .agencies([
                Agency(
                    id: Sample.agency,
                    slug: "nordlys",
                    name: "Nordlys AS",
                    state: .pending,
                    createdAt: Sample.now,
                    version: 1
                )
            ])
        )
        expectFrame(view(model), name("agencies", size))
        _ = update(&model, .line("/issues devconf"))
        Sample.answer(
            &model,
            .issues("devconf"),
            .issues([
                EventIssue(
                    id: IssueID(high: 1, low: 1),
                    event: Sample.event,
                    number: 1,
                    title: "Projector in room 2 is dead",
                    status: .inProgress,
                    priority: .high,
                    createdBy: Sample.ana,
                    createdAt: Sample.now,
                    comments: 2,
                    version: 1
                )
            ])
        )
        expectFrame(view(model), name("issues", size))
    }

    @Test func `no width breaks a page, and nothing runs over its edge`() {
        for width in [40, 41, 48, 55, 63, 71, 72, 76, 84, 100, 139, 140, 300] {
            for height in [12, 13, 17, 24, 90] {
                let size = Size(width: width, height: height)
                var model = Sample.organizer(size, withChat: true)
                Sample.press("F7", in: &model)
                Sample.answer(&model, .board(Sample.queue), .board(Sample.board))
                #expect(view(model).size == size)
                _ = update(&model, .line("/join &carol"))
                Sample.answer(&model, .notes(Sample.chatID), .notes(Sample.notes))
                let frame = view(model)
                #expect(frame.size == size)
                #expect(FrameText(frame).plain.contains("Stay where you are"), "\(size)")
            }
        }
    }

    @Test func `hostile names and texts in the queue are neutralised`() {
        var model = Sample.organizer()
        Sample.press("F7", in: &model)
        var board = Sample.board
        board.requests[0].participantName = "\u{1B}[31mx\u{202E}"
        board.requests[0].texts = ["a\nb\u{1B}]0;title\u{07}"]
        Sample.answer(&model, .board(Sample.queue), .board(board))
        for cell in view(model).cells {
            for scalar in cell.text.unicodeScalars {
                #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar.value != 0x202E)
            }
        }
    }
}
