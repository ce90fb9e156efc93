import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// The help desk in the linear modes.
@Suite struct HelpLinearTests {
    private func lines(_ report: inout LinearReport, _ model: inout Model, _ action: Action) -> [String] {
        _ = update(&model, action)
        return report.lines(action, model).map { $0.plain(model) }
    }

    @Test func `one's own request is told when its state or place changes, not with each estimate`() {
        var waiting = Sample.waiting(1, Sample.carol, "carol", "I fell", minutes: 4)
        waiting.position = 3
        waiting.estimatedWaitMs = 360_000
        var model = Sample.participant(.init(width: 80, height: 24), waiting)
        var report = LinearReport()
        let first = lines(&report, &model, .tick)
        #expect(first.contains("- Help: number 3 in line · about 6 min (estimate) · for 4 min · /ask adds · /cancel"))
        waiting.estimatedWaitMs = 300_000
        let look = Action.answered(.help(.look(waiting.id)), .success(.help(.request(waiting))))
        #expect(lines(&report, &model, look).isEmpty)
        waiting.position = 1
        let next = Action.answered(.help(.look(waiting.id)), .success(.help(.request(waiting))))
        #expect(lines(&report, &model, next).count == 1)
    }

    @Test func `the queue is rows that come and go, with numbers and names to take`() {
        var model = Sample.organizer()
        var report = LinearReport()
        _ = lines(&report, &model, .tick)
        #expect(lines(&report, &model, .line("/queue")).isEmpty)
        let rows = lines(&report, &model, .answered(.help(.board(Sample.queue)), .success(.help(.board(Sample.board)))))
        #expect(
            rows == [
                "- Queue devconf/help: 2 waiting · 2 there",
                "- 1. 7 min · -2 min · 5 · medical · carol · I fell at gate 3 and cannot walk",
                "- 2. 2 min · 3 min · 0 · eve · Where is the 👩‍🚀 talk?",
                "- 3. 1 min · 4 min · 0 · lost · 山田太郎 · dana till 09:00",
            ]
        )
        let taken = Action.live([Sample.queueEntry(41, Sample.news(1, "take", .inChat, by: Sample.dana))])
        #expect(lines(&report, &model, taken) == ["- carol is not in this table any more"])
        #expect(lines(&report, &model, .tick).isEmpty)
    }

    @Test func `rows and requests are JSON objects with names of their own`() throws {
        var model = Sample.organizer()
        var report = LinearReport()
        _ = report.lines(.tick, model)
        _ = update(&model, .line("/queue"))
        let action = Action.answered(.help(.board(Sample.queue)), .success(.help(.board(Sample.board))))
        _ = update(&model, action)
        let rows = try report.lines(action, model).map {
            try Coding.decode(JSON.self, from: Array($0.json(model).utf8))
        }
        let row = try #require(rows.first { $0["type"]?.string == "row" })
        #expect(row["number"]?.integer == 1 && row["who"]?.string == "carol" && row["topic"]?.string == "medical")
        #expect(row["id"]?.string == Sample.request(1).description && row["due"]?.string == "-2 min")
    }

    @Test func `a private note is a line of its own kind`() throws {
        var model = Sample.organizer(withChat: true)
        var report = LinearReport()
        _ = update(&model, .line("/join &carol"))
        _ = lines(&report, &model, .tick)
        let action = Action.answered(.help(.notes(Sample.chatID)), .success(.help(.notes(Sample.notes))))
        let told = lines(&report, &model, action)
        #expect(told.first == "- private note, 08:56 dana: knows the first-aid tent")
        #expect(lines(&report, &model, action).isEmpty)
        let json = LinearLine.note(Sample.notes[0], room: Sample.chatChannel).json(model)
        #expect(try Coding.decode(JSON.self, from: Array(json.utf8))["type"]?.string == "note")
    }

    @Test func `entering an event as a guest, line by line`() {
        var model = Model(screen: .signIn(SignInForm(sockets: [], server: "unix:/run/a.sock")), zone: .fixed(0))
        #expect(model.question?.text.contains("4 enter an event as a guest") == true)
        _ = update(&model, .line("4"))
        #expect(model.question?.text == "code of the event" && model.question?.isSecret == false)
        _ = update(&model, .line("7K3M-Q2"))
        let effects = update(&model, .line("Carol 太郎"))
        #expect(
            effects == [
                .signIn(
                    SignInOrder(
                        way: .guest,
                        server: "unix:/run/a.sock",
                        name: "Carol 太郎",
                        password: "",
                        code: "7K3M-Q2"
                    )
                )
            ]
        )
    }
}

extension HelpLinearTests {
    @Test func `what is said in a channel that is just becoming known waits for its name, but not for ever`() {
        var model = Sample.model()
        var report = LinearReport()
        _ = report.lines(.tick, model)
        let action = Action.live([
            .entries(
                log: Sample.eventGeneral.description,
                [Sample.message(1, Sample.bob, "hello", in: Sample.eventGeneral)]
            )
        ])
        _ = update(&model, action)
        #expect(report.lines(action, model).isEmpty)
        var known = model
        var other = report
        let me = Me(
            account: Sample.account(Sample.ana, "ana"),
            session: nil,
            capabilities: [],
            channels: [
                JoinedChannel(
                    channel: Sample.spaceChannel(Sample.eventGeneral, "general"),
                    unread: Unread(channel: Sample.eventGeneral, marker: 0, unread: 1, mentions: 0)
                )
            ],
            registers: [],
            head: 1,
            epoch: "e"
        )
        let answer = Action.answered(.me, .success(.me(me)))
        _ = update(&known, answer)
        #expect(other.lines(answer, known).map { $0.plain(known) } == ["#devconf/general/1 09:00 bob: hello"])
        _ = update(&model, .clock(Sample.now + 5_000))
        #expect(report.lines(.tick, model).count == 1)
    }
}
