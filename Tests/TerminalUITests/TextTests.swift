import ChatAPI
import TerminalUI
import Testing

/// Hostile text, wrapping, cutting.
@Suite struct TextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("\u{1B}[31mred", "␛[31mred"),
        ("a\u{07}b\u{7F}c", "a␇b␡c"),
        ("\u{9B}31m\u{9D}0;x\u{9C}", "\u{FFFD}31m\u{FFFD}0;x\u{FFFD}"),
        ("a\tb", "a       b"),
        ("世\tb", "世      b"),
        ("one\ntwo\r\nthree\rfour", "one␤two␤three␍four"),
        ("pay \u{202E}moc.live", "pay ‹RLO›moc.live"),
        ("\u{2066}x\u{2069}\u{2068}", "‹LRI›x‹PDI›‹FSI›"),
        ("a\u{200B}b\u{FEFF}c\u{2060}d\u{AD}e\u{200E}f", "abcdef"),
        ("a\u{200D}b\u{FE0F}c\u{E0041}", "abc"),
        ("👨‍👩‍👧 ❤️ 🇩🇪 👍🏽 1️⃣", "👨‍👩‍👧 ❤️ 🇩🇪 👍🏽 1️⃣"),
        ("\u{301}a", "◌\u{301}a"),
        ("z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}!", "z\u{300}\u{301}\u{302}\u{303}!"),
        ("☺\u{E0041}\u{E0042}", "☺"),
        ("a\u{2028}b\u{85}c", "a␤b␤c"),
    ])
    func `hostile text is shown harmlessly`(text: String, shown: String) {
        #expect(Array(Text.neutralised(text).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test(arguments: [0xFFFE, 0xFDD0, 0x1FFFF] as [UInt32])
    func `noncharacters are replaced`(value: UInt32) throws {
        #expect(Text.neutralised(String(try #require(Unicode.Scalar(value)))) == "\u{FFFD}")
    }

    @Test func `line breaks stay where lines are wanted`() {
        #expect(Text.neutralised("a\r\nb\nc\rd\u{2029}e", keepingLines: true) == "a\nb\nc␍d\ne")
    }

    @Test func `a joined sequence without end becomes its first emoji`() {
        let endless = Array(repeating: "👨", count: 1000).joined(separator: "\u{200D}")
        #expect(Text.neutralised(endless) == "👨")
    }

    @Test func `no control and no override ever leaves, twice is once, and memory does not explode`() {
        var generator = Seeded(seed: 11)
        for _ in 0..<3000 {
            let text = randomText(using: &generator, count: 40)
            let shown = Text.neutralised(text)
            for scalar in shown.unicodeScalars {
                let value = scalar.value
                let isControl = value < 0x20 || (0x7F..<0xA0).contains(value)
                let isBidi =
                    (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
                    || value == 0x200E || value == 0x200F || value == 0x061C
                #expect(
                    !isControl && !isBidi,
                    "seed 11, U+\(String(value, radix: 16)) from \(Array(text.unicodeScalars))"
                )
            }
            #expect(Text.neutralised(shown) == shown, "seed 11: \(Array(text.unicodeScalars))")
            #expect(CellGraphemes(shown).allSatisfy { $0.width > 0 }, "seed 11: \(Array(text.unicodeScalars))")
            #expect(shown.utf8.count <= 16 * text.utf8.count + 16)
        }
    }

    struct Wrap {
        let text: String
        let width: Int
        var indent = 0
        let lines: [String]
    }

    // Each picture is the whole screen: the bars are not part of the text.
    @Test(arguments: [
        // |the quick |
        // |brown fox |
        Wrap(text: "the quick brown fox", width: 10, lines: ["the quick", "brown fox"]),
        // |12345|
        // |678  |
        Wrap(text: "12345678", width: 5, lines: ["12345", "678"]),
        // |see         |
        // |  https://ex|
        // |  ample.org |
        Wrap(text: "see https://example.org", width: 12, indent: 2, lines: ["see", "  https://ex", "  ample.org"]),
        // |日本語|
        // |です。| — the full stop does not start a line, so す comes along
        Wrap(text: "日本語です。", width: 6, lines: ["日本語", "です。"]),
        // |日本 |
        // |語。 |
        Wrap(text: "日本語。", width: 6, lines: ["日本", "語。"]),
        // |a「日|
        Wrap(text: "ab「日本」", width: 5, lines: ["ab", "「日", "本」"]),
        // |one|
        // |   |
        // |two|
        Wrap(text: "one\n\ntwo", width: 10, lines: ["one", "", "two"]),
        Wrap(text: "", width: 10, lines: [""]),
        // |ab | — blanks at the edge hang
        // |cd |
        Wrap(text: "ab     cd", width: 3, lines: ["ab", "cd"]),
        Wrap(text: "  code", width: 10, lines: ["  code"]),
        Wrap(text: "世", width: 1, lines: ["世"]),
        Wrap(text: "abcdefghi", width: 8, indent: 7, lines: ["abcdefgh", "    i"]),
        Wrap(text: "abc def ghi", width: 8, indent: 4, lines: ["abc def", "    ghi"]),
    ])
    func `text wraps as drawn`(wrap: Wrap) {
        #expect(Text.wrapped(wrap.text, width: wrap.width, indent: wrap.indent) == wrap.lines)
    }

    @Test func `no wrapped line is wider than the room, and nothing but blanks is lost`() {
        var generator = Seeded(seed: 3)
        for _ in 0..<1000 {
            let text = Text.neutralised(randomText(using: &generator, count: 60), keepingLines: true)
            let width = Int.random(in: 2...30, using: &generator)
            let indent = Int.random(in: 0...4, using: &generator)
            let lines = Text.wrapped([Span(text)], width: width, indent: indent)
            for line in lines {
                #expect(line.width <= width || CellGraphemes(line.text).filter { $0.text != " " }.count <= 1, "seed 3")
                #expect(CellWidth.of(line.text) == line.width)
            }
            // By scalars: to the standard library a skin tone behind a blank is part of the blank.
            let kept = lines.map(\.text).joined().unicodeScalars.filter { $0 != " " }
            #expect(Array(kept) == text.unicodeScalars.filter { $0 != " " && $0 != "\n" }, "seed 3")
        }
    }

    @Test func `a wrapped paragraph can be joined to what it was`() {
        let text = "the quick brown fox jumpsoverthelazydog\nagain"
        let lines = Text.wrapped([Span(text)], width: 10)
        var joined = ""
        for line in lines {
            joined += line.text + (line.endsParagraph ? "\n" : line.endsAtBlank ? " " : "")
        }
        #expect(joined == text + "\n")
    }

    @Test func `styles and links survive wrapping`() {
        let link = Link(id: "1", url: "https://example.org")
        let lines = Text.wrapped([Span("go to "), Span("that place now", Style(.blue), link: link)], width: 8)
        #expect(lines.map(\.text) == ["go to", "that", "place", "now"])
        #expect(lines[2].spans == [Span("place", Style(.blue), link: link)])
    }

    @Test func `cut text ends in an ellipsis`() {
        #expect(Text.truncated("hello", width: 5) == "hello")
        #expect(Text.truncated("hello!", width: 5) == "hell…")
        #expect(Text.truncated("日本語", width: 4) == "日…")
        #expect(Text.truncated("日本語", width: 0) == "")
        #expect(Text.truncated("ab", width: 1) == "…")
        #expect(Text.padded("ab", width: 4) == "ab  ")
        #expect(Text.padded("ab", width: 4, toRight: true) == "  ab")
        #expect(Text.truncated([Span("abc"), Span("def", Style(.red))], width: 4).map(\.text) == ["abc", "…"])
        #expect(Text.truncated([Span("abc"), Span("def")], width: 3).map(\.text) == ["ab…"])
        #expect(Text.truncated([Span("abc"), Span("def")], width: 6).map(\.text) == ["abc", "def"])
    }
}
