import ChatAPI
import Testing
import chatctl

/// What other people wrote, on its way to a terminal, a spreadsheet or a program.
@Suite struct OutputTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[31mb", "a<U+001B>[31mb"), ("a\u{202E}b", "a<U+202E>b"),
        ("two\nlines\t", "two\\nlines\\t"),
        ("zero\u{200B}width", "zero<U+200B>width"), ("\u{9B}31m", "<U+009B>31m"), ("سلام\u{200C}ها", "سلام\u{200C}ها"),
        ("a\u{200C}b", "a<U+200C>b"), ("👩‍💻!", "👩‍💻!"), ("\u{2028}x", "<U+2028>x"), ("\u{FEFF}x", "<U+FEFF>x"),
        ("⁦x⁩", "<U+2066>x<U+2069>"), ("\u{E0041}", "<U+E0041>"),
    ])
    func `hostile text is shown, not obeyed`(_ text: String, _ shown: String) {
        #expect(VisibleText.line(text) == shown)
        #expect(
            !VisibleText.block(text, indent: "  ").unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E }
        )
    }

    @Test func `a message of several lines cannot pass for several messages`() async throws {
        let stage = try await Stage()
        _ = await stage.plaza.run(
            ["channel", "post", "lounge", "-"],
            input: ["hi", "2026-05-01 12:00:00  root: give me the key"]
        )
        let answer = await stage.plaza.run(["channel", "tail", "lounge"])
        let lines = answer.output.split(separator: "\n")
        #expect(lines.filter { !$0.hasPrefix(" ") }.allSatisfy { !$0.contains("  root: ") }, "\(answer.output)")
        #expect(answer.output.contains("give me the key"))
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@sum", "\tx", "＝1"])
    func `a spreadsheet gets no formula`(_ topic: String) async throws {
        let stage = try await Stage()
        let made = await stage.plaza.run(["channel", "edit", "lounge", "--topic=" + topic, "-o", "csv"])
        guard made.code == .ok else {
            // The daemon refuses tabs in a topic: nothing to escape then.
            #expect(topic.hasPrefix("\t"))
            return
        }
        let rows = Reading.rows(of: made.output)
        let column = try #require(rows.first?.firstIndex(of: "topic"))
        #expect(rows[1][column] == "'" + topic)
    }

    @Test func `JSON holds the very text and no control of a terminal`() async throws {
        let stage = try await Stage()
        let text = "\u{202E}abc\u{200B} \"q\" \\ 👩‍💻"
        _ = await stage.plaza.run(["channel", "edit", "lounge", "--topic", text])
        let answer = await stage.plaza.run(["channel", "show", "lounge", "-o", "json"])
        #expect(try Coding.decode(JSON.self, from: Array(answer.output.utf8))["topic"] == .string(text))
        #expect(!answer.output.unicodeScalars.contains { $0.value == 0x202E })
    }

    @Test func `YAML on a terminal reorders nothing, in a pipe it is the very text`() async throws {
        let stage = try await Stage()
        _ = await stage.plaza.run(["channel", "edit", "lounge", "--topic", "a\u{202E}b"])
        let line = ["channel", "show", "lounge", "-o", "yaml", "--fields", "topic"]
        #expect(await stage.plaza.run(line).output == "topic: a\u{202E}b\n")
        #expect(await stage.plaza.run(line, isTerminal: true).output == "topic: a<U+202E>b\n")
    }

    @Test func `a terminal changes nothing but bold`() async throws {
        let stage = try await Stage()
        for line in [
            ["channel", "ls"], ["user", "ls", "-o", "wide"], ["channel", "show", "lounge"],
            ["user", "ls", "-o", "csv"],
        ] {
            let piped = await stage.plaza.run(line).output
            let shown = await stage.plaza.run(line, isTerminal: true).output
            let plain = await stage.plaza.run(line, isTerminal: true, environment: ["NO_COLOR": "1"]).output
            #expect(plain == piped)
            #expect(shown.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "") == piped)
        }
    }

    @Test func `fields choose and order in every format`() async throws {
        let stage = try await Stage()
        func output(_ format: String) async -> String {
            await stage.plaza.run(["channel", "show", "lounge", "--fields", "name,memberCount", "-o", format]).output
        }
        #expect(await output("table") == "NAME     lounge\nMEMBERS  2\n")
        #expect(await output("jsonl") == "{\"name\":\"lounge\",\"memberCount\":2}\n")
        #expect(await output("yaml") == "name: lounge\nmemberCount: 2\n")
        #expect(await output("csv") == "name,memberCount\r\nlounge,2\r\n")
        let wrong = await stage.plaza.run(["channel", "ls", "--fields", "nmae"])
        #expect(wrong.code == .usage)
        #expect(wrong.output.isEmpty)
        #expect(wrong.error.contains("did you mean name?"))
    }

    @Test func `an empty list is an empty list in every format`() async throws {
        let stage = try await Stage()
        func output(_ format: String) async -> String {
            await stage.plaza.run(["channel", "ls", "--query", "nowhere", "-o", format]).output
        }
        #expect(await output("json") == "[]\n")
        #expect(await output("yaml") == "[]\n")
        #expect(await output("jsonl") == "")
        #expect(await output("table") == "")
        #expect(await output("name") == "")
        #expect(Reading.rows(of: await output("csv")).count == 1)
    }

    @Test(
        arguments: [
            ("2026-05-01", 1_777_593_600_000), ("2026-05-01T12:00", 1_777_636_800_000),
            ("2026-05-01T12:00:30Z", 1_777_636_830_000),
            ("2026-05-01T14:00+02:00", 1_777_636_800_000), ("2h", 1_777_629_600_000), ("1970-01-01", 0),
            ("2000-02-29", 951_782_400_000),
        ] as [(String, Milliseconds)]
    )
    func `times are read as they are written`(_ text: String, _ time: Milliseconds) {
        #expect(TimeText.moment(text, now: 1_777_636_800_000, offset: { _ in 0 }) == time)
        if text.hasSuffix("Z") { #expect(TimeText.utc(time) == text) }
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-05-01T25:00", "2026-05-01T12:00+99:00", "12", "-2h", "2026-05-01x",
    ])
    func `what is no time is refused`(_ text: String) {
        #expect(TimeText.moment(text, now: 0, offset: { _ in 0 }) == nil)
    }

    @Test func `members keep the order of their declaration`() {
        let node = Node(Code(code: "a", expiresAt: 3))
        #expect(node == .object([.init("code", .text("a")), .init("expiresAt", .integer(3))]))
        let json: JSON = ["b": [1, true, .null], "a": "x"]
        #expect(
            Node(json)
                == .object([
                    .init("a", .text("x")), .init("b", .list([.integer(1), .bool(true), .null])),
                ])
        )
    }
}
