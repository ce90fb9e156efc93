import ChatAPI
import ChatTestKit
import Glibc
import Testing

extension TerminalTests {
    /// Several people draw in one sketch, each in a terminal with real reports of a mouse; clients and daemons die meanwhile.
    @Suite struct Sketches {
        /// Makes the drawing and shows it in the whole window: its first cell is in the first column, under the title.
        private func make(_ pane: TerminalPane) async throws {
            try await pane.line("/sketch new plan 40x12")
            try await spread(pane)
        }

        private func open(_ pane: TerminalPane) async throws {
            // The card in the conversation says that it is there.
            try await pane.see("plan 40×12 by ana")
            try await pane.line("/sketch open plan")
            try await spread(pane)
        }

        private func spread(_ pane: TerminalPane) async throws {
            // Not the card, which has the same name: the strip of tools is there when the sketch is open.
            try await pane.see("p pencil")
            try await pane.press("F6")
            try await pane.wait("the whole window") { $0.rows.first?.hasPrefix(" ▦ plan 40×12") == true }
        }

        /// What a client's own picture exports to; the drawing has the keys after that.
        private func export(_ pane: TerminalPane, _ stage: TerminalStage, as form: String) async throws -> [UInt8] {
            let path = "\(stage.server.folder.path)/\(pane.name).\(form)"
            try await pane.line("/sketch export \(path)")
            try await pane.wait("the file \(path)") { _ in access(path, F_OK) == 0 }
            // The file is moved to its place: what is there is whole.
            return try #require(RunningDaemon.bytes(path))
        }

        private func row(_ screen: TerminalScreen, _ y: Int) -> String {
            screen.rows.indices.contains(y + Sketching.top) ? screen.rows[y + Sketching.top] : ""
        }

        /// Every pane, chatctl and the daemon have the same cells, in every form of file.
        private func expectEqual(_ panes: [TerminalPane], _ stage: TerminalStage) async throws {
            for form in ["txt", "ansi", "svg", "png", "md"] {
                var pictures: [[UInt8]] = []
                for pane in panes { pictures.append(try await export(pane, stage, as: form)) }
                let path = "\(stage.server.folder.path)/chatctl.\(form)"
                _ = try await stage.administer("sketch", "export", "general/plan", "--as", form, "--to", path)
                let other = try #require(RunningDaemon.bytes(path))
                for (pane, picture) in zip(panes, pictures) { #expect(picture == other, "\(form) of \(pane.name)") }
                unlink(path)
            }
            // The grids are compared when nobody points at them and nothing is about to be drawn.
            let text = try await stage.administer("sketch", "export", "general/plan")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast()
            for pane in panes { try await pane.press("Tab") }
            for pane in panes {
                try await pane.wait("the daemon's drawing:\n\(text)") { screen in
                    lines.enumerated().allSatisfy { y, line in
                        Sketching.isSame(row(screen, y), line, people: ["ana", "bob", "carol"])
                    }
                }
            }
            for pane in panes { try await pane.press("F6") }
        }

        @Test func `three people draw at once, one is killed, the daemon is killed, and all have the same picture`()
            async throws
        {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            let carol = try await stage.enter("carol")
            try await make(ana)
            try await open(bob)
            try await open(carol)
            // Whoever looks is named, before they have moved.
            try await ana.wait("who else is there") { $0.rows.first?.contains("with bob, carol") == true }

            // All at once: a box, a line through it, a freehand stroke. Step by step in turn: three buttons are down.
            try await ana.press("b")
            try await bob.press("l")
            try await ana.report(Sketching.strokes([(2, 1), (5, 2), (12, 5)]).joined())
            // A line joins what its own client has seen.
            try await bob.wait("ana's box") { row($0, 5).contains("└─────────┘") }
            let strokes = [
                (ana, Sketching.strokes([(20, 1), (25, 3), (30, 5)])),
                (bob, Sketching.strokes([(2, 3), (7, 3), (12, 3)])),
                (carol, Sketching.strokes([(2, 8), (6, 8), (6, 10)])),
            ]
            for step in 0..<4 { for (pane, reports) in strokes { try await pane.report(reports[step]) } }
            // The hands go away: where one is, what the next click would do is seen.
            for (pane, _) in strokes { try await pane.report(Sketching.move(38, 11)) }
            for pane in [ana, bob, carol] {
                try await pane.wait("everybody's strokes") { screen in
                    row(screen, 1).contains("┌─────────┐       ┌─────────┐")
                        && row(screen, 3).contains("├─────────┤") && row(screen, 8).contains("█████")
                }
            }

            // bob dies in the middle of a stroke; what the daemon has of it stays.
            try await bob.press("p")
            try await bob.report(Sketching.strokes([(20, 7), (24, 7)]).dropLast().joined())
            try await ana.wait("the beginning of bob's stroke") { row($0, 7).contains("█████") }
            try bob.signal(SIGKILL)
            try await bob.end(137)
            try await ana.press("t")
            try await ana.report(Sketching.strokes([(15, 10)]).joined())
            try await ana.type("meanwhile")
            try await ana.press("Escape")
            try await carol.wait("what ana types") { row($0, 10).contains("meanwhile") }
            let again = try await stage.chat("bob", term: "tmux-256color")
            try await open(again)
            try await again.wait("what he missed") { row($0, 10).contains("meanwhile") && row($0, 7).contains("█████") }

            // The daemon dies while ana's button is down, and comes back; she draws on all the time.
            try await ana.press("p")
            let stroke = Sketching.strokes((0..<12).map { (26 + $0, 9) })
            for report in stroke[..<4] { try await ana.report(report) }
            try await carol.wait("the beginning of ana's stroke") { row($0, 9).contains("█") }
            stage.daemon.kill()
            for report in stroke[4..<8] { try await ana.report(report) }
            try await ana.see("offline")
            try await stage.daemon.restart()
            for report in stroke[8...] { try await ana.report(report) }
            for pane in [ana, again, carol] { try await pane.line("/reconnect") }
            for pane in [ana, again, carol] {
                try await pane.wait("ana's whole stroke") { screen in
                    row(screen, 9).contains(String(repeating: "█", count: 12)) && !screen.text.contains("offline")
                }
            }
            try await expectEqual([ana, again, carol], stage)
            for pane in [ana, again, carol] { #expect(pane.output.violations == []) }
        }

        @Test
        func `a client that is killed in mid-stroke while the daemon is dead sends the stroke when both are back`()
            async throws
        {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            try await make(ana)
            try await ana.report(Sketching.strokes([(1, 1), (5, 1)]).joined())
            try await ana.wait("a stroke") { row($0, 1).contains("█████") }
            stage.daemon.kill()
            try await ana.see("offline")
            // The button is down, and stays it until the end.
            try await ana.report(Sketching.strokes([(10, 4), (20, 4), (20, 8)]).dropLast().joined())
            try await ana.wait("the stroke, on this screen only") {
                row($0, 4).contains(String(repeating: "█", count: 11))
            }
            // What is seen is on the disk.
            try await ana.wait("its corner") { row($0, 8).contains("█") }
            try ana.signal(SIGKILL)
            try await ana.end(137)
            try await stage.daemon.restart()
            #expect(try await !stage.administer("sketch", "export", "general/plan").contains("███████"))

            let again = try await stage.chat("ana")
            try await open(again)
            try await again.wait("the whole stroke") { screen in
                row(screen, 4).contains(String(repeating: "█", count: 11)) && row(screen, 8).contains("█")
            }
            let text = try await stage.administer("sketch", "export", "general/plan")
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false)[4].contains("███████████"))
            // It is one stroke of hers: one undo takes it back.
            try await again.press("u")
            try await again.see("taken back")
            try await again.wait("the paper without it") { !row($0, 4).contains("█") && row($0, 1).contains("█████") }
        }

        @Test func `a release outside of the window ends the stroke, and undo takes back one's own only`() async throws
        {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            try await make(ana)
            try await ana.wait("reports of the mouse without a button", "mouse_all_flag", "1")
            try await open(bob)

            // Pressed, dragged; the release is never told, then the mouse moves without a button.
            try await ana.report(
                Sketching.strokes([(2, 2), (7, 2)]).dropLast().joined() + Sketching.move(7, 5) + Sketching.move(19, 5)
            )
            try await bob.wait("the stroke") { row($0, 2).contains("██████") }
            try await ana.wait("nothing below") { !row($0, 5).contains("█████") }

            // bob draws over its end; undo leaves his cells.
            try await bob.press("g")
            try await bob.type("#")
            try await bob.report(Sketching.strokes([(6, 2), (9, 2)]).joined())
            try await ana.wait("bob's cells") { row($0, 2).contains("████####") }
            try await ana.press("u")
            try await ana.see("taken back; 2 cells that others drew over stay")
            try await bob.wait("what is left") { !row($0, 2).contains("█") && row($0, 2).contains("####") }
            try await ana.press("U")
            try await bob.wait("what came back") { row($0, 2).contains("████####") }

            // Closed, the mouse is as before.
            try await ana.press("q")
            try await ana.lose("p pencil")
            try await ana.wait("no reports without a button", "mouse_all_flag", "0")
            try await ana.wait("reports of buttons", "mouse_button_flag", "1")
        }

        @Test func `lines tell what a drawing shows, and a recording shows how it was drawn`() async throws {
            let stage = try await TerminalStage.start()
            let recording = stage.server.folder.path + "/recording"
            try await stage.register("ana")
            let ana = try await stage.chat("ana", ["--record", recording])
            try await make(ana)
            try await ana.press("t")
            try await ana.type("to be read aloud")
            try await ana.press("Escape")
            // Not in one go: the two keys would be one, with Alt.
            try await ana.see("to be read aloud", "Space type")
            try await ana.press("p")
            try await ana.report(Sketching.strokes([(3, 9), (8, 9)]).joined() + Sketching.move(38, 11))
            try await ana.wait("a stroke") { row($0, 9).contains("██████") }
            try await stage.register("bob")
            let bob = try stage.pipe("bob", ["--socket", stage.daemon.socketPath, "--plain"])
            try await bob.see("this is #general")
            try await bob.line("/sketch show plan")
            try await bob.see("40×12 cells, made by ana")
            try await bob.see("to be read aloud")
            try await bob.line("/quit")
            #expect(try await bob.finish().status == 0)

            let shown = try await ana.screen().rows.dropLast(3)
            try await ana.press("q")
            try await ana.lose("p pencil")
            try ana.signal(SIGKILL)
            try await ana.end(137)
            // Without a terminal, a recording is its last picture; up to where the drawing was closed it is the same.
            let text = try #require(RunningDaemon.read(recording))
            let lines = text.split(separator: "\n")
            let closed = try #require(lines.lastIndex { $0.contains("\"key\":\"q\"") })
            let cut = recording + "-cut"
            try RunningDaemon.write(lines[..<closed].joined(separator: "\n"), to: cut)
            let replayed = try await FinishedCommand.run(
                try DaemonBinary.path(of: "chat-tui"),
                ["--replay", cut],
                environment: stage.environment("ana", term: "dumb")
            )
            #expect(replayed.status == 0, "\(replayed.errors)")
            let rows = TerminalScreen(replayed.output).rows
            #expect(Array(rows.prefix(shown.count)) == Array(shown), "\(replayed.output)")
        }
    }
}

/// The mouse on a drawing that has the whole window: reports in SGR 1006, as the terminal sends them.
private enum Sketching {
    /// Rows above the drawing.
    static let top = 1

    /// Button down at the first cell, along the others, up at the last.
    static func strokes(_ cells: [(x: Int, y: Int)]) -> [String] {
        var reports: [String] = []
        for (index, cell) in cells.enumerated() {
            reports.append("\u{1B}[<\(index == 0 ? 0 : 32);\(cell.x + 1);\(cell.y + top + 1)M")
        }
        if let last = cells.last { reports.append("\u{1B}[<0;\(last.x + 1);\(last.y + top + 1)m") }
        return reports
    }

    /// Without a button.
    static func move(_ x: Int, _ y: Int) -> String { "\u{1B}[<35;\(x + 1);\(y + top + 1)M" }

    /// A row of the screen shows a row of the drawing, but for the pointers of others, which lie over it with their names.
    static func isSame(_ shown: String, _ drawn: String, people: [String]) -> Bool {
        let shown = Array(shown)
        let drawn = Array(drawn)
        var x = 0
        while x < max(shown.count, drawn.count) {
            let sign = x < shown.count ? shown[x] : " "
            let wanted: Character = x < drawn.count ? drawn[x] : x == 40 ? "│" : " "
            if sign == wanted {
                x += 1
            } else if let name = people.first(where: { name in
                x < shown.count && shown[x...].starts(with: name)
            }) {
                x += name.count
                // The tool beside the name.
                while x < shown.count, shown[x] == " " || shown[x].isLowercase { x += 1 }
            } else {
                return false
            }
        }
        return true
    }
}
