import ChatAPI
import Testing
import chatctl

/// How things are called on the command line: people for conversations, channels for drafts, never a secret for an account.
@Suite struct NamingTests {
    @Test func `a direct conversation is written as its people, wherever a channel or a message is meant`() async throws
    {
        let stage = try await Stage()
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        let sent = await stage.plaza.run(["dm", "post", "bob", "psst", "-o", "name"], as: ana)
        let message = sent.output.filter { !$0.isNewline }
        #expect(message.hasPrefix("@bob/"))
        #expect(await stage.plaza.run(["channel", "post", "@bob", "psst"], as: ana).error.contains("sent @bob/"))
        let lines = [
            ["message", "show", message], ["message", "ls", "@bob"], ["message", "edit", message, "psst!"],
            ["message", "react", message, "👍"], ["message", "pin", message], ["message", "pins", "@bob"],
            ["message", "unpin", message], ["member", "ls", "@bob"], ["channel", "show", "@bob"],
            ["draft", "set", "@bob", "half"], ["marker", "set", "@bob"],
            ["message", "delete", message, "--yes"],
        ]
        for line in lines {
            let answer = await stage.plaza.run(line, as: ana)
            #expect(answer.code == .ok, "\(line): \(answer.error)")
        }
        // Looking opens nothing.
        #expect(await stage.plaza.run(["message", "show", "@bot/1"], as: ana).code == .notFound)
        #expect(await stage.plaza.run(["dm", "ls", "-o", "name"], as: ana).output.contains("bot") == false)
    }

    @Test func `a list of messages says in a word each what became of them`() async throws {
        let stage = try await Stage()
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        func run(_ line: String, as who: Plaza.As = .administrator) async -> String {
            await stage.plaza.run(line.split(separator: " ").map(String.init), as: who).output
        }
        _ = await run("channel create marks", as: ana)
        var names: [String] = []
        for text in ["one", "two", "three", "four"] {
            let name = await run("channel post marks \(text) -o name", as: ana)
            names.append(name.filter { !$0.isNewline })
        }
        _ = await run("message react \(names[0]) 👍", as: ana)
        _ = await run("message pin \(names[0])", as: ana)
        _ = await run("message edit \(names[1]) second", as: ana)
        _ = await run("message delete \(names[2]) --yes", as: ana)
        let first = try #require(names[0].split(separator: "/").last)
        _ = await run("channel post marks --reply-to \(first) fifth", as: ana)
        let table = await run("message ls marks --messages --fields marks,text", as: ana)
        #expect(
            table.split(whereSeparator: \.isNewline).map { $0.split(separator: " ").joined(separator: " ") } == [
                "MARKS TEXT", "pinned,👍 1 one", "edited second", "deleted", "four", "to \(first) fifth",
            ]
        )
        let kinds = await run("message ls marks --fields push,marks", as: ana)
        let reaction = try #require(kinds.split(whereSeparator: \.isNewline).first { $0.hasPrefix("reaction") })
        #expect(reaction.split(separator: " ") == ["reaction", "on", "\(first),👍"], "\(kinds)")
    }

    @Test func `a token that may only post posts by the channel's name, and can read nothing`() async throws {
        let stage = try await Stage()
        func run(_ line: String, as who: Plaza.As = .administrator) async -> Plaza.Answer {
            await stage.plaza.run(line.split(separator: " ").map(String.init), as: who)
        }
        _ = await run("member add lounge bot")
        let token = await run("user token create bot --label alarm --scope post -o name").output
        let bot = Plaza.As.token(token.filter { !$0.isNewline })
        let sent = await run("channel post #lounge fire -o name", as: bot)
        #expect(sent.code == .ok && sent.output.hasPrefix("lounge/"), "\(sent.error)")
        let shown = await run("message show \(sent.output.filter { !$0.isNewline }) --fields text")
        #expect(shown.output.contains("fire"))
        #expect(await run("channel show lounge", as: bot).code == .forbidden)
        #expect(await run("channel post nowhere fire", as: bot).code == .notFound)
    }

    @Test func `what is found is named as other commands take it, in direct conversations too`() async throws {
        let stage = try await Stage()
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        let sent = await stage.plaza.run(["dm", "post", "bob", "the zebra is late", "-o", "name"], as: ana).output
        let found = await stage.plaza.run(["message", "search", "zebra", "-o", "name"], as: ana)
        #expect(found.output == sent && sent.hasPrefix("@bob/"), "\(found.output) \(found.error)")
    }

    @Test func `a profile is shown with what people say of themselves`() async throws {
        let stage = try await Stage()
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        let line = ["profile", "edit", "--status", "back at 3", "--about", "likes tea"]
        let edited = await stage.plaza.run(line, as: ana).output
        for text in ["STATUS", "back at 3", "ABOUT", "likes tea"] { #expect(edited.contains(text), "\(edited)") }
        // In a list they would push everything else away.
        #expect(await stage.plaza.run(["user", "ls"], as: ana).output.contains("likes tea") == false)
    }

    @Test func `a draft is shown by its channel`() async throws {
        let stage = try await Stage()
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        for place in ["lounge", "@bob"] {
            _ = await stage.plaza.run(["draft", "set", place, "half a \(place)"], as: ana)
        }
        let list = await stage.plaza.run(["draft", "ls", "-o", "csv", "--fields", "channelName,text"], as: ana)
        #expect(
            list.output.split(whereSeparator: \.isNewline).dropFirst().sorted() == [
                "'@bob,half a @bob", "lounge,half a lounge",
            ]
        )
    }

    @Test func `what is told beside a code names the account, and the code is told once`() async throws {
        let stage = try await Stage()
        for line in [["user", "reset", "bob"], ["user", "create", "carol"]] {
            let answer = await stage.plaza.run(line + ["-o", "json"])
            let code = try #require(answer.output.split(separator: "\"").first { $0.hasPrefix("plz_c_") })
            #expect(!answer.error.contains(code), "\(answer.error)")
        }
        #expect(await stage.plaza.run(["user", "reset", "bob"]).error.contains("reset bob"))
    }
}
