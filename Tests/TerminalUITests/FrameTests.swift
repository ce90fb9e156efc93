import TerminalUI
import Testing

/// Drawing into frames and their golden form.
@Suite struct FrameTests {
    @Test func `text is clipped to the frame and to a rectangle`() {
        var frame = Frame(width: 6, height: 2)
        #expect(frame.put("hello world", at: Point(x: 2, y: 0)) == 13)
        frame.put("12345", at: Point(x: -2, y: 1), in: Rect(x: 0, y: 0, width: 2, height: 2))
        #expect(FrameText(frame).rows == ["  hell", "34    "])
        frame.put("nothing", at: Point(x: 0, y: 9))
        #expect(FrameText(frame).rows == ["  hell", "34    "])
    }

    @Test func `a wide grapheme is never cut in half`() {
        var frame = Frame(width: 5, height: 1)
        frame.put("ab世界", at: Point(x: 0, y: 0))
        #expect(FrameText(frame).rows == ["ab世 "])
        frame.put("x", at: Point(x: 3, y: 0))
        #expect(FrameText(frame).rows == ["ab x "])
        frame.put("世", at: Point(x: 0, y: 0))
        frame.put("界", at: Point(x: 1, y: 0))
        #expect(FrameText(frame).rows == [" 界x "])
        frame.put("世", at: Point(x: -1, y: 0))
        #expect(FrameText(frame).rows == [" 界x "])
        #expect(frame[1, 0].width == 2 && frame[2, 0].width == 0)
    }

    @Test func `any drawing leaves whole graphemes that fill each row`() {
        var generator = Seeded(seed: 5)
        for _ in 0..<300 {
            let frame = randomFrame(using: &generator, width: 20, height: 5)
            for y in 0..<5 {
                var x = 0
                while x < 20 {
                    let cell = frame[x, y]
                    #expect(cell.width == 1 || cell.width == 2, "seed 5")
                    if cell.width == 2 { #expect(x + 1 < 20 && frame[x + 1, y].width == 0, "seed 5") }
                    x += max(1, Int(cell.width))
                }
                let text = FrameText(frame).rows[y]
                #expect(
                    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) },
                    "seed 5"
                )
            }
        }
    }

    @Test func `the golden form shows text, styles, links and cursor`() {
        var frame = Frame(width: 14, height: 4)
        frame.box(Rect(x: 0, y: 0, width: 14, height: 3), style: Style(.gray), title: "chat")
        frame.put(
            [
                Span("go ", .plain),
                Span("there", Style(.blue, .underline), link: Link(id: "7", url: "https://example.org/")),
            ],
            at: Point(x: 1, y: 1)
        )
        frame.put("日本 [1]", at: Point(x: 0, y: 3), style: Style(.rgb(0xFF8800), on: .indexed(17), [.bold, .reverse]))
        frame.cursor = Point(x: 3, y: 3)
        #expect(
            FrameText(frame).styled == """
                |╭─ chat ─────╮|
                |aaaaaaaaaaaaaa|
                |│go there    │|
                |a   bbbbb    a|
                |╰────────────╯|
                |aaaaaaaaaaaaaa|
                |日本 [1]      |
                |cccccccc      |
                cursor 3,3 block
                a: fg=8
                b: fg=4 underline
                c: fg=#ff8800 bg=17 bold reverse
                link 7: https://example.org/
                """
        )
        #expect(FrameText(frame).plain == "╭─ chat ─────╮\n│go there    │\n╰────────────╯\n日本 [1]")
    }

    @Test func `rows that differ are found, links included`() {
        var before = Frame(width: 8, height: 3)
        before.put("same", at: Point(x: 0, y: 0))
        before.put("link", at: Point(x: 0, y: 1), link: Link(id: "1", url: "https://a.example/"))
        var after = Frame(width: 8, height: 3)
        after.put("same", at: Point(x: 0, y: 0))
        after.put("link", at: Point(x: 0, y: 1), link: Link(id: "1", url: "https://b.example/"))
        #expect(after.changedRows(since: before) == [1])
        #expect(after.changedRows(since: after) == [])
        #expect(after.changedRows(since: nil) == [0, 1, 2])
        #expect(after.changedRows(since: Frame(width: 9, height: 3)) == [0, 1, 2])
        #expect(after.link(at: Point(x: 2, y: 1))?.url == "https://b.example/")
    }

    @Test func `one frame is drawn into another`() {
        var inner = Frame(width: 4, height: 2, style: Style(on: .blue))
        inner.put("a世", at: Point(x: 0, y: 0), link: Link(id: "1", url: "https://a.example/"))
        var outer = Frame(width: 5, height: 2)
        outer.draw(inner, at: Point(x: 3, y: 0))
        #expect(FrameText(outer).rows == ["   a ", "     "])
        #expect(outer.link(at: Point(x: 3, y: 0))?.id == "1")
        outer.restyle(outer.bounds) { $0.attributes.insert(.dim) }
        #expect(outer[0, 0].style.attributes == .dim)
    }

    @Test func `rectangles split without losing a cell`() {
        let all = Rect(x: 0, y: 0, width: 10, height: 4)
        #expect(all.splitTop(1).top == Rect(x: 0, y: 0, width: 10, height: 1))
        #expect(all.splitTop(9).rest.isEmpty)
        #expect(all.splitBottom(1).bottom == Rect(x: 0, y: 3, width: 10, height: 1))
        #expect(all.splitBottom(1).rest == Rect(x: 0, y: 0, width: 10, height: 3))
        #expect(all.splitLeft(3).rest == Rect(x: 3, y: 0, width: 7, height: 4))
        #expect(all.splitRight(3).right == Rect(x: 7, y: 0, width: 3, height: 4))
        #expect(all.inset(horizontal: 6, vertical: 1).isEmpty)
        #expect(all.centered(width: 4, height: 2) == Rect(x: 3, y: 1, width: 4, height: 2))
        #expect(all.row(2).contains(Point(x: 9, y: 2)) && !all.row(2).contains(Point(x: 9, y: 1)))
    }

    @Test(arguments: [
        ("javascript:alert(1)", false), ("https://a.example/", true), ("HTTP://a.example", true),
        ("mailto:a@b.example", true),
        ("file:///etc/passwd", false), ("https://a.example/\u{1B}\\", false), ("https://a b", false), ("", false),
    ])
    func `only harmless links are offered`(url: String, isSafe: Bool) {
        #expect(Link(id: "1", url: url).isSafe == isSafe)
    }

    @Test func `colours are reduced to the nearest`() {
        #expect(ColorDepth.rgb.quantised(.rgb(0x123456)) == .rgb(0x123456))
        #expect(ColorDepth.ansi256.quantised(.rgb(0xFF0000)) == .indexed(196))
        #expect(ColorDepth.ansi256.quantised(.rgb(0x808080)) == .indexed(244))
        #expect(ColorDepth.ansi256.quantised(.indexed(9)) == .indexed(9))
        #expect(ColorDepth.ansi16.quantised(.rgb(0xFE0101)) == .indexed(9))
        #expect(ColorDepth.ansi16.quantised(.indexed(196)) == .indexed(9))
        #expect(ColorDepth.ansi16.quantised(.default) == .default)
        #expect(ColorDepth.mono.quantised(.rgb(0xFFFFFF)) == .default)
        #expect(ColorDepth.ansi8.quantised(Style(.indexed(12), on: .indexed(9))) == Style(.blue, on: .red, .bold))
        for index in UInt8.min...UInt8.max where index >= 16 {
            #expect(ColorDepth.palette(index) == ColorDepth.palette(index))
            let nearest = ColorDepth.ansi256.quantised(.rgb(ColorDepth.palette(index)))
            guard case .indexed(let found) = nearest else { Issue.record("no index"); continue }
            #expect(ColorDepth.palette(found) == ColorDepth.palette(index))
        }
    }

    @Test func `the environment chooses the depth`() {
        #expect(ColorDepth.wanted { ["NO_COLOR": "1", "COLORTERM": "truecolor"][$0] } == .mono)
        #expect(ColorDepth.wanted { ["NO_COLOR": "", "COLORTERM": "24bit"][$0] } == .rgb)
        #expect(ColorDepth.wanted { _ in nil } == nil)
        #expect(
            [0, 8, 16, 88, 256, 0x1000000].map { ColorDepth(terminfoColors: $0) } == [
                .mono, .ansi8, .ansi16, .ansi16, .ansi256, .rgb,
            ]
        )
    }

    @Test(arguments: [
        ("red", Color.red), ("bright-red", .indexed(9)), ("#00ff7F", .rgb(0x00FF7F)), ("200", .indexed(200)),
        ("default", .default),
        ("gray", .gray),
    ])
    func `colours have names`(name: String, color: Color) {
        #expect(Color(name) == color)
    }

    @Test(arguments: ["", "#12", "#12345g", "256", "bright-", "mauve", "#+12345"])
    func `what is no colour is refused`(name: String) {
        #expect(Color(name) == nil)
    }
}

/// Text of all kinds at random places, some of it outside.
func randomFrame(using generator: inout some RandomNumberGenerator, width: Int, height: Int) -> Frame {
    var frame = Frame(width: width, height: height)
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
        let colors: [Color] = [.default, .red, .indexed(12), .indexed(200), .rgb(0x3366CC)]
        let attributes = Attributes(rawValue: UInt8.random(in: 0..<64, using: &generator))
        let style = Style(
            colors.randomElement(using: &generator) ?? .default,
            on: colors.randomElement(using: &generator) ?? .default,
            Bool.random(using: &generator) ? attributes : []
        )
        let link = Int.random(in: 0..<4, using: &generator) == 0 ? Link(id: "1", url: "https://example.org/") : nil
        let place = Point(
            x: Int.random(in: -4..<width, using: &generator),
            y: Int.random(in: 0..<height, using: &generator)
        )
        frame.put(randomText(using: &generator, count: 14), at: place, style: style, link: link)
    }
    if Bool.random(using: &generator) {
        frame.cursor = Point(
            x: Int.random(in: 0..<width, using: &generator),
            y: Int.random(in: 0..<height, using: &generator)
        )
    }
    return frame
}
