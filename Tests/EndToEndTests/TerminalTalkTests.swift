import ChatTestKit
import Testing

/// Real terminals, one scenario after the other: each has a daemon and a tmux of its own, and two cores are few.
@Suite(.serialized) struct TerminalTests {}

extension TerminalTests {
    /// Two people who have never been here talk, each in a terminal.
    @Suite struct Talk {
        /// Through the questions of the first start, to #general.
        private func begin(_ pane: TerminalPane, _ name: String) async throws {
            // A daemon of this machine's own may be offered first.
            var screen = try await pane.see("Which daemon?", "another address")
            while screen.row(with: "› ")?.text.contains("(/tmp/plaza-") == false {
                let before = screen
                try await pane.press("Down")
                screen = try await pane.wait("the next row") { $0 != before }
            }
            try await pane.press("Enter")
            try await pane.see("You are not signed in", "Make an account")
            try await pane.press("Down", "Enter")
            try await pane.see("Password again", "2 to 32 letters")
            try await pane.line(name)
            try await pane.line(TerminalStage.password)
            let form = try await pane.see("••••")
            #expect(!form.text.contains(TerminalStage.password))
            try await pane.line(TerminalStage.password)
            try await pane.see("Three things to try", "#general", "\(name) joined")
        }

        @Test func `two newcomers register, talk, and see what the other does`() async throws {
            let stage = try await TerminalStage.start()
            let ana = try await stage.open("ana", term: "xterm-256color")
            let bob = try await stage.open("bob", term: "tmux-256color")
            try await begin(ana, "ana")
            try await begin(bob, "bob")
            try await ana.see("bob joined", "2/2 here")

            // Typing, then the message itself.
            try await ana.type("good morning")
            try await bob.see("ana is writing …")
            try await ana.press("Enter")
            try await bob.wait("the message alone") {
                $0.row(with: "good morning")?.text.contains("ana") == true && !$0.text.contains("is writing")
            }
            try await bob.line("hello ana")
            try await ana.see("bob hello ana")

            // Presence.
            try await ana.press("F3")
            try await ana.see("2 members", "● bob")
            try await bob.line("/away at lunch")
            try await ana.see("◐ bob", "at lunch")
            try await bob.line("/back")
            try await ana.see("● bob")
            try await ana.press("F3")

            // A reply by keys: the second message from below.
            try await bob.press("Up", "Up")
            try await bob.see("r reply · e edit")
            try await bob.press("r")
            try await bob.see("answer ana: good morning")
            try await bob.line("and to you")
            let reply = try await ana.see("↱ ana: good morning", "and to you")
            #expect(reply.isInOrder(["bob hello ana", "↱ ana: good morning", "and to you"]))

            // A reaction, an edit, a deletion.
            try await ana.line("/react 1 :+1:")
            try await bob.see("👍 ana")
            try await bob.press("Up")
            try await bob.press("e")
            try await bob.see("change your message")
            try await bob.line(", my friend")
            try await ana.see("and to you, my friend (edited)")
            try await ana.line("/react 1 :+1:")
            try await bob.lose("👍")
            try await ana.line("/delete 3")
            try await bob.see("message deleted", "↱ ana: (deleted)")
            #expect(try await bob.screen().text.contains("good morning") == false)

            // What is drawn is what a chat client may draw, and both terminals hold the same.
            for pane in [ana, bob] { #expect(pane.output.violations == []) }
            for pane in [ana, bob] {
                try await pane.line("/quit")
                try await pane.end(0)
            }
        }

        @Test func `unread marks move as one reads, and the read line stays where it is`() async throws {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            try await bob.line("/create #side Beside")
            try await bob.see("#side", "bob made this channel")
            try await ana.line("/join #side")
            try await ana.see("ana joined")
            try await bob.see("ana joined")
            try await bob.line("first of all")
            try await ana.see("first of all")

            // Elsewhere: counted beside the channel, mentions on their own.
            try await ana.line("/join #general")
            try await ana.see("Three things to try")
            try await bob.line("one")
            try await bob.line("two")
            try await ana.wait("two unread") { $0.row(with: "#side")?.text.contains("2") == true }
            try await bob.line("@ana three")
            try await ana.wait("a mention") { $0.row(with: "#side")?.text.contains("@1 3") == true }
            try await ana.see("1 unread")

            // There: the line is above the first that is new, the marks are gone.
            try await ana.press("M-a")
            let there = try await ana.see("@ana three", "─ new ─")
            #expect(there.isInOrder(["first of all", "─ new ─", "one", "two", "@ana three"]))
            try await ana.wait("no marks") { screen in
                !screen.text.contains("@1 ") && !screen.text.contains("1 unread")
            }
            // More comes: the line stays above what was new first.
            try await bob.line("four")
            let more = try await ana.see("four")
            #expect(more.isInOrder(["first of all", "─ new ─", "one", "two", "@ana three", "four"]))
            #expect(more.count(of: "─ new ─") == 1)

            // Nobody looks: the line moves to what comes meanwhile, and stays when one looks again.
            try await ana.line("an answer")
            try await ana.lose("─ new ─")
            try await ana.focus(false)
            try await bob.line("while you were away")
            try await ana.see("while you were away", "─ new ─")
            try await ana.focus(true)
            try await bob.line("and now")
            let back = try await ana.see("and now")
            #expect(back.isInOrder(["an answer", "─ new ─", "while you were away", "and now"]))

            // Another device of the same person has the marker, too.
            try await ana.press("C-q")
            try await ana.end(0)
            let again = try await stage.chat("ana")
            try await again.wait("nothing unread") { $0.row(with: " #side").map { !$0.text.contains("1") } == true }
        }
    }
}
