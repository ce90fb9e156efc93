import ChatAPI
import ChatTestKit
import Glibc
import Testing

extension TerminalTests {
    /// Several people draw in one sketch, each in a terminal with real reports of a mouse.
    @Suite struct Sketches {
        /// A drawing in the whole window: its first cell is in the first column, under the title.
        private static let top = 1

        private func open(_ pane: TerminalPane, _ name: String) async throws {
            try await pane.line("/sketch open \(name)")
            try await pane.see("▦ \(name) 40×12")
            try await pane.press("F6")
            try await pane.wait("the whole window") { $0.rows.first?.hasPrefix(" ▦ \(name)") == true }
        }

        /// What a client's own picture exports to.
        private func export(_ pane: TerminalPane, _ stage: TerminalStage, _ form: String = "txt") async throws
            -> [UInt8]
        {
            let path = "\(stage.server.folder.path)/\(pane.name).\(form)"
            unlink(path)
            try await pane.line("/sketch export \(path)")
            try await pane.see("written: ")
            try await pane.press("F6", "F6")
            guard let text = RunningDaemon.read(path) else { throw TestFailure("\(path) is not there") }
            return Array(text.utf8)
        }

        @Test func `three people draw at once, one is killed and comes back, and all have the same picture`()
            async throws
        {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            let carol = try await stage.enter("carol")
            try await ana.line("/sketch new plan 40x12")
            try await ana.see("▦ plan 40×12")
            try await ana.press("F6")
            // The others hear of it, and come.
            try await bob.see("plan 40×12 by ana")
            try await carol.see("plan 40×12 by ana")
            try await open(bob, "plan")
            try await open(carol, "plan")
            try await ana.see("with bob, carol")

            // All at once: a box, a line through it, a freehand stroke.
            try await ana.press("b")
            try await bob.press("l")
            try await ana.drag([(2, 1), (5, 2), (12, 5)], top: Self.top)
            // Step by step in turn: three buttons are down at the same time.
            let strokes = [
                (ana, ana.strokes([(20, 1), (25, 3), (30, 5)], top: Self.top)),
                (bob, bob.strokes([(2, 3), (7, 3), (12, 3)], top: Self.top)),
                (carol, carol.strokes([(2, 8), (6, 8), (6, 10)], top: Self.top)),
            ]
            for step in 0..<4 { for (pane, reports) in strokes { try await pane.report(reports[step]) } }
            for pane in [ana, bob, carol] {
                try await pane.wait("everybody's strokes") { screen in
                    let rows = screen.rows
                    return rows.count > 11 && rows[2].contains("┌─────────┐") && rows[4].contains("├─────────┤")
                        && rows[2].contains("┌─────────┐       ┌─────────┐") && rows[9].contains("█████")
                }
            }

            // bob dies in the middle of a stroke; what the daemon has of it stays.
            try await bob.report("\u{1B}[<0;21;9M\u{1B}[<32;25;9M")
            try await ana.wait("the beginning of bob's stroke") { $0.rows.count > 8 && $0.rows[8].contains("─────") }
            try bob.signal(SIGKILL)
            try await bob.end(137)
            try await ana.press("t")
            _ = try await ana.drag([(15, 10)], top: Self.top)
            try await ana.type("meanwhile")
            try await ana.press("Escape")
            try await carol.wait("what ana types") { $0.rows.count > 11 && $0.rows[11].contains("meanwhile") }
            let again = try await stage.chat("bob", term: "tmux-256color")
            try await open(again, "plan")
            try await again.wait("what he missed") { $0.rows.count > 11 && $0.rows[11].contains("meanwhile") }
            try await again.press("p")
            try await again.drag([(35, 2), (35, 6)], top: Self.top)
            for pane in [ana, carol] {
                try await pane.wait("what bob drew after that") { $0.rows.count > 7 && $0.rows[7].contains("█") }
            }

            // The three grids, and the daemon's, are one.
            let pictures = [
                try await export(ana, stage), try await export(again, stage), try await export(carol, stage),
            ]
            #expect(pictures[0] == pictures[1] && pictures[1] == pictures[2])
            #expect(String(decoding: pictures[0], as: UTF8.self).contains("meanwhile"))
            let id = try #require(
                try await stage.world.administer(.listSketches, ChannelRef("general")).items.first?.id
            )
            let daemons = try await stage.world.administer(.sketchSnapshot, SketchRef(id))
            let canvas = try #require(daemons.canvas())
            let lines = (0..<canvas.height).map { y in
                var row = Substring(canvas.row(y).map(\.glyph.text).joined())
                while row.last == " " { row.removeLast() }
                return String(row)
            }
            #expect(lines.joined(separator: "\n") + "\n" == String(decoding: pictures[0], as: UTF8.self))
            // And so is what stands on a screen when nobody points at it any more.
            try await again.press("q")
            try await carol.press("q")
            let screen = try await ana.wait("ana alone") { $0.rows.first?.contains("with") == false }
            for y in 0..<canvas.height { #expect(screen.rows[y + Self.top].hasPrefix(lines[y]), "row \(y)") }
            for pane in [ana, again, carol] { #expect(pane.output.violations == []) }
        }

        @Test func `a release outside of the window ends the stroke, and undo takes back one's own only`() async throws
        {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            let bob = try await stage.enter("bob", term: "tmux-256color")
            try await ana.line("/sketch new plan 40x12")
            try await ana.see("▦ plan 40×12")
            try await ana.press("F6")
            #expect(try await ana.variable("mouse_any_flag") == "1")
            try await bob.see("plan 40×12 by ana")
            try await open(bob, "plan")

            // Pressed, dragged; the release is never told, then the mouse moves without a button.
            try await ana.report("\u{1B}[<0;3;4M\u{1B}[<32;8;4M\u{1B}[<35;8;7M\u{1B}[<35;20;7M")
            try await bob.wait("the stroke") { $0.rows.count > 3 && $0.rows[3].contains("██████") }
            try await ana.wait("nothing below") { $0.rows.count > 6 && !$0.rows[6].contains("█████") }

            // bob draws over its end; undo leaves his cells.
            try await bob.press("g")
            try await bob.type("#")
            try await bob.drag([(6, 2), (9, 2)], top: Self.top)
            try await ana.wait("bob's cells") { $0.rows.count > 3 && $0.rows[3].contains("████####") }
            try await ana.press("u")
            try await ana.see("taken back; 2 cells that others drew over stay")
            try await bob.wait("what is left") { screen in
                screen.rows.count > 3 && !screen.rows[3].contains("█") && screen.rows[3].contains("####")
            }
            try await ana.press("U")
            try await bob.wait("what came back") { $0.rows.count > 3 && $0.rows[3].contains("████####") }

            // Closed, the mouse is as before.
            try await ana.press("q")
            try await ana.see("message #general")
            #expect(try await ana.variable("mouse_any_flag") == "0")
            #expect(try await ana.variable("mouse_button_flag") == "1")
        }

        @Test func `lines tell what a drawing shows`() async throws {
            let stage = try await TerminalStage.start()
            let ana = try await stage.enter("ana")
            try await ana.line("/sketch new plan 40x12")
            try await ana.see("▦ plan 40×12")
            try await ana.press("t")
            try await ana.type("to be read aloud")
            try await ana.press("Escape")
            try await stage.register("bob")
            let bob = try stage.pipe("bob", ["--socket", stage.daemon.socketPath, "--plain"])
            try await bob.see("this is #general")
            try await bob.line("/sketch show plan")
            try await bob.see("40×12 cells, made by ana")
            try await bob.see("to be read aloud")
            try await bob.line("/quit")
            #expect(try await bob.finish().status == 0)
        }
    }
}

extension TerminalPane {
    /// Button down at the first cell, along the others, up at the last; cells of a drawing in the whole window.
    func drag(_ cells: [(x: Int, y: Int)], top: Int) async throws {
        try await report(strokes(cells, top: top).joined())
    }

    /// The reports of such a drag, one by one.
    func strokes(_ cells: [(x: Int, y: Int)], top: Int) -> [String] {
        var reports: [String] = []
        for (index, cell) in cells.enumerated() {
            reports.append("\u{1B}[<\(index == 0 ? 0 : 32);\(cell.x + 1);\(cell.y + top + 1)M")
        }
        if let last = cells.last { reports.append("\u{1B}[<0;\(last.x + 1);\(last.y + top + 1)m") }
        return reports
    }
}
