import ChatAPI
import ChatTestKit
import Testing
import chatctl

/// Names that a shell completes: those of the daemon, as the commands take them.
@Suite struct NameCompletionTests {
    @Test func `names of the help desk and of events are completed as commands take them`() async throws {
        let stage = try await Stage()
        let values = try await stage.scene.open()
        _ = try await stage.scene.prepare("request")
        _ = try await stage.scene.prepare("issue")
        let code = try #require(values["{code}"])
        let cases: [(list: String, prefix: String, line: String, expected: [String])] = [
            ("queues", "dev", "queue show", ["devconf/help\t1 waiting", "devconf/second\t0 waiting"]),
            ("requests", "@", "request take", ["@ana\tthe lamp is dark"]), ("requests", "@b", "request take", []),
            ("channels", "devconf/g", "channel post", ["devconf/general"]),
            ("issues", "devconf/", "event issue show", ["devconf/1\tBeamer is dark"]),
            ("issues", "d", "event issue show", ["devconf/\tDevConf"]),
            ("codes", "", "event code revoke devconf", [code]),
            ("attendees", "a", "event check-in devconf", ["ana\tregistered"]),
            ("scopes", "event/", "moderation ls", ["event/devconf\tDevConf"]),
            ("scopes", "agency/", "moderation ls", ["agency/nordlys\tnordlys"]),
            // What cannot be asked is none, and nothing goes wrong.
            ("codes", "", "event code revoke", []), ("invitations", "", "event ls", []), ("attendees", "", "", []),
            ("nonsense", "", "", []),
        ]
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        for (list, prefix, line, expected) in cases {
            let words = line.split(separator: " ").map(String.init)
            let answer = await stage.plaza.run(["__complete", list, prefix] + words, as: olga)
            #expect(
                answer.output.split(separator: "\n").map(String.init).sorted() == expected,
                "\(list) '\(prefix)' behind '\(line)': \(answer.error)"
            )
        }
    }

    @Test func `chats are completed by who is on the other side`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        _ = try await stage.scene.prepare("chat")
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        #expect(await stage.plaza.run(["__complete", "chats", "@"], as: olga).output == "@ana\n")
        let ana = Plaza.As.token(stage.ana.tokens.accessToken)
        #expect(await stage.plaza.run(["__complete", "chats", "@"], as: ana).output == "@olga\n")
    }
}
