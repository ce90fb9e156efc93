import ChatTestKit
import Glibc
import Testing

extension TerminalTests {
    /// Clients and daemons are killed; what was typed is there, once, in order.
    @Suite struct Recovery {
        @Test func `a killed client opens from its cache, gets what it missed and finds its draft`() async throws {
            let stage = try await TerminalStage.start()
            let bob = try await stage.enter("bob")
            let ana = try await stage.enter("ana")
            for text in ["the first", "the second", "the third"] { try await bob.line(text) }
            try await ana.see("the first", "the second", "the third")

            // The draft is on the daemon as soon as another device could have it.
            let other = try await stage.chat("ana", term: "tmux-256color")
            try await ana.type("half a thought")
            try await bob.see("ana is writing …")
            try await other.see("› half a thought")
            try await other.press("C-q")
            try await other.end(0)

            try ana.signal(SIGKILL)
            try await ana.end(137)
            try await bob.line("while you were gone")
            try await bob.see("while you were gone")

            // A daemon that does not answer: what is on the screen now is from the cache.
            stage.daemon.signal(SIGSTOP)
            let again = try await stage.open("ana", ["--socket", stage.daemon.socketPath])
            let cached = try await again.see("#general", "the first", "the second", "the third", "connecting …")
            #expect(!cached.text.contains("while you were gone"))
            stage.daemon.signal(SIGCONT)
            let caught = try await again.see("while you were gone", "› half a thought")
            for text in ["the first", "the second", "the third", "while you were gone"] {
                #expect(caught.count(of: text) == 1, "\(text)")
            }
            #expect(caught.isInOrder(["the first", "the second", "the third", "while you were gone"]))

            // The thought goes on, and arrives once.
            try await again.type(", and the rest")
            try await again.press("Enter")
            let seen = try await bob.see("half a thought, and the rest")
            #expect(seen.count(of: "half a thought") == 1)
        }

        @Test func `what is typed while the daemon is dead is pending, then sent once and in order`() async throws {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            try await ana.line("before")
            try await bob.see("before")

            stage.daemon.kill()
            try await ana.see("offline")
            try await bob.see("offline")
            let texts = ["pending one", "pending two", "pending three"]
            for text in texts { try await ana.line(text) }
            let pending = try await ana.see("pending three", "3 waiting")
            for text in texts {
                #expect(pending.message(text) != nil && !pending.isSent(text), "\(text)")
            }
            // This one is killed with the message in its outbox, and sends it when it comes back.
            try await bob.line("from the outbox")
            try await bob.see("from the outbox", "1 waiting")
            try bob.signal(SIGKILL)
            try await bob.end(137)

            try await stage.daemon.restart()
            let back = try await stage.open("bob", ["--socket", stage.daemon.socketPath], term: "tmux-256color")
            try await ana.line("/reconnect")
            for pane in [ana, back] {
                let screen = try await pane.wait("all four, sent") { screen in
                    (texts + ["from the outbox"]).allSatisfy(screen.isSent)
                        && !screen.text.contains("waiting") && !screen.text.contains("offline")
                }
                for text in texts + ["from the outbox"] { #expect(screen.count(of: text) == 1, "\(text)") }
                #expect(screen.isInOrder(["before"] + texts))
            }

            // The daemon dies at the very moment of sending: sent or not, it is there once.
            for round in 1...3 {
                try await ana.type("at the moment \(round)")
                try await ana.press("Enter")
                stage.daemon.kill()
                try await stage.daemon.restart()
                try await ana.line("/reconnect")
                try await back.line("/reconnect")
                try await back.see("at the moment \(round)")
            }
            try await ana.line("the end")
            for pane in [ana, back] {
                let screen = try await pane.wait("the end, sent") { screen in
                    screen.isSent("the end") && !screen.text.contains("waiting")
                }
                let all = texts + (1...3).map { "at the moment \($0)" } + ["the end"]
                #expect(screen.isInOrder(all))
                for text in all { #expect(screen.count(of: text) == 1, "\(text)") }
            }
        }
    }
}
