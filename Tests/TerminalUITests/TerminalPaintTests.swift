import Glibc
import TerminalUI
import Testing

/// Tests with real ncurses, which is one per process: they run one after the other.
@Suite(.serialized) struct TerminalTests {}

extension TerminalTests {
    /// Real ncurses on a real pseudo-terminal, its bytes shown by tmux: what tmux shows is what the frame says.
    @Suite struct TerminalPaintTests {
        @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"], [false, true])
        func `the screen shows the frame, whatever was there before`(term: String, isTrueColor: Bool) throws {
            let size = Size(width: 40, height: 12)
            let screen = try #require(TmuxScreen(size: size))
            var options = Terminal.Options { name in
                switch name {
                case "TERM": term
                case "COLORTERM": isTrueColor ? "truecolor" : nil
                case "XDG_RUNTIME_DIR": screen.directory
                default: nil
                }
            }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            let terminal = try Terminal(options)
            #expect(terminal.size == size)
            #expect(terminal.colorDepth == expectedDepth(term, isTrueColor: isTrueColor))
            var generator = Seeded(seed: 8)
            for round in 0..<12 {
                let frame = randomFrame(using: &generator, width: size.width, height: size.height)
                terminal.paint(frame)
                let wanted = FrameText(frame).shown(by: terminal.family)
                let difference = screen.difference(from: wanted)
                #expect(difference == nil, "seed 8, \(term), round \(round)")
            }
            terminal.stop()
        }

        @Test func `the terminal is as it was after it is given back`() throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            screen.show("before")
            let before = screen.settings()
            var options = Terminal.Options { ["TERM": "xterm-256color"][$0] }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            let terminal = try Terminal(options)
            var frame = Frame(width: 30, height: 6)
            frame.put("inside", at: Point(x: 3, y: 3))
            terminal.paint(frame)
            #expect(screen.difference(from: "\n\n\n   inside") == nil)
            terminal.stop()
            #expect(screen.difference(from: "before") == nil)
            #expect(before == screen.settings() && !before.isEmpty)
            let sent = screen.everythingSent(until: "\u{1B}[?1049l")
            for mode in ["?1002;1006l", "?2004l", "?1004l", "?1049l"] {
                #expect(sent.contains("\u{1B}[" + mode), "\(mode)")
            }
        }

        @Test func `24-bit colours, links and frames reach the terminal`() throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            var options = Terminal.Options {
                ["TERM": "xterm-256color", "COLORTERM": "truecolor", "XDG_RUNTIME_DIR": screen.directory][$0]
            }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            let terminal = try Terminal(options)
            var frame = Frame(width: 30, height: 6)
            frame.put("black", at: Point(x: 0, y: 0), style: Style(.rgb(0x000003), on: .indexed(12)))
            frame.put(
                "here",
                at: Point(x: 0, y: 1),
                style: Style(.rgb(0x123456)),
                link: Link(id: "a", url: "https://example.org/")
            )
            frame.put("evil", at: Point(x: 0, y: 2), link: Link(id: "b", url: "javascript:x"))
            terminal.paint(frame)
            #expect(screen.difference(from: "black\nhere\nevil") == nil)
            let sent = screen.everythingSent(until: "\u{1B}[?2026l")
            #expect(
                sent.contains("\u{1B}[38;2;0;0;3m") && sent.contains("\u{1B}[48;5;12m")
                    && sent.contains("\u{1B}[38;2;18;52;86m")
            )
            #expect(
                sent.contains("\u{1B}[0;38;2;18;52;86m\u{1B}]8;id=a;https://example.org/\u{1B}\\here\u{1B}]8;;\u{1B}\\")
            )
            #expect(!sent.contains("javascript"))
            #expect(sent.contains("\u{1B}[?2026h") && sent.contains("\u{1B}[?2026l"))
            terminal.stop()
        }

        @Test func `nothing hostile leaves for the terminal`() throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            var options = Terminal.Options { ["TERM": "xterm-256color"][$0] }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            let terminal = try Terminal(options)
            var frame = Frame(width: 30, height: 6)
            frame.put(
                "\u{1B}]0;owned\u{07}\u{9B}2J\u{202E}x",
                at: Point(x: 0, y: 0),
                link: Link(id: "\u{1B}\\;x", url: "https://a.example/")
            )
            terminal.paint(frame)
            terminal.setTitle("a\u{07}\u{1B}\\b")
            #expect(screen.difference(from: "␛]0;owned␇\u{FFFD}2J‹RLO›x") == nil)
            let sent = screen.everythingSent(until: "\u{1B}]2;a␇␛\\b\u{1B}\\")
            #expect(
                !sent.contains("\u{1B}]0;") && !sent.unicodeScalars.contains("\u{202E}")
                    && !sent.unicodeScalars.contains("\u{9B}")
            )
            #expect(sent.contains("\u{1B}]2;a␇␛\\b\u{1B}\\"))
            #expect(sent.contains("\u{1B}]8;id=x;https://a.example/"))
            terminal.stop()
        }

        @Test func `a terminal of another size shows what fits and follows a resize`() throws {
            let screen = try #require(TmuxScreen(size: Size(width: 40, height: 12)))
            var options = Terminal.Options { ["TERM": "xterm-256color"][$0] }
            options.input = screen.terminal
            options.output = screen.terminal
            options.handlesSignals = false
            let terminal = try Terminal(options)
            var frame = Frame(width: 40, height: 12)
            frame.box(frame.bounds, lines: .ascii)
            terminal.paint(frame)
            #expect(screen.difference(from: FrameText(frame).plain) == nil)
            screen.resize(to: Size(width: 30, height: 8))
            #expect(terminal.size == Size(width: 30, height: 8))
            var smaller = Frame(width: 30, height: 8)
            smaller.box(smaller.bounds, lines: .ascii)
            terminal.paint(smaller)
            #expect(screen.difference(from: FrameText(smaller).plain) == nil)
            terminal.stop()
        }

        @Test(arguments: [
            ("dumb", "TERM=dumb has no cursor movement"), ("", "TERM is not set"),
            ("nonsense", "terminfo does not know TERM=nonsense"),
        ])
        func `where curses is not possible, a sentence says why`(term: String, sentence: String) throws {
            let screen = try #require(TmuxScreen(size: Size(width: 30, height: 6)))
            var options = Terminal.Options { ["TERM": term][$0] }
            options.input = screen.terminal
            options.output = screen.terminal
            #expect(Terminal.check(options) == sentence)
            options.input = open("/dev/null", O_RDONLY)
            #expect(Terminal.check(options) == "standard input is not a terminal")
            close(options.input)
        }

        private func expectedDepth(_ term: String, isTrueColor: Bool) -> ColorDepth {
            switch term {
            case "xterm-256color", "tmux-256color": isTrueColor ? .rgb : .ansi256
            case "vt100": .mono
            default: .ansi8
            }
        }
    }
}
