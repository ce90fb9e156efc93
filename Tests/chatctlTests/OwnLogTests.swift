import ChatAPI
import Testing
import chatctl

/// `profile log`: what happened to an account, in sentences, without what its devices tell each other.
@Suite struct OwnLogTests {
    @Test func `the own log says what happened, and what devices tell each other only with --all`() async throws {
        let stage = try await Stage()
        let (plaza, ana) = (stage.plaza, Plaza.As.token(stage.ana.tokens.accessToken))
        for line in [
            ["channel", "create", "attic"], ["draft", "set", "attic", "Dear all,"],
            ["registers", "set", "client/a", "1"],
            ["channel", "leave", "attic"],
        ] {
            #expect(await plaza.run(line, as: ana).code == .ok, "\(line)")
        }
        #expect(await plaza.run(["user", "grant", "ana", "auditor"]).code == .ok)

        func log(_ words: String...) async -> [String] {
            let answer = await plaza.run(
                ["profile", "log", "-n", "100", "--fields", "what", "-o", "csv"] + words,
                as: ana
            )
            return answer.output.split(whereSeparator: \.isNewline).map { $0.filter { $0 != "\"" } }
        }
        let told = await log()
        #expect(
            told.suffix(3) == ["joined #attic as its admin", "left #attic", "roles changed: chatctl whoami shows them"]
        )
        #expect(told.contains { $0.hasPrefix("signed in") })
        #expect(!told.contains { $0.hasPrefix("changed") }, "\(told)")

        let all = await log("--all")
        #expect(all.contains("changed draft of #attic"), "\(all)")
        #expect(all.contains("changed client/a"))
        #expect(all.filter { !$0.hasPrefix("changed") } == told)
    }

    @Test func `who was added by others, and signed out by others, reads who did it`() async throws {
        let stage = try await Stage()
        #expect(await stage.plaza.run(["channel", "create", "attic"]).code == .ok)
        #expect(await stage.plaza.run(["channel", "add", "attic", "ana"]).code == .ok)
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        let answer = await stage.plaza.run(["profile", "log"], as: ana)
        let row = try #require(answer.output.split(whereSeparator: \.isNewline).last)
        #expect(row.contains("local-"), "\(row)")
        #expect(row.hasSuffix("added to #attic"), "\(row)")
    }

    @Test func `a request for help is said in sentences, to who asked and to who answers`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let (ana, olga) = (Plaza.As.token(stage.ana.tokens.accessToken), Plaza.As.token(try stage.scene.token("olga")))
        func run(_ words: [String], as who: Plaza.As) async -> String {
            let answer = await stage.plaza.run(words, as: who)
            #expect(answer.code == .ok, "\(words): \(answer.error)")
            return answer.output
        }
        _ = await run(["request", "ask", "devconf", "the beamer is dark"], as: ana)
        _ = await run(["request", "claim", "@ana"], as: olga)
        _ = await run(["request", "release", "@ana"], as: olga)
        _ = await run(["request", "take", "@ana"], as: olga)
        _ = await run(["chat", "end", "@ana"], as: olga)
        let log = await run(["profile", "log", "-n", "100", "--fields", "what", "-o", "csv"], as: ana)
        let told = log.split(whereSeparator: \.isNewline).filter {
            $0.contains("the request of ana") || $0.contains("for help")
        }
        #expect(
            told == [
                "ana asks for help", "olga looks at the request of ana", "olga let the request of ana go",
                "olga answers the request of ana", "the request of ana is done",
            ]
        )
    }
}
