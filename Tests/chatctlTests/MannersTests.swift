import ChatAPI
import ChatKit
import ChatTestKit
import Flags
import Testing
import chatctl

/// How chatctl treats people and scripts: prompts, secrets, limits, bulk, streams.
@Suite struct MannersTests {
    @Test func `nothing is asked where there is no terminal`() async throws {
        let stage = try await Stage()
        for line in [
            ["login", "ana"], ["channel", "delete", "lounge"], ["user", "disable", "bob"],
            ["message", "delete", "lounge/2"],
            ["password"], ["user", "delete", "bob"], ["server", "drain"], ["register", "carol"],
        ] {
            let answer = await stage.plaza.run(line)
            #expect(answer.code == .usage, "\(line)")
            #expect(answer.error.contains("terminal"), "\(answer.error)")
        }
        let refused = await stage.plaza.run(["channel", "delete", "lounge", "--no-input"], answers: ["lounge"])
        #expect(refused.code == .usage)
    }

    @Test func `the worst takes the name again, and --yes is not enough`() async throws {
        let stage = try await Stage()
        #expect(await stage.plaza.run(["channel", "delete", "lounge", "--confirm", "general"]).code == .usage)
        #expect(await stage.plaza.run(["channel", "delete", "lounge", "--yes"]).code == .usage)
        #expect(await stage.plaza.run(["channel", "delete", "lounge"], answers: ["loung"]).code == .usage)
        #expect(await stage.plaza.run(["channel", "show", "lounge"]).code == .ok)
        #expect(await stage.plaza.run(["channel", "delete", "lounge"], answers: ["lounge"]).code == .ok)
        #expect(await stage.plaza.run(["channel", "show", "lounge"]).code == .notFound)
    }

    @Test func `a question is answered with y, and nothing else is a yes`() async throws {
        let stage = try await Stage()
        for answer in ["", "n", "yess"] {
            #expect(await stage.plaza.run(["user", "disable", "bob"], answers: [answer]).code == .usage)
        }
        #expect(await stage.plaza.run(["user", "disable", "bob"], answers: ["y"]).code == .ok)
    }

    @Test func `no option takes a secret by itself`() {
        let secret = ["password", "secret", "token", "code", "key-file"]
        for (path, command) in CommandList.runnable {
            for option in command.options where secret.contains(option.name) {
                #expect(!option.takesValue, "\(path) --\(option.name)")
            }
        }
        for option in CommandTree.program.root.options where secret.contains(option.name) {
            #expect(!option.takesValue)
        }
    }

    @Test func `signing in keeps the session, signing out forgets it`() async throws {
        let stage = try await Stage()
        let login = await stage.plaza.run(
            ["login", "ana", "--context", "work", "--socket", "/nowhere"],
            answers: [Case.password]
        )
        #expect(login.code == .ok, "\(login.error)")
        #expect(!(login.output + login.error).contains(Case.password))
        let credentials = String(
            decoding: try Files.read(stage.plaza.home + "/config/plaza/credentials/work.json"),
            as: UTF8.self
        )
        #expect(credentials.contains("refreshToken"))
        #expect(await stage.plaza.run(["context", "ls", "-o", "name"]).output == "work\n")
        let logout = await stage.plaza.run(["logout", "--context", "work"], as: .nobody)
        #expect(logout.code == .ok, "a session that is over is signed out of as well: \(logout.error)")
        #expect(throws: Files.Failure.self) { try Files.read(stage.plaza.home + "/config/plaza/credentials/work.json") }
    }

    @Test func `signing in at a server makes a context of its host, and the first one is meant from then on`()
        async throws
    {
        let stage = try await Stage()
        let environment = ["PLAZA_SOCKET": ""]
        let first = await stage.plaza.run(
            ["login", "ana", "--server", "http://127.0.0.1:4711", "-o", "json"],
            answers: [Case.password],
            environment: environment
        )
        #expect(first.code == .ok, "\(first.error)")
        let profile = await stage.plaza.run(
            ["whoami", "-o", "csv", "--fields", "server,context"],
            environment: environment
        )
        #expect(profile.output == "server,context\r\nhttp://127.0.0.1:4711,127.0.0.1\r\n")
        let second = await stage.plaza.run(
            ["login", "bob", "--server", "http://127.0.0.1:4712"],
            answers: [Case.password],
            environment: environment
        )
        #expect(second.error.contains("--context 127.0.0.1-4712"), "\(second.error)")
        #expect(await stage.plaza.run(["context", "ls", "-o", "name"]).output == "127.0.0.1\n127.0.0.1-4712\n")
        #expect(await stage.plaza.run(["context", "delete", "127.0.0.1"]).code == .ok)
        #expect(await stage.plaza.run(["context", "delete", "127.0.0.1-4712"]).code == .ok)
    }

    @Test func `a wrong password is exit code 4, and nothing is kept`() async throws {
        let stage = try await Stage()
        let answer = await stage.plaza.run(
            ["login", "ana", "--password-file", "-", "-o", "json"],
            input: ["wrong password"]
        )
        #expect(answer.code == .notSignedIn)
        #expect(try Coding.decode(JSON.self, from: Array(answer.error.utf8))["code"] == "wrong_password")
        #expect(throws: Files.Failure.self) {
            try Files.read(stage.plaza.home + "/config/plaza/credentials/unix__nowhere.json")
        }
    }

    @Test func `passwords and codes are changed from files, prompts and standard input`() async throws {
        let stage = try await Stage()
        let new = "eight green bottles hanging"
        let changed = await stage.plaza.run(
            ["password", "--current-file", "-", "--password-file", "-"],
            as: .token(stage.ana.tokens.accessToken),
            input: [Case.password, new]
        )
        #expect(changed.code == .ok, "\(changed.error)")
        #expect(await stage.plaza.run(["login", "ana"], answers: [new]).code == .ok)
        #expect(
            await stage.plaza.run(["password"], answers: [new, "first try here", "second try here"]).code == .usage
        )
        let code = await stage.plaza.run(["user", "reset", "ana", "-o", "name"]).output.filter { !$0.isNewline }
        let redeemed = await stage.plaza.run(
            ["password", "--code"],
            as: .nobody,
            answers: [code, new + "!", new + "!"]
        )
        #expect(redeemed.code == .ok, "\(redeemed.error)")
        #expect(await stage.plaza.run(["login", "ana"], answers: [new + "!"]).code == .ok)
        let invitation = await stage.plaza.run(["user", "invite", "-o", "name"]).output.filter { !$0.isNewline }
        let path = stage.plaza.home + "/export"
        try Files.write(Array(invitation.utf8), to: path)
        let registered = await stage.plaza.run(["register", "carol", "--code-file", path], answers: [new, new])
        #expect(registered.code == .ok, "\(registered.error)")
        let again = await stage.plaza.run(["register", "david", "--code-file", path], answers: [new, new])
        #expect(again.code == .forbidden, "the code was used: \(again.error)")
    }

    @Test func `several things get a result each, and some failures are exit code 7`() async throws {
        let stage = try await Stage()
        let answer = await stage.plaza.run(
            ["user", "create", "-f", "-", "-o", "jsonl"],
            input: ["dave", "", "  ana ", "x", "erin"]
        )
        #expect(answer.code == .partly)
        let rows = try answer.output.split(separator: "\n").map { try Coding.decode(JSON.self, from: Array($0.utf8)) }
        #expect(rows.map { $0["input"]?.string } == ["dave", "ana", "x", "erin"])
        #expect(rows.map { $0["status"]?.string } == ["created", "name_taken", "invalid", "created"])
        #expect(rows[1]["error"]?["status"] == 409)
        #expect(rows[0]["code"]?["code"]?.string?.isEmpty == false)
        #expect(answer.error == "chatctl: 2 of 4 created, 2 failed\n")
    }

    @Test func `one thing alone keeps its own exit code`() async throws {
        let stage = try await Stage()
        #expect(await stage.plaza.run(["user", "create", "ana"]).code == .conflict)
        #expect(await stage.plaza.run(["message", "delete", "lounge/99", "--yes"]).code == .notFound)
        #expect(
            await stage.plaza.run(["message", "delete", "-", "--yes"], input: ["lounge/2", "lounge/99"]).code == .partly
        )
    }

    @Test func `when the daemon is away the rest is not tried`() async throws {
        let stage = try await Stage()
        let refusal = APIError(.unavailable, "the daemon is away")
        stage.plaza.forgetOperations()
        let answer = await stage.plaza.run(["user", "create", "c1", "c2", "c3", "-o", "csv"], refusing: refusal)
        #expect(answer.code == .partly)
        #expect(Reading.rows(of: answer.output).dropFirst().map { $0[1] } == ["unavailable", "not_tried", "not_tried"])
    }

    @Test func `lists are complete, and a limit says that there is more`() async throws {
        let stage = try await Stage()
        for number in 0..<30 { _ = await stage.plaza.run(["channel", "create", "room\(number)"]) }
        let all = await stage.plaza.run(["channel", "ls", "-o", "name", "--query", "room"])
        #expect(all.output.split(separator: "\n").count == 30)
        #expect(all.error.isEmpty)
        let some = await stage.plaza.run(["channel", "ls", "-o", "name", "--query", "room", "--limit", "7"])
        #expect(some.output.split(separator: "\n").count == 7)
        #expect(some.error.contains("only the first 7"))
        let exact = await stage.plaza.run(["channel", "ls", "-o", "name", "--query", "room", "--limit", "30"])
        #expect(exact.error.isEmpty)
    }

    @Test func `history is complete over many pages, from both ends and from a time on`() async throws {
        let stage = try await Stage()
        let lines = (0..<620).map { "line \($0)" }
        _ = await stage.plaza.run(["channel", "post", "lounge", "-", "--lines", "-o", "name"], input: lines)
        func texts(_ words: String...) async -> [Substring] {
            let answer = await stage.plaza.run(
                ["message", "ls", "lounge", "--messages", "--fields", "text", "-o", "csv"] + words
            )
            return answer.output.split(separator: "\r\n").dropFirst().map { $0 }
        }
        #expect(await texts().count == 621)
        #expect(await texts("--limit", "3") == ["line 617", "line 618", "line 619"])
        #expect(await texts("--after", "600", "--limit", "2").count == 2)
        #expect(await texts("--since", "1h").count == 621)
        stage.plaza.temporary.clock.advance(by: .seconds(7_200))
        _ = await stage.plaza.run(["channel", "post", "lounge", "late"])
        #expect(await texts("--since", "1h") == ["late"])
        let export = await stage.plaza.run(["channel", "export", "lounge", "--as", "markdown"])
        #expect(export.output.contains("line 619"))
        let path = stage.plaza.home + "/export"
        #expect(await stage.plaza.run(["channel", "export", "lounge", "--to", path]).code == .ok)
        #expect(try Files.read(path, limit: 1 << 24).split(separator: 0x0A).count == 624)
    }

    @Test func `following says the truth about the connection and goes on where it was`() async throws {
        let stage = try await Stage()
        let id = try #require(
            ChannelID(
                await stage.plaza.run(["channel", "show", "lounge", "-o", "csv", "--fields", "id"]).output
                    .split(separator: "\r\n").last.map(String.init) ?? ""
            )
        )
        func entry(_ seq: Int64, _ text: String) -> Entry {
            var entry = Entry(kind: .message, channel: id, seq: seq, by: stage.ana.account.id, at: 1_777_636_800_000)
            entry.text = text
            return entry
        }
        let streams = Plaza.Streams(tail: [
            [.state(.connecting), .state(.live), .entries([entry(3, "one"), entry(4, "two")])],
            [.state(.offline(reason: "the daemon closed the connection", retryMilliseconds: 250))],
            [.state(.live), .entries([entry(5, "three")])], [.failed(APIError(.timedOut, "no answer"))],
        ])
        let answer = await stage.plaza.run(["channel", "tail", "-f", "lounge"], streams: streams)
        #expect(answer.code == .notSignedIn)
        #expect(
            answer.output.split(separator: "\n").map { $0.dropFirst(21) } == ["ana: one", "ana: two", "ana: three"]
        )
        let said = answer.error.split(separator: "\n")
        #expect(said[0].contains("connected to unix:/nowhere, following lounge"))
        #expect(said[1].contains("not connected: the daemon closed the connection; trying again in 1s"))
        #expect(said[2].contains("connected to"))
        #expect(said[3].contains("missing entries could not be read"))
        let lines = await stage.plaza.run(
            ["channel", "tail", "-f", "lounge", "-o", "jsonl", "--fields", "text"],
            streams: streams
        )
        #expect(lines.output == "{\"text\":\"one\"}\n{\"text\":\"two\"}\n{\"text\":\"three\"}\n")
    }

    @Test func `what changed under one's hands is exit code 6`() async throws {
        let stage = try await Stage()
        let stale = await stage.plaza.run(["channel", "edit", "lounge", "--topic", "x", "--if-match", "77"])
        #expect(stale.code == .conflict)
        let version = await stage.plaza.run(["channel", "show", "lounge", "-o", "jsonl", "--fields", "version"]).output
        let number = version.filter(\.isNumber)
        #expect(await stage.plaza.run(["channel", "edit", "lounge", "--topic", "x", "--if-match", number]).code == .ok)
    }

    @Test func `the same key is answered once`() async throws {
        let stage = try await Stage()
        let line = ["user", "create", "zoe", "--idempotency-key", "k1", "-o", "jsonl"]
        let first = await stage.plaza.run(line)
        #expect(first.code == .ok)
        #expect(await stage.plaza.run(line).output == first.output)
        #expect(await stage.plaza.run(["user", "create", "zoe"]).code == .conflict)
        #expect(await stage.plaza.run(["user", "create", "yan", "--idempotency-key", "bad key"]).code == .usage)
    }

    @Test(arguments: [
        (["chanel", "ls"], "did you mean"), (["channel", "sl"], "did you mean"),
        (["channel", "ls", "--jsno"], "no option"),
        (["user"], "needs a command"), (["channel", "show"], "needs CHANNEL"),
        (["message", "show", "general"], "no message"),
    ])
    func `a line that cannot be understood is exit code 2 and says how to`(_ line: [String], _ says: String)
        async throws
    {
        let plaza = try Plaza()
        let answer = await plaza.run(line)
        #expect(answer.code == .usage)
        #expect(answer.output.isEmpty)
        #expect(answer.error.contains(says), "\(answer.error)")
        let json = await plaza.run(line + ["-o", "json"])
        #expect(try Coding.decode(JSON.self, from: Array(json.error.utf8))["exitCode"] == 2)
    }

    @Test func `every code of the API has an exit code of the documented list`() {
        for code in APIError.Code.allCases { #expect(ExitCode(code) != .ok && ExitCode(code) != .partly, "\(code)") }
    }

    @Test func `a raw call takes any method, follows pages, and refuses like any other`() async throws {
        let stage = try await Stage()
        let made = await stage.plaza.run(["api", "POST", "/v1/channels", "-F", "name=attic", "-F", "topic=Old"])
        #expect(try Coding.decode(JSON.self, from: Array(made.output.utf8))["topic"] == "Old")
        let all = await stage.plaza.run(["api", "GET", "/v1/channels?limit=1", "--all", "-o", "jsonl"])
        #expect(all.output.split(separator: "\n").count == 3)
        #expect(await stage.plaza.run(["api", "GET", "/v1/channels/nowhere"]).code == .notFound)
        #expect(await stage.plaza.run(["api", "GET", "nowhere"]).code == .usage)
        #expect(await stage.plaza.run(["api", "POST", "/v1/channels", "-d", "{}", "-F", "a=1"]).code == .usage)
        let dry = await stage.plaza.run(["api", "DELETE", "/v1/channels/attic", "--dry-run"])
        #expect(dry.code == .ok)
        #expect(await stage.plaza.run(["channel", "show", "attic"]).code == .ok)
    }
}
