import ChatAPI
import Testing

/// The pinned widths of graphemes.
@Suite struct CellWidthTests {
    @Test(arguments: [
        ("a", 1), ("é", 1), ("e\u{301}", 1), ("世", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｱ", 1), ("Ａ", 2),
        ("❤", 1), ("❤\u{FE0F}", 2), ("☺\u{FE0F}", 2), ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("👩🏽‍❤️‍💋‍👨🏽", 2), ("🏳️‍🌈", 2),
        ("🇩🇪", 2), ("🇩", 1), ("1\u{FE0F}\u{20E3}", 2), ("1\u{20E3}", 1), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2), ("🫨", 2), ("🪿", 2), ("█", 1),
        ("⠿", 1), ("🬀", 1), ("─", 1), ("…", 1), ("ก\u{E49}", 1), ("क\u{94D}", 1), ("·", 1), ("\u{AD}", 1),
    ])
    func `a single grapheme has its width`(text: String, width: Int) {
        let graphemes = Array(CellGraphemes(text))
        #expect(graphemes.count == 1)
        #expect(graphemes.first?.width == width)
        #expect(CellWidth.of(text) == width)
    }

    @Test func `controls and marks without a base take no cell`() {
        for text in ["\u{1B}", "\n", "\u{7F}", "\u{9B}", "\u{301}", "\u{200B}", "\u{202E}", "\u{FEFF}"] {
            #expect(CellWidth.of(text) == 0, "U+\(String(text.unicodeScalars.first!.value, radix: 16))")
        }
    }

    @Test func `text is the sum of its graphemes`() {
        #expect(CellWidth.of("abc") == 3)
        #expect(CellWidth.of("日本語 text") == 11)
        #expect(CellWidth.of("क्षत्रिय") == Array(CellGraphemes("क्षत्रिय")).reduce(0) { $0 + $1.width })
        #expect(CellWidth.of("🇩🇪🇫🇷🇮") == 5)
        #expect(CellWidth.of("") == 0)
    }

    @Test func `graphemes join to the text again, for any scalars`() {
        var generator = Seeded(seed: 7)
        for _ in 0..<2000 {
            let text = randomText(using: &generator, count: 12)
            #expect(CellGraphemes(text).map { String($0.text) }.joined() == text)
            #expect(CellWidth.of(text) == CellGraphemes(text).reduce(0) { $0 + $1.width })
        }
    }

    @Test(arguments: ["a", "世", "e\u{301}", "❤\u{FE0F}", "👨‍👩‍👧", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
    func `one grapheme is accepted as the text of a cell`(text: String) {
        #expect(GraphemeText(text)?.text == text)
        #expect(GraphemeText(text)?.width == CellWidth.of(text))
    }

    @Test(arguments: [
        "", "ab", "\u{1B}", "\n", "\u{301}", "\u{202E}", "a\u{200D}", "a\u{FE0F}", "a\u{E0041}", "\u{AD}",
        "a\u{301}\u{302}\u{303}\u{304}\u{305}", "☺\u{E0041}",
    ])
    func `anything else is refused as the text of a cell`(text: String) {
        #expect(GraphemeText(text) == nil)
    }
}
