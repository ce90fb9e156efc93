import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// Zones, locales, terminals and pipes.
    @Suite struct Places {
        @Test(.timeLimit(.minutes(2))) func `people see local days and times`() async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana")
            let pipe = try stage.pipe("ana", ["--socket", stage.daemon.socketPath, "--json"])
            try await pipe.line("what time is it")
            try await pipe.see("what time is it")
            pipe.endInput()
            let said = try #require(
                try await pipe.finish().output.split(separator: "\n")
                    .map { try Coding.decode(JSON.self, from: Array($0.utf8)) }
                    .first { $0["text"] == "what time is it" }
            )
            let at = try #require(said["at"]?.integer) / 1_000

            // The last two are never on the same day.
            for zone in ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
                let date = try await FinishedCommand.run(
                    "/usr/bin/env",
                    ["date", "-d", "@\(at)", "+%H:%M|%A, %-d %B %Y"],
                    environment: ["PATH=/usr/bin:/bin", "TZ=" + zone, "LC_ALL=C"]
                )
                let parts = date.output.split(separator: "\n")[0].split(separator: "|").map(String.init)
                let pane = try await stage.chat("ana", environment: ["TZ=" + zone])
                let screen = try await pane.see("what time is it", parts[1])
                #expect(screen.row(with: "what time is it")?.text.contains(parts[0] + " ") == true, "\(zone): \(parts)")
                try await pane.press("C-q")
                try await pane.end(0)
            }
        }

        @Test func `every terminal shows the same text, also without a locale`() async throws {
            let stage = try await TerminalStage.start()
            let text = "naïve 漢字 Ελλάδα €"
            let first = try await stage.enter("ana", term: "xterm-256color", width: 90, height: 24)
            try await first.say(text)
            let wanted = try await first.screen().message(text)
            #expect(try await first.screen().count(of: text) == 1)
            let kinds: [(term: String, more: [String])] = [
                ("tmux-256color", []), ("screen", []), ("linux", []), ("vt100", []),
                ("xterm-256color", ["LANG=C", "LC_ALL=C"]), ("screen-256color", ["LANG=nonsense"]),
                ("xterm-256color", ["NO_COLOR=1"]), ("xterm-256color", ["COLORTERM=truecolor"]),
            ]
            for (term, more) in kinds {
                let pane = try await stage.chat("ana", term: term, environment: more, width: 90, height: 24)
                let row = try await pane.see(text).message(text)
                #expect(row == wanted, "\(term) \(more)")
                try await pane.press("C-q")
                try await pane.end(0)
                // Where there is no other screen to go back to, this one is wiped.
                #expect(try await pane.screen().text.contains(text) == false, "\(term) \(more)")
                let output = pane.output
                #expect(output.violations == [], "\(term) \(more)")
                #expect(output.openModes == [], "\(term) \(more)")
                let isColoured = output.pieces.contains { piece in
                    guard case .sequence(let parameters, "m") = piece else { return false }
                    return parameters.split(separator: ";").contains { word in
                        guard let number = Int(word.prefix { $0 != ":" }) else { return false }
                        return (30...38).contains(number) || (40...48).contains(number) || (90...107).contains(number)
                    }
                }
                #expect(isColoured == !(term == "vt100" || more.contains("NO_COLOR=1")), "\(term) \(more)")
            }
        }

        @Test func `where there is no full screen, it is --plain and says so`() async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana")
            let dumb = try await stage.open("ana", ["--socket", stage.daemon.socketPath], term: "dumb")
            try await dumb.see("TERM=dumb has no cursor movement; this is --plain", "this is #general")
            try await dumb.line("from a typewriter")
            try await dumb.wait("the line and its echo") { $0.count(of: "from a typewriter") == 2 }
            try await dumb.line("/quit")
            try await dumb.end(0)
            let escapes = dumb.output.pieces.filter { piece in
                if case .sequence = piece { true } else { false }
            }
            #expect(escapes == [])

            // Pipes: standard input is read to its end, everything is sent, then it ends.
            let pipe = try stage.pipe("ana", ["--socket", stage.daemon.socketPath])
            try await pipe.write("from a pipe\n/react 1 :+1:\n")
            pipe.endInput()
            let end = try await pipe.finish()
            #expect(end.status == 0)
            #expect(end.errors == "chat-tui: standard input is not a terminal; this is --plain\n")
            #expect(end.output.contains("ana: from a typewriter\n"))
            #expect(end.output.contains("ana: from a pipe\n") && end.output.contains("ana reacted 👍 to #"))
        }

        @Test func `--json is one object a line, in and out`() async throws {
            let stage = try await TerminalStage.start()
            try await stage.register("ana", "bob")
            let ana = try stage.pipe("ana", ["--socket", stage.daemon.socketPath, "--json"])
            let bob = try stage.pipe("bob", ["--socket", stage.daemon.socketPath, "--json", "--channel", "#general"])
            try await ana.see("\"live\"")
            try await bob.see("\"live\"")
            try await ana.line("{\"channel\":\"#general\",\"text\":\"/not a command\"}")
            try await bob.see("/not a command")
            try await bob.line("{\"line\":\"/reply 1 indeed\"}")
            try await ana.see("indeed")
            try await ana.line("{\"line\":\"/nonsense\"}")
            try await ana.see("there is no command /nonsense")
            for program in [ana, bob] {
                program.endInput()
                let end = try await program.finish()
                #expect(end.status == 0, "\(end.errors)")
                for line in end.output.split(separator: "\n") {
                    let json = try Coding.decode(JSON.self, from: Array(line.utf8))
                    #expect(json["type"]?.string != nil, "\(line)")
                }
            }
            #expect(ana.text.contains("\"replyTo\":"))
        }

        @Test func `a new size keeps what was typed; too small says what is needed`() async throws {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana", width: 120, height: 40)
            try await ana.line("a message")
            let draft = "a draft that is much longer than one narrow line of a small terminal can be"
            try await ana.type(draft)
            try await ana.see(draft)
            for _ in 0..<2 {
                try await ana.resize(width: 40, height: 12)
                try await ana.wait("the draft on several lines") { screen in
                    screen.rows.count == 12 && screen.text.contains("a message") && Self.joined(screen).contains(draft)
                }
                try await ana.resize(width: 39, height: 12)
                try await ana.see("This window has 39×12 cells; chat-tui", "needs 40×12.")
                try await ana.resize(width: 120, height: 40)
                let wide = try await ana.wait("the draft in one line") {
                    $0.rows.count == 40 && $0.text.contains("› " + draft)
                }
                #expect(wide.text.contains("a message") && wide.count(of: "a draft") == 1)
            }
            try await ana.resize(width: 5, height: 2)
            try await ana.wait("the beginning of the sentence") { $0.rows.first == "This" }
            try await ana.resize(width: 300, height: 90)
            try await ana.see("› " + draft)
            try await ana.press("Enter")
            try await ana.wait("the draft, sent") { $0.isSent(draft) }
            #expect(ana.output.violations == [])
        }

        /// What is written in the last rows, as if they were one line.
        private static func joined(_ screen: TerminalScreen) -> String {
            guard let start = screen.rows.firstIndex(where: { $0.hasPrefix("› ") }) else { return "" }
            return screen.rows[start...].map { $0.drop { $0 == "›" || $0 == " " } }.joined(separator: " ")
        }
    }
}
