import TerminalUI
import Testing

/// Bytes to events: whole, byte by byte, at every split, and random.
@Suite struct InputDecoderTests {
    struct Case: Sendable {
        let bytes: [UInt8]
        let events: [InputEvent]

        init(_ text: String, _ events: InputEvent...) {
            bytes = Array(text.utf8)
            self.events = events
        }

        init(bytes: [UInt8], _ events: InputEvent...) {
            self.bytes = bytes
            self.events = events
        }

        init(_ text: String, key: String) {
            self.init(text, .key(Key(key)!))
        }
    }

    static let keys: [Case] = [
        Case("a", key: "a"), Case("A", key: "A"), Case("?", key: "?"), Case(" ", key: "Space"), Case("ä", key: "ä"),
        Case("世", key: "世"), Case("😀", key: "😀"),
        Case("\r", key: "Enter"), Case("\n", key: "Ctrl+J"), Case("\t", key: "Tab"), Case("\u{7F}", key: "Backspace"),
        Case("\u{08}", key: "Ctrl+H"), Case("\u{0B}", key: "Ctrl+K"), Case("\u{00}", key: "Ctrl+Space"),
        Case("\u{1F}", key: "Ctrl+_"), Case("\u{1C}", key: "Ctrl+\\"),
        Case("\u{1B}a", key: "Alt+a"), Case("\u{1B}A", key: "Alt+Shift+A"), Case("\u{1B}\r", key: "Alt+Enter"),
        Case("\u{1B}\u{7F}", key: "Alt+Backspace"), Case("\u{1B}ä", key: "Alt+ä"), Case("\u{1B}1", key: "Alt+1"),
        Case("\u{1B}\u{01}", key: "Ctrl+Alt+A"),
        // xterm: cursor keys in both modes, with modifiers, editing keys, function keys.
        Case("\u{1B}[A", key: "Up"), Case("\u{1B}OB", key: "Down"), Case("\u{1B}[1;5C", key: "Ctrl+Right"),
        Case("\u{1B}[1;3D", key: "Alt+Left"), Case("\u{1B}[1;2A", key: "Shift+Up"),
        Case("\u{1B}[1;8H", key: "Ctrl+Alt+Shift+Home"),
        Case("\u{1B}[H", key: "Home"), Case("\u{1B}[F", key: "End"), Case("\u{1B}OH", key: "Home"),
        Case("\u{1B}[1~", key: "Home"),
        Case("\u{1B}[4~", key: "End"), Case("\u{1B}[7~", key: "Home"), Case("\u{1B}[8~", key: "End"),
        Case("\u{1B}[2~", key: "Insert"),
        Case("\u{1B}[3~", key: "Delete"), Case("\u{1B}[3;5~", key: "Ctrl+Delete"), Case("\u{1B}[5~", key: "PageUp"),
        Case("\u{1B}[6;3~", key: "Alt+PageDown"), Case("\u{1B}[Z", key: "Shift+Tab"),
        Case("\u{1B}OP", key: "F1"), Case("\u{1B}OS", key: "F4"), Case("\u{1B}[15~", key: "F5"),
        Case("\u{1B}[24~", key: "F12"),
        Case("\u{1B}[1;2P", key: "Shift+F1"), Case("\u{1B}[11~", key: "F1"), Case("\u{1B}[1;5R", key: "Ctrl+F3"),
        Case("\u{1B}[24;5~", key: "Ctrl+F12"), Case("\u{1B}O5P", key: "Ctrl+F1"),
        // Linux console.
        Case("\u{1B}[[A", key: "F1"), Case("\u{1B}[[E", key: "F5"),
        // rxvt.
        Case("\u{1B}[a", key: "Shift+Up"), Case("\u{1B}Oa", key: "Ctrl+Up"), Case("\u{1B}[3$", key: "Shift+Delete"),
        Case("\u{1B}[3^", key: "Ctrl+Delete"), Case("\u{1B}[5@", key: "Ctrl+Shift+PageUp"),
        Case("\u{1B}\u{1B}[A", key: "Alt+Up"),
        // The keypad of a VT.
        Case("\u{1B}OM", key: "Enter"), Case("\u{1B}Oq", key: "1"), Case("\u{1B}Ok", key: "+"),
        Case("\u{1B}Oj", key: "*"),
        // kitty and modifyOtherKeys.
        Case("\u{1B}[27u", key: "Esc"), Case("\u{1B}[13;2u", key: "Shift+Enter"), Case("\u{1B}[107;5u", key: "Ctrl+K"),
        Case("\u{1B}[107;6u", key: "Ctrl+Shift+K"), Case("\u{1B}[105;5u", key: "Ctrl+I"),
        Case("\u{1B}[97;3u", key: "Alt+a"),
        Case("\u{1B}[127;5u", key: "Ctrl+Backspace"), Case("\u{1B}[57399u", key: "0"),
        Case("\u{1B}[57417u", key: "Left"),
        Case("\u{1B}[57376u", key: "F13"), Case("\u{1B}[97:65;2:1;65u", key: "A"),
        Case("\u{1B}[107;69u", key: "Ctrl+K"),
        Case("\u{1B}[27;2;13~", key: "Shift+Enter"), Case("\u{1B}[27;5;105~", key: "Ctrl+I"),
        Case("\u{1B}[1;5:1A", key: "Ctrl+Up"), Case("\u{1B}[1;33A", key: "Alt+Up"),
    ]

    static let others: [Case] = [
        // kitty: releases, lock keys and modifiers alone are no keys.
        Case("\u{1B}[97;1:3u"), Case("\u{1B}[57441;2u"), Case("\u{1B}[57358u"), Case("\u{1B}[1;1:3A"),
        // Mouse, SGR.
        Case("\u{1B}[<0;1;1M", .mouse(MouseEvent(.press(.left), x: 0, y: 0))),
        Case("\u{1B}[<2;300;250M", .mouse(MouseEvent(.press(.right), x: 299, y: 249))),
        Case("\u{1B}[<0;5;6m", .mouse(MouseEvent(.release(.left), x: 4, y: 5))),
        Case("\u{1B}[<33;5;6M", .mouse(MouseEvent(.drag(.middle), x: 4, y: 5))),
        Case("\u{1B}[<35;5;6M", .mouse(MouseEvent(.move, x: 4, y: 5))),
        Case("\u{1B}[<64;5;6M", .mouse(MouseEvent(.wheel(.up), x: 4, y: 5))),
        Case("\u{1B}[<65;5;6M", .mouse(MouseEvent(.wheel(.down), x: 4, y: 5))),
        Case("\u{1B}[<67;5;6M", .mouse(MouseEvent(.wheel(.right), x: 4, y: 5))),
        Case("\u{1B}[<28;2;2M", .mouse(MouseEvent(.press(.left), x: 1, y: 1, modifiers: [.shift, .alt, .ctrl]))),
        Case("\u{1B}[<128;2;2M", .mouse(MouseEvent(.press(.back), x: 1, y: 1))),
        Case("\u{1B}[<0;0;5M"), Case("\u{1B}[<0;1M"), Case("\u{1B}[<999;1;1M"),
        // X10 and urxvt.
        Case("\u{1B}[M !!", .mouse(MouseEvent(.press(.left), x: 0, y: 0))),
        Case(
            "\u{1B}[M\"!!\u{1B}[M#%&",
            .mouse(MouseEvent(.press(.right), x: 0, y: 0)),
            .mouse(MouseEvent(.release(.right), x: 4, y: 5))
        ),
        Case(bytes: [0x1B, 0x5B, 0x4D, 0x40, 0xFF, 0x21], .mouse(MouseEvent(.drag(.left), x: 222, y: 0))),
        Case("\u{1B}[M`!!", .mouse(MouseEvent(.wheel(.up), x: 0, y: 0))),
        Case("\u{1B}[32;10;20M", .mouse(MouseEvent(.press(.left), x: 9, y: 19))),
        // Focus and paste.
        Case("\u{1B}[I", .focus(true)), Case("\u{1B}[O", .focus(false)),
        Case("\u{1B}[200~one\rtwo\r\nthree\tx\u{1B}[201~", .paste("one\ntwo\nthree\tx", isLast: true)),
        Case("\u{1B}[200~a\u{1B}[31mb\u{07}\u{9B}\u{1B}\u{1B}[201~", .paste("a[31mb", isLast: true)),
        Case("\u{1B}[200~\u{1B}[201~", .paste("", isLast: true)),
        Case(
            bytes: Array("\u{1B}[200~".utf8) + [0xFF, 0x41] + Array("\u{1B}[201~b".utf8),
            .paste("\u{FFFD}A", isLast: true),
            .key(.character("b"))
        ),
        Case("\u{1B}[201~"),
        // Replies.
        Case("\u{1B}[?62;4;22c", .reply(.attributes([62, 4, 22]))), Case("\u{1B}[>0;276;0c"),
        Case("\u{1B}P>|tmux 3.3a\u{1B}\\", .reply(.version("tmux 3.3a"))),
        Case("\u{1B}[?2027;2$y", .reply(.mode(2027, state: 2))), Case("\u{1B}[?1u", .reply(.keyboardFlags(1))),
        Case("\u{1B}]11;rgb:1e1e/2e2e/ffff\u{07}", .reply(.background(0x1E2EFF))),
        Case("\u{1B}]10;rgb:f/8/0\u{1B}\\", .reply(.foreground(0xFF8800))),
        Case("\u{1B}]4;7;rgb:ff/ff/ff\u{1B}\\", .reply(.palette(index: 7, 0xFFFFFF))),
        Case("\u{1B}]11;#nonsense\u{07}"), Case("\u{1B}]52;c;Zm9v\u{07}"),
        Case("\u{1B}P1$r0m\u{1B}\\x", .key(.character("x"))),
        Case("\u{1B}_Gi=31;OK\u{1B}\\y", .key(.character("y"))),
        Case("\u{1B}]11;broken off\u{1B}[A", .key(Key(.up))), Case("\u{1B}]0;x\u{18}z", .key(.character("z"))),
        // What is no UTF-8, and C1 in UTF-8.
        Case(bytes: [0xC3, 0x41], .key(.character("\u{FFFD}")), .key(.character("A"))),
        Case(bytes: [0xFF], .key(.character("\u{FFFD}"))), Case(bytes: [0xC0], .key(.character("\u{FFFD}"))),
        Case(bytes: [0xED, 0xA0, 0x80], .key(.character("\u{FFFD}"))),
        Case("\u{9B}a", .key(.character("a"))),
        // Unfinished and unknown.
        Case("\u{1B}[99X"), Case("\u{1B}[?9999h"), Case("\u{1B}[12;40R"),
        Case("\u{1B}[\ra", .key(Key("Alt+[")!), .key(Key(.enter)), .key(.character("a"))),
        Case("\u{1B}Oz", .key(Key("Alt+Shift+O")!), .key(.character("z"))),
    ]

    @Test(arguments: keys + others)
    func `input means the same in one piece, byte by byte and at every split`(example: Case) {
        var whole = InputDecoder()
        #expect(whole.feed(example.bytes) == example.events)
        #expect(!whole.isPending)

        var single = InputDecoder()
        #expect(example.bytes.flatMap { single.feed([$0]) } == example.events)

        for split in example.bytes.indices {
            var decoder = InputDecoder()
            #expect(
                decoder.feed(example.bytes[..<split]) + decoder.feed(example.bytes[split...]) == example.events,
                "split at \(split)"
            )
        }
    }

    @Test func `all of it in a row gives all events in a row`() {
        var decoder = InputDecoder()
        let examples = Self.keys + Self.others
        #expect(decoder.feed(examples.flatMap(\.bytes)) == examples.flatMap(\.events))
    }

    @Test func `a lone Escape is known after a pause`() {
        var decoder = InputDecoder()
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.isPending)
        #expect(decoder.flush() == [.key(Key(.escape))])
        #expect(!decoder.isPending)
        #expect(decoder.feed([0x1B, 0x1B]) == [])
        #expect(decoder.flush() == [.key(Key(.escape, .alt))])
        #expect(decoder.feed(Array("\u{1B}[".utf8)) == [])
        #expect(decoder.flush() == [.key(Key("Alt+[")!)])
        #expect(decoder.feed(Array("\u{1B}O".utf8)) == [])
        #expect(decoder.flush() == [.key(Key("Alt+Shift+O")!)])
        #expect(decoder.feed(Array("\u{1B}]".utf8)) == [])
        #expect(decoder.flush() == [.key(Key("Alt+]")!)])
    }

    @Test func `a slow sequence is not taken for typed text`() {
        var decoder = InputDecoder()
        #expect(decoder.feed(Array("\u{1B}[1;".utf8)) == [])
        #expect(decoder.flush() == [])
        #expect(decoder.feed(Array("5A".utf8)) == [.key(Key("Ctrl+Up")!)])
    }

    @Test func `an unfinished sequence, reply or paste does not hold the keyboard for ever`() {
        for beginning in ["\u{1B}[1;", "\u{1B}]11;rgb", "\u{1B}P>|x", "\u{1B}[M!", "\u{1B}[200~text"] {
            var decoder = InputDecoder()
            _ = decoder.feed(Array(beginning.utf8))
            var calls = 0
            while decoder.isPending, calls < 1000 {
                _ = decoder.flush()
                calls += 1
            }
            #expect(!decoder.isPending)
            #expect(decoder.feed([0x61]) == [.key(.character("a"))])
        }
    }

    @Test func `a large paste comes in pieces that join to it, cut between characters`() {
        let text = String(repeating: "日本語\n", count: 20_000)
        let bytes = Array(
            "\u{1B}[200~\(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))\u{1B}[201~"
                .utf8
        )
        for chunk in [bytes.count, 4096, 7] {
            var decoder = InputDecoder()
            var joined = ""
            var pieces: [Bool] = []
            for start in stride(from: 0, to: bytes.count, by: chunk) {
                for event in decoder.feed(bytes[start..<min(start + chunk, bytes.count)]) {
                    guard case .paste(let piece, let isLast) = event else { Issue.record("\(event)"); continue }
                    #expect(piece.utf8.count <= InputDecoder.pasteLimitBytes)
                    joined += piece
                    pieces.append(isLast)
                }
            }
            #expect(joined == text)
            #expect(pieces.count > 2 && pieces.last == true && pieces.dropLast().allSatisfy { !$0 })
        }
    }

    @Test func `random bytes neither crash nor hang, and chunking does not matter`() {
        var generator = Seeded(seed: 2026)
        let tokens = (Self.keys + Self.others).map(\.bytes)
        for round in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    bytes += (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                case 1: bytes += tokens.randomElement(using: &generator) ?? []
                default:
                    bytes += (tokens.randomElement(using: &generator) ?? []).prefix(
                        Int.random(in: 0...5, using: &generator)
                    )
                }
            }
            var whole = InputDecoder()
            var pieces = InputDecoder()
            let expected = whole.feed(bytes)
            var found: [InputEvent] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...5, using: &generator))
                found += pieces.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(found == expected, "seed 2026, round \(round), bytes \(bytes)")
            #expect(whole.isPending == pieces.isPending)
        }
    }

    @Test func `an endless reply or parameter list takes no memory and ends`() {
        var decoder = InputDecoder()
        _ = decoder.feed(Array("\u{1B}]11;".utf8))
        for _ in 0..<100 { #expect(decoder.feed(Array(repeating: 0x41, count: 10_000)) == []) }
        #expect(decoder.feed([0x07, 0x62]) == [.key(.character("b"))])
        #expect(
            decoder.feed(Array("\u{1B}[".utf8) + Array(repeating: 0x31, count: 10_000) + [0x41, 0x62]) == [
                .key(.character("b"))
            ]
        )
    }
}
