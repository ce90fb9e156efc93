import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// People who send what would command a terminal.
    @Suite struct Hostile {
        private static let escape = "\u{1B}"
        /// Swift takes none of them in a literal.
        private static let noncharacters = [0xFFFE, 0xFDD0, 0x1FFFF, 0x10FFFF]
            .compactMap { Unicode.Scalar($0).map { String(Character($0)) } }.joined()
        /// Each with a word that finds it again.
        private static let texts: [(word: String, text: String)] = [
            ("clear", "clear \(escape)[2J\(escape)[H"),
            ("title", "title \(escape)]2;owned\u{07}"),
            ("clipboard", "clipboard \(escape)]52;c;b3duZWQ=\(escape)\\"),
            ("link", "link \(escape)]8;;https://evil.example\(escape)\\here\(escape)]8;;\(escape)\\"),
            ("device", "device \(escape)P+q544e\(escape)\\"),
            ("c1", "c1 \u{9B}2J\u{9D}52;c;b3duZWQ=\u{9C}\u{90}x\u{9C}"),
            ("backspace", "backspace \u{08}\u{08}\u{08}\u{7F}"),
            ("return", "return\rowned"),
            ("null", "null \u{0}\u{0E}\u{05}\u{07}"),
            ("bidi", "bidi \u{202E}gpj.exe\u{202C} \u{2066}isolated\u{2069} \u{200F}mark"),
            ("zero", "zero\u{200B}wi\u{200D}dth\u{2060}\u{FEFF} tags \u{E0041}\u{E0042}"),
            ("zalgo", "zalgo z" + String(repeating: "\u{0300}\u{0301}\u{0316}\u{0338}", count: 60) + "algo"),
            ("orphan", "\u{0301}\u{0301}\u{20E3}orphan \u{FE0F}\u{FE0F}\u{200D}\u{200D}"),
            ("separators", "separators\u{2028}a\u{2029}b\u{85}c"),
            ("tabs", "tabs\t\t\tand\nlines\n\n\n\nof text"),
            ("wide", "wide 漢字👩‍👩‍👧‍👦🏳️‍🌈" + String(repeating: "👩🏽‍🚀", count: 60)),
            ("long", "long" + String(repeating: "x", count: 3_000)),
            ("private", "private \u{E000}\u{F8FF}" + noncharacters),
            ("address", "address https://evil.example/\u{202E}\u{200B}%1b]52 http://a.example/\"'<>"),
        ]

        @Test(arguments: [
            "\u{1B}[2;5;3z", "\u{1B}]52;c;b3duZWQ=\u{1B}\\", "\u{1B}]0;owned\u{07}", "\u{1B}P+q544e\u{1B}\\", "\u{1B}c",
            "\u{9B}2J", "\u{202E}", "\u{200B}", "\u{05}", "\u{1B}[?9001h", "\u{1B}]8;;a\u{9C}", "\u{1B}[5n",
            "\u{1B}[21t",
        ])
        func `the watch knows a command when it sees one`(bytes: String) {
            #expect(TerminalOutput(Array("harmless \u{1B}[1mtext\u{1B}[m".utf8)).violations == [])
            #expect(TerminalOutput(Array("before \(bytes) after".utf8)).violations != [], "\(bytes.debugDescription)")
        }

        @Test func `the watch knows which modes are still on`() {
            let taken = "\u{1B}[?1049h\u{1B}[?2004h\u{1B}[?1002;1006h\u{1B}[?25l"
            #expect(TerminalOutput(Array(taken.utf8)).openModes == ["?1049", "?2004", "?1002", "?1006", "?25"])
            let given = taken + "\u{1B}[?1002;1006l\u{1B}[?2004l\u{1B}[?25h\u{1B}[?1049l"
            #expect(TerminalOutput(Array(given.utf8)).openModes == [])
        }

        @Test func `hostile text commands no terminal`() async throws {
            let stage = try await TerminalStage.start()
            let mallory = try await stage.world.person("mallory")
            let live = try await stage.world.live(mallory)
            let me = try await stage.world.call(.me, Empty(), as: mallory)
            let general = try #require(me.channels.first).channel.id
            let ana = try await stage.enter("ana", width: 100, height: 40)
            let bob = try await stage.enter("bob", term: "tmux-256color", width: 60, height: 40)
            let plain = try stage.pipe("ana", ["--socket", stage.daemon.socketPath, "--plain"])
            try await plain.see("this is #general")

            // Whatever the daemon lets through: messages, reactions, names, topics, states.
            var isAccepted: [Bool] = []
            for (word, text) in Self.texts {
                let result = try await live.call("messages.send", World.message(general, text))
                if case .success = result { isAccepted.append(true) } else { isAccepted.append(false) }
                let control = text.unicodeScalars.contains { scalar in
                    scalar != "\n" && scalar != "\t" && (scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value))
                }
                #expect(isAccepted.last == !control, "\(word)")
                // Refused or not: nothing of it may reach a terminal as it is.
                let name = ProfileChange(displayName: String(text.prefix(30)), statusText: String(text.prefix(40)))
                _ = try? await stage.world.call(.changeProfile, name, as: mallory)
                let reaction = ReactionRef(channel: general, seq: 1, emoji: String(text.suffix(3)))
                _ = try? await stage.world.call(.react, reaction, as: mallory)
                let channel = ChannelDraft(name: word + "-room", topic: String(text.prefix(100)))
                _ = try? await stage.world.call(.createChannel, channel, as: mallory)
            }
            #expect(isAccepted.contains(true) && isAccepted.contains(false))
            try await live.say("the last word", in: general)
            try await plain.see("the last word")

            // The index is a moment behind; who asks too often is told to wait.
            var isIndexed = false
            while !isIndexed {
                let page = try? await stage.world.call(.search, SearchQuery(q: "gpj"), as: mallory)
                isIndexed = page?.hits.isEmpty == false
            }

            for pane in [ana, bob] {
                try await pane.see("the last word")
                try await pane.line("/channels")
                try await pane.see("bidi-room")
                try await pane.press("Escape")
                try await pane.lose("bidi-room")
                // All of them pass over the screen.
                for _ in 0..<4 { try await pane.press("PageUp") }
                try await pane.see(" below ")
                try await pane.press("End")
                try await pane.see("the last word")
                try await pane.line("/search gpj")
                try await pane.see("gpj.exe")
                try await pane.press("Escape")
                try await pane.lose("Search")
                try await pane.line("/whois mallory")
                try await pane.see("(mallory)")
                try await pane.press("C-q")
                try await pane.end(0)
                let output = pane.output
                #expect(output.violations == [])
                #expect(output.openModes == [])
                #expect(try await pane.variable("pane_title").contains("owned") == false)
            }
            // Nobody but its person writes to the clipboard.
            #expect(try await stage.server.run(["list-buffers"]) == "")

            try await plain.line("/quit")
            _ = try await plain.finish()
            let lines = plain.text.unicodeScalars
            #expect(lines.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
            #expect(lines.allSatisfy { !(0x202A...0x202E).contains($0.value) && !(0x2066...0x2069).contains($0.value) })
            // Nobody writes a line in another's name.
            for line in plain.text.split(separator: "\n") {
                #expect(
                    line.hasPrefix("#") || line.hasPrefix("- ") || line.hasPrefix("! ") || line.hasPrefix("  "),
                    "\(line)"
                )
            }
        }
    }
}
