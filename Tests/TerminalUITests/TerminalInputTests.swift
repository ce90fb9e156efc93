import Synchronization
import TerminalUI
import Testing

extension TerminalTests {
    /// The reading thread on a real pseudo-terminal.
    @Suite struct TerminalInputTests {
        /// Events as they arrive, for a test that waits for some of them.
        private final class Inbox: Sendable {
            private let events = Mutex<[InputEvent]>([])

            func add(_ more: [InputEvent]) { events.withLock { $0 += more } }

            /// All events once these have arrived, or what there is after ten seconds.
            func wait(for wanted: [InputEvent]) async -> [InputEvent] {
                let start = ContinuousClock.now
                while ContinuousClock.now - start < .seconds(10) {
                    let now = events.withLock { $0 }
                    if wanted.allSatisfy(now.contains) { return now }
                    await Task.yield()
                }
                return events.withLock { $0 }
            }
        }

        private func options(_ screen: TmuxScreen, _ environment: [String: String]) -> Terminal.Options {
            var options = Terminal.Options { environment[$0] }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            return options
        }

        @Test func `what is typed arrives as events, a lone Escape after its pause`() async throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            let terminal = try Terminal(options(screen, ["TERM": "tmux-256color"]))
            let inbox = Inbox()
            try terminal.start { inbox.add($0) }
            let steps: [(String, [InputEvent])] = [
                ("h\u{E4}", [.key(.character("h")), .key(.character("ä"))]),
                ("\u{3}\u{1A}", [.key(.ctrl("c")), .key(.ctrl("z"))]),
                ("\u{1B}[<0;3;4M", [.mouse(MouseEvent(.press(.left), x: 2, y: 3))]),
                ("\u{1B}[200~a\rb\u{1B}[201~", [.paste("a\nb", isLast: true)]),
                ("\u{1B}", [.key(Key(.escape))]),
                ("\u{1B}[?1;2c", [.reply(.attributes([1, 2]))]),
            ]
            var all: [InputEvent] = []
            for (text, events) in steps {
                screen.type(text)
                let arrived = await inbox.wait(for: events)
                all += events
                #expect(arrived == all)
            }
            terminal.stop()
        }

        @Test func `another program can have the terminal in between`() async throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            let terminal = try Terminal(options(screen, ["TERM": "xterm-256color"]))
            let inbox = Inbox()
            try terminal.start { inbox.add($0) }
            var frame = Frame(width: 30, height: 6)
            frame.put("ours", at: Point(x: 0, y: 0))
            terminal.paint(frame)
            #expect(screen.difference(from: "ours") == nil)
            terminal.leave()
            screen.show("theirs")
            terminal.enter()
            terminal.paint(frame)
            #expect(screen.difference(from: "ours") == nil)
            screen.type("x")
            #expect(await inbox.wait(for: [.key(.character("x"))]).last == .key(.character("x")))
            terminal.stop()
            #expect(screen.difference(from: "theirs") == nil)
        }

        @Test func `what the terminal says that it can is used from then on`() async throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            let terminal = try Terminal(options(screen, ["TERM": "xterm-256color"]))
            let inbox = Inbox()
            try terminal.start { inbox.add($0) }
            var frame = Frame(width: 30, height: 6)
            frame.put("a❤\u{FE0F}b👍🏽c🇩🇪d", at: Point(x: 0, y: 0))
            terminal.paint(frame)
            #expect(screen.difference(from: "a❤ b👍cDEd") == nil)
            #expect(!terminal.hasClusters && !screen.everythingSent.contains("\u{1B}[>1u"))
            screen.type("\u{1B}[?0u\u{1B}[?2027;2$y\u{1B}[?62c")
            _ = await inbox.wait(for: [.reply(.attributes([62]))])
            #expect(terminal.hasClusters)
            terminal.paint(frame)
            terminal.bell()
            terminal.stop()
            let sent = screen.everythingSent(until: "\u{1B}[?1049l")
            #expect(sent.contains("\u{1B}[>1u") && sent.contains("\u{1B}[<1u"))
            #expect(sent.contains("\u{1B}[?2027h") && sent.contains("\u{1B}[?2027l"))
            #expect(sent.contains("\u{1B}[1;2H\u{1B}[0m❤\u{FE0F}\u{1B}[1;5H\u{1B}[0m👍🏽\u{1B}[1;8H\u{1B}[0m🇩🇪\u{1B}8"))
        }

        @Test func `the clipboard, notifications and the title are asked for in this terminal's way`() throws {
            for (term, program, wanted) in [
                ("xterm-256color", "iTerm.app", "\u{1B}]9;Ann: hi; there␇\u{1B}\\"),
                ("foot", "", "\u{1B}]777;notify;Ann;hi; there␇\u{1B}\\"),
                ("xterm-kitty", "", "\u{1B}]99;i=plaza:d=0;Ann\u{1B}\\\u{1B}]99;i=plaza:d=1:p=body;hi; there␇\u{1B}\\"),
                ("tmux-256color", "", "\u{1B}Ptmux;\u{1B}\u{1B}]9;Ann: hi; there␇\u{1B}\u{1B}\\\u{1B}\\"),
                ("linux", "", "\u{07}"),
            ] {
                let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
                let terminal = try Terminal(options(screen, ["TERM": term, "TERM_PROGRAM": program]))
                terminal.notify(title: "A;nn", body: "hi; there\u{7}")
                let canCopy = terminal.copy("héllo")
                #expect(!terminal.copy(String(repeating: "x", count: Terminal.clipboardLimitBytes + 1)))
                terminal.setMouse(false)
                terminal.stop()
                let sent = screen.everythingSent(until: term == "linux" ? wanted : "\u{1B}[?1049l")
                #expect(sent.contains(wanted), "\(term)")
                #expect(canCopy == (term != "linux") && sent.contains("\u{1B}]52;c;aMOpbGxv\u{1B}\\") == canCopy)
                #expect(sent.contains("\u{1B}[?1002;1006l") == (term != "linux"))
            }
        }
    }
}
