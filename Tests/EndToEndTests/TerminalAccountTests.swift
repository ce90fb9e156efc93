import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// Several accounts, and the way back into one.
    @Suite struct Accounts {
        private func signUp(_ pane: TerminalPane, _ name: String, code: String? = nil) async throws {
            try await pane.see("Make an account", "I have a code")
            if let code {
                try await pane.press("Down", "Down", "Enter")
                try await pane.see("New password again")
                try await pane.line(code)
            } else {
                try await pane.press("Down", "Enter")
                try await pane.see("Password again")
            }
            // The name is proposed where it is known.
            try await pane.press("C-u")
            try await pane.line(name)
            for _ in 0..<2 { try await pane.line(TerminalStage.password + (code ?? "")) }
        }

        @Test func `two accounts of one person stand side by side`() async throws {
            let stage = try await TerminalStage.start()
            let work = try await stage.open("ana", ["--socket", stage.daemon.socketPath, "--profile", "work"])
            try await signUp(work, "ana-work")
            try await work.see("Three things to try")
            let home = try await stage.open("ana", ["--socket", stage.daemon.socketPath, "--profile", "home"])
            try await signUp(home, "ana-home")
            try await home.see("Three things to try")
            try await work.line("from work")
            let seen = try await home.see("from work")
            #expect(seen.row(with: "from work")?.text.contains("ana-work") == true)
            try await home.line("from home")
            try await work.see("from home")

            // Each profile comes back as itself.
            for pane in [work, home] {
                try await pane.press("C-q")
                try await pane.end(0)
            }
            for name in ["work", "home"] {
                let pane = try await stage.open("ana", ["--profile", name])
                let screen = try await pane.see("from work", "from home", "/2 here")
                #expect(screen.rows.first?.hasPrefix(" ana-\(name)") == true)
                try await pane.press("C-q")
                try await pane.end(0)
            }
        }

        @Test func `what is wrong is said, and the cursor stands there`() async throws {
            let stage = try await TerminalStage.start()
            let pane = try await stage.open("ana", ["--socket", stage.daemon.socketPath])
            try await pane.see("Make an account")
            try await pane.press("Down", "Enter")
            try await pane.see("Password again")
            for text in ["a", "one password", "another password"] { try await pane.line(text) }
            try await pane.see("the name has 1 character", "Name            › a")
            try await pane.line("na")
            for _ in 0..<2 { try await pane.press("Enter") }
            try await pane.see("the two passwords differ", "Password        ›")
            for _ in 0..<2 { try await pane.line("password1234") }
            // This the daemon says. What is not seen is not gone on with.
            try await pane.see("password is one of the first", "Password        ›")
            #expect(try await pane.screen().text.contains("•") == false)
            for _ in 0..<2 { try await pane.line(TerminalStage.password) }
            try await pane.see("ana joined", "Three things to try")

            let other = try await stage.open("other", ["--socket", stage.daemon.socketPath])
            try await other.see("› Sign in")
            try await other.press("Enter")
            try await other.see("Name      ›", "Password")
            try await other.line("ana")
            try await other.line("not the password")
            try await other.see("Password  ›", "wrong")
            try await other.line(TerminalStage.password)
            try await other.see("ana joined")

            // Without a screen, too: the reason, then the question again.
            let plain = try stage.pipe("third", ["--socket", stage.daemon.socketPath, "--plain"])
            try await plain.write("2\nana\n\(TerminalStage.password)\n\(TerminalStage.password)\n")
            try await plain.see("! the name")
            try await plain.line("/quit")
            #expect(try await plain.finish().output.hasSuffix("name?\n"))
        }

        @Test func `an administrator's code sets a new password and ends the other sessions`() async throws {
            let stage = try await TerminalStage.start()
            let old = try await stage.enter("ana")
            try await old.say("before")
            let answer = try await stage.administer("user", "reset", "ana", "-o", "json")
            let code = try #require(try Coding.decode(JSON.self, from: Array(answer.utf8))["code"]?.string)

            let fresh = try await stage.open("second", ["--socket", stage.daemon.socketPath])
            // A wrong code is said, and asked for again.
            try await signUp(fresh, "ana", code: "plz_c_00000000000000000000000000")
            try await fresh.see("this code is not valid", "New password again")
            try await fresh.press("Escape")
            try await fresh.lose("New password again")
            try await fresh.press("Up", "Up")
            try await signUp(fresh, "ana", code: code)
            try await fresh.see("before", "message #general")
            // Where the old session was: asked to sign in, and what happened is said.
            try await old.see("Sign in", "this session was ended: sign in again")
            #expect(try await old.screen().text.contains("before") == false)
            try await old.press("Enter")
            try await old.see("Password")
            try await old.line(TerminalStage.password + code)
            try await old.see("before", "message #general")
        }
    }
}
