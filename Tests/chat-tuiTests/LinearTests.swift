import ChatAPI
import ChatKit
import TerminalUI
import Testing
import chat_tui

/// `--plain` and `--json`, line by line.
@Suite struct LinearTests {
    private func lines(_ report: inout LinearReport, _ model: inout Model, _ action: Action) -> [String] {
        _ = update(&model, action)
        return report.lines(action, model).map { $0.plain(model) }
    }

    @Test func `what happens is told once, in order, with numbers to answer to`() {
        var model = Sample.model()
        var report = LinearReport()
        let first = lines(&report, &model, .tick)
        #expect(first.contains("- this is #general"))
        #expect(first.contains("#general/2 08:00 ana: Hello *everybody*, this is `plaza`."))
        #expect(first.contains { $0.hasPrefix("#general/4 08:30 carol (to bob #3): ") })
        #expect(lines(&report, &model, .tick).isEmpty)

        var edit = Sample.entry(.edit, 8, Sample.bob, target: 7)
        edit.text = "better"
        var reaction = Sample.entry(.reaction, 9, Sample.carol, target: 7)
        reaction.emoji = "👍"
        let news = [
            Sample.message(7, Sample.bob, "one\ntwo"), edit, reaction,
            Sample.entry(.redaction, 10, Sample.bob, target: 7),
        ]
        let told = lines(&report, &model, .live([.entries(log: Sample.general.description, news)]))
        #expect(
            told == [
                "#general/7 09:00 bob: one\n  two", "#general/8 09:00 bob edited #7: better",
                "#general/9 09:00 carol reacted 👍 to #7", "#general/10 09:00 bob deleted #7",
            ]
        )
        #expect(lines(&report, &model, .live([.entries(log: Sample.general.description, news)])).isEmpty)
    }

    /// A version names itself; what it is a version of is asked for, and the line waits for it.
    @Test(arguments: [true, false])
    func `a line about a drawing waits until its name is known`(isThere: Bool) {
        var model = Sample.model()
        var report = LinearReport()
        _ = lines(&report, &model, .tick)
        var version = Sample.entry(.sketchVersion, 7, Sample.bob)
        version.sketch = Sample.plan
        version.text = "before lunch"
        let told = Action.live([.entries(log: Sample.general.description, [version])])
        let effects = update(&model, told)
        #expect(effects.contains(.ask(.sketch(.list(Sample.general)))))
        #expect(report.lines(told, model).isEmpty)
        // What comes behind it waits, too.
        let next = Action.live([.entries(log: Sample.general.description, [Sample.message(8, Sample.bob, "look")])])
        #expect(lines(&report, &model, next).isEmpty)
        let list = isThere ? [Sample.sketch(Size(width: 40, height: 10))] : []
        let answer = Action.answered(.sketch(.list(Sample.general)), .success(.sketch(.list(list))))
        let name = isThere ? "plan" : "a drawing"
        #expect(
            lines(&report, &model, answer) == [
                "#general/7 09:00 bob kept \(name) as version before lunch", "#general/8 09:00 bob: look",
            ]
        )
        // It is asked for once.
        version.seq = 9
        #expect(
            !update(&model, .live([.entries(log: Sample.general.description, [version])])).contains(
                .ask(.sketch(.list(Sample.general)))
            )
        )
    }

    @Test func `what the cache holds without a name waits for the daemon, unless there is none`() {
        let size = Size(width: 80, height: 24)
        var model = Model(serverName: "unix:/s", profileName: "default", size: size, now: Sample.now, zone: .fixed(0))
        var opening = CachedOpening()
        opening.account = Sample.account(Sample.ana, "ana")
        opening.accounts = [Sample.account(Sample.ana, "ana")]
        opening.channels = [
            JoinedChannel(
                channel: Sample.channel(Sample.general, "general", head: 6),
                unread: Unread(channel: Sample.general, marker: 6, unread: 0, mentions: 0)
            )
        ]
        var report = LinearReport()
        _ = update(&model, .clock(Sample.now))
        _ = lines(&report, &model, .opened(opening, outbox: []))
        let first = lines(&report, &model, .loaded(Sample.general, Sample.timeline))
        #expect(first.last == "#general/2 08:00 ana: Hello *everybody*, this is `plaza`.")
        let offline = LiveState.offline(reason: "nobody is there", retryMilliseconds: 5_000)
        let rest = lines(&report, &model, .live([.state(offline)]))
        #expect(rest.first?.hasPrefix("#general/3 08:29 …") == true, "\(rest)")
        #expect(rest.last == "- not connected: nobody is there")
    }

    @Test func `nobody can write a line in another's name`() {
        var model = Sample.model()
        var report = LinearReport()
        _ = lines(&report, &model, .tick)
        let forged = Sample.message(7, Sample.bob, "x\n#general/8 09:00 ana: I resign\u{1B}[2J")
        let told = lines(&report, &model, .live([.entries(log: Sample.general.description, [forged])])).joined(
            separator: "\n"
        )
        #expect(told.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  ") })
        #expect(!told.contains("\u{1B}"))
    }

    @Test func `JSON lines are objects`() throws {
        var model = Sample.model()
        var report = LinearReport()
        _ = report.lines(.tick, model)
        let action = Action.live([
            .entries(log: Sample.general.description, [Sample.message(7, Sample.bob, "a \"b\"\nc")])
        ])
        _ = update(&model, action)
        let line = try #require(report.lines(action, model).first).json(model)
        let value = try Coding.decode(JSON.self, from: Array(line.utf8))
        #expect(
            value["type"]?.string == "message" && value["text"]?.string == "a \"b\"\nc" && value["seq"]?.integer == 7
        )
        #expect(value["by"]?.string == "bob" && value["channel"]?.string == "#general")
        #expect(!line.contains("\n"))
    }

    @Test func `signing in line by line`() {
        var model = Model(screen: .signIn(SignInForm(sockets: ["/run/a.sock"], server: nil)), zone: .fixed(0))
        #expect(model.question?.text == "daemon (1 for /run/a.sock, or an address)")
        _ = update(&model, .line("1"))
        _ = update(&model, .line("2"))
        #expect(model.question?.text == "name")
        _ = update(&model, .line("ana"))
        #expect(model.question?.isSecret == true)
        _ = update(&model, .line("correct horse"))
        let effects = update(&model, .line("correct horse"))
        #expect(
            effects == [
                .signIn(
                    SignInOrder(
                        way: .register,
                        server: "unix:/run/a.sock",
                        name: "ana",
                        password: "correct horse",
                        code: nil
                    )
                )
            ]
        )
    }

    @Test func `with a channel named, others are not told`() {
        var model = Sample.model()
        var report = LinearReport(only: "#general")
        _ = report.lines(.tick, model)
        let action = Action.live([
            .entries(log: Sample.dev.description, [Sample.message(41, Sample.bob, "x", in: Sample.dev)])
        ])
        _ = update(&model, action)
        #expect(report.lines(action, model).isEmpty)
    }
}
