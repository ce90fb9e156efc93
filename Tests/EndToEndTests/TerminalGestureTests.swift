import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// The mouse, search, the switcher, pastes.
    @Suite struct Gestures {
        /// #general with many messages and one that is looked for.
        private func begin() async throws -> TerminalPane {
            let stage = try await TerminalStage.start()
            let bot = try await stage.world.bot("talker")
            let side = try await stage.world.channel("side", [bot])
            let live = try await stage.world.live(bot)
            _ = try await live.call("channels.join", ["channel": "general"])
            let general = try #require(
                try await stage.world.call(.me, Empty(), as: bot).channels.first { $0.channel.name == "general" }
            )
            try await live.say(
                (1...300).map { $0 == 40 ? "the needle in line 40" : "line \($0)" },
                in: general.channel.id
            )
            try await live.say("beside", in: side.id)
            let ana = try await stage.enter("ana")
            try await ana.line("/join #side")
            try await ana.see("beside")
            try await ana.press("M-Up")
            try await ana.see("line 300")
            return ana
        }

        @Test func `the wheel scrolls, a click opens a channel, and the mouse can be left to the terminal`()
            async throws
        {
            let ana = try await begin()
            try await ana.wheelUp(x: 50, y: 10)
            try await ana.see("↓ ", " below · End")
            for _ in 0..<3 { try await ana.wheelUp(x: 50, y: 10) }
            try await ana.lose("line 295")
            for _ in 0..<4 { try await ana.wheelDown(x: 50, y: 10) }
            try await ana.see("line 300")
            try await ana.lose(" below")

            // A channel of the sidebar, a message, the line.
            let side = try #require(try await ana.screen().row(with: " #side"))
            try await ana.click(x: 3, y: side.index)
            try await ana.see("beside", "message #side")
            let row = try #require(try await ana.screen().row(with: "beside"))
            try await ana.click(x: 50, y: row.index)
            try await ana.see("r reply · e edit")
            try await ana.press("Escape")
            try await ana.see("message #side")

            try await ana.line("/mouse off")
            try await ana.see("mouse off")
            #expect(try await ana.variable("mouse_button_flag") == "0")
            #expect(try await ana.variable("mouse_sgr_flag") == "0")
            try await ana.line("/mouse on")
            try await ana.lose("mouse off")
            #expect(try await ana.variable("mouse_button_flag") == "1")
        }

        @Test func `search finds, goes there, and comes back to exactly where one was`() async throws {
            let ana = try await begin()
            // Not at the end: somewhere in the middle.
            try await ana.press("PageUp")
            try await ana.see(" below")
            let before = try await ana.screen()
            try await ana.press("C-f")
            try await ana.see("Search #general")
            try await ana.line("needle")
            try await ana.see("talker the needle in line 40")
            try await ana.press("Enter")
            let there = try await ana.see("the needle in line 40", "line 41", "Esc: back")
            #expect(!there.text.contains("line 300"))
            // First back to what was found, then to where it began.
            try await ana.press("Escape")
            try await ana.see("Search #general", "the needle in line 40")
            try await ana.press("Escape")
            try await ana.wait("the place before") { $0.rows.dropFirst() == before.rows.dropFirst() }

            try await ana.press("End")
            try await ana.see("line 300")
            try await ana.line("/search nowhere-to-be-found")
            try await ana.see("nothing found")
            try await ana.press("Escape")
            try await ana.lose("nothing found")
        }

        @Test func `the switcher goes to channels, people and commands`() async throws {
            let ana = try await begin()
            try await ana.press("C-k")
            try await ana.see("Go to", "#side", "@talker")
            try await ana.type("sid")
            try await ana.see("› sid", "/sidebar")
            try await ana.press("Enter")
            try await ana.see("beside", "message #side")
            try await ana.press("C-k")
            try await ana.see("Go to")
            try await ana.type("/keys")
            try await ana.see("show the keys")
            try await ana.press("Enter")
            try await ana.see("Help", "Anywhere")
            try await ana.press("Escape")
            try await ana.see("message #side")
        }

        @Test func `a command says what it takes while it is written`() async throws {
            let ana = try await begin()
            try await ana.type("/")
            try await ana.see("Tab shows the commands")
            try await ana.type("rea")
            try await ana.see("Tab completes")
            try await ana.press("Tab")
            try await ana.see("› /rea")
            try await ana.press("C-c")
            try await ana.type("/react")
            try await ana.see("/react [N] EMOJI — react to message N, or take it back")
            try await ana.press("C-c")
            try await ana.see("F1 help")
        }

        @Test func `a paste of forty lines asks first`() async throws {
            let ana = try await begin()
            let lines = (1...40).map { "pasted \($0)" }
            try await ana.paste(lines.joined(separator: "\n") + "\n")
            try await ana.see("Paste", "40 messages line by line", "send as one message", "send 40 messages")
            try await ana.press("Escape")
            let after = try await ana.lose("send as one message")
            #expect(after.text.contains("message #general") && !after.text.contains("pasted"))
            // Into the line, to edit; then away.
            try await ana.paste(lines.joined(separator: "\n"))
            try await ana.see("send as one message")
            try await ana.press("e")
            try await ana.see("pasted 40")
            try await ana.press("C-c")
            try await ana.see("message #general")
            // As one message.
            try await ana.paste(lines.joined(separator: "\n"))
            try await ana.see("send as one message")
            try await ana.press("Enter")
            try await ana.wait("one message") { screen in
                screen.text.contains("message #general") && screen.row(with: "pasted 40")?.text.contains(":") == false
            }
            // Two lines are typed by hand, too: nobody asks, nothing is sent.
            try await ana.paste("one\ntwo\n")
            let two = try await ana.see("› one", "two")
            #expect(!two.text.contains("Paste"))
        }
    }
}
