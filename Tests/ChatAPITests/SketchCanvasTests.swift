import ChatAPI
import ChatTestKit
import Testing

/// Glyphs, cells, layers and snapshots of a sketch: what daemon and clients must agree on.
@Suite("Sketch canvas")
struct SketchCanvasTests {
    private let ana = AccountID(high: 1, low: 1)
    private let bob = AccountID(high: 2, low: 2)

    private func draw(_ canvas: inout SketchCanvas, _ x: Int, _ y: Int, _ text: String, layer: Int = 0, by: AccountID) {
        let stroke = StrokeID(high: 9, low: 9)
        canvas.apply(.cells(stroke: stroke, layer: layer, runs: [SketchRun(x: x, y: y, text: text)]), by: by)
    }

    private func row(_ canvas: SketchCanvas, _ y: Int = 0) -> String { canvas.row(y).map(\.glyph.text).joined() }

    // MARK: - Glyphs

    @Test(arguments: [("a", 1), ("é", 1), ("e\u{301}", 1), ("世", 2), ("█", 1), ("⣿", 1), ("🎨", 2), (" ", 1), ("กิ", 1)])
    func `a cell holds`(_ text: String, _ width: Int) throws {
        let glyph = try #require(SketchGlyph(text))
        #expect(glyph.width == width)
        #expect(glyph.text == text)
    }

    @Test(arguments: [
        ("\u{1B}[31m", "control"), ("\u{7}", "control"), ("\u{9B}", "control"), ("a\u{AD}", "control"),
        ("\u{202E}abc", "direction"), ("\u{2067}", "direction"), ("\u{301}", "mark"), ("❤\u{FE0F}", "sequence"),
        ("👩\u{200D}🚀", "sequence"), ("🇩🇪", "sequence"), ("1\u{FE0F}\u{20E3}", "sequence"), ("👍🏽", "sequence"),
        ("a\u{301}\u{301}\u{301}\u{301}", "bytes"), ("\u{200B}", "control"), ("\n", "control"),
    ])
    func `no cell holds`(_ text: String, _ reason: String) {
        #expect(SketchGlyph(text) == nil)
        #expect(throws: SketchGlyph.Refusal.self) { try SketchGlyph.split(text) }
        do throws(SketchGlyph.Refusal) { _ = try SketchGlyph.split(text) } catch {
            #expect(error.sentence.contains(reason), "\(error.sentence)")
        }
    }

    // MARK: - Cells

    @Test
    func `overwriting one half of a wide glyph blanks the other`() {
        var canvas = SketchCanvas(width: 6, height: 1)
        draw(&canvas, 1, 0, "世界", by: ana)
        #expect(row(canvas) == " 世界 ")
        draw(&canvas, 2, 0, "x", by: bob)
        #expect(row(canvas) == "  x界 ")
        draw(&canvas, 2, 0, "語", by: bob)
        #expect(row(canvas) == "  語  ")
    }

    @Test
    func `what lies outside is not drawn, not even a half`() {
        var canvas = SketchCanvas(width: 4, height: 1)
        draw(&canvas, 3, 0, "世", by: ana)
        draw(&canvas, -1, 0, "ab", by: ana)
        draw(&canvas, 2, 0, "cde", by: ana)
        draw(&canvas, 0, 7, "f", by: ana)
        draw(&canvas, 1_000_000, 0, "f", by: ana)
        #expect(row(canvas) == "b cd")
    }

    @Test
    func `a transparent cell shows the layer beneath, and its background shines through`() {
        var canvas = SketchCanvas(width: 3, height: 1)
        canvas.apply(.layer(SketchLayerChange(layer: 1, name: "ink")), by: ana)
        let red = SketchRun(x: 0, y: 0, text: "abc", background: .rgb(0xFF0000))
        canvas.draw([red], layer: 0, author: 0)
        draw(&canvas, 1, 0, "x ", layer: 1, by: bob)
        #expect(row(canvas) == "axc")
        #expect(canvas.cell(x: 1, y: 0).background == .rgb(0xFF0000))
        canvas.apply(.layer(SketchLayerChange(layer: 1, hidden: true)), by: ana)
        #expect(row(canvas) == "abc")
        canvas.apply(.layer(SketchLayerChange(layer: 0, removed: true)), by: ana)
        #expect(row(canvas) == "   ")
    }

    @Test
    func `a wide glyph that a layer above cuts is a blank`() {
        var canvas = SketchCanvas(width: 4, height: 1)
        canvas.apply(.layer(SketchLayerChange(layer: 1)), by: ana)
        draw(&canvas, 0, 0, "世界", by: ana)
        draw(&canvas, 1, 0, "x", layer: 1, by: ana)
        #expect(row(canvas) == " x界")
    }

    @Test
    func `resizing keeps what lies inside`() {
        var canvas = SketchCanvas(width: 4, height: 2)
        draw(&canvas, 0, 0, "ab世", by: ana)
        canvas.apply(.resize(width: 3, height: 1), by: ana)
        #expect(row(canvas) == "ab ")
        canvas.apply(.resize(width: 5, height: 3), by: ana)
        #expect(row(canvas) == "ab   ")
        #expect(canvas.height == 3)
    }

    @Test
    func `runs of a region and a picture of them say the same`() {
        var canvas = SketchCanvas(width: 8, height: 3)
        draw(&canvas, 0, 1, "ab世cd", by: ana)
        let region = SketchRegion(x: 1, y: 1, width: 4, height: 1)
        let picture = SketchPicture(
            sketch: SketchID(high: 1, low: 1),
            name: "p",
            seq: 3,
            region: region,
            runs: canvas.runs(in: region)
        )
        #expect(picture.canvas.row(0).map(\.glyph.text).joined() == "b世c")
        #expect(canvas.drawnRegion == SketchRegion(x: 0, y: 1, width: 6, height: 1))
        #expect(SketchCanvas(width: 8, height: 8).drawnRegion == nil)
    }

    // MARK: - Snapshots

    @Test
    func `a noisy sketch of a screen fits in 64 KiB`() throws {
        var generator = SeededGenerator(seed: 11)
        var canvas = SketchCanvas(width: 200, height: 80)
        let glyphs = Array("abcdefgh│─┼█▓▒░╭╮⣿⠿")
        for number in 0..<50_000 {
            let person = AccountID(high: 1, low: UInt64(number % 20))
            let glyph = glyphs[Int.random(in: 0..<glyphs.count, using: &generator)]
            let run = SketchRun(
                x: Int.random(in: 0..<190, using: &generator),
                y: Int.random(in: 0..<80, using: &generator),
                text: String(repeating: glyph, count: Int.random(in: 1...10, using: &generator)),
                foreground: .palette(UInt8.random(in: 0..<16, using: &generator))
            )
            canvas.apply(.cells(stroke: StrokeID(high: 1, low: UInt64(number)), layer: 0, runs: [run]), by: person)
        }
        canvas.seq = 50_000
        let json = Coding.encode(SketchSnapshot(canvas, of: Self.sketch))
        #expect(json.count <= 65_536, "\(json.count) bytes")
        let again = try #require(try Coding.decode(SketchSnapshot.self, from: json).canvas())
        #expect(again == canvas)
    }

    @Test
    func `no garbage is a snapshot, and none crashes`() {
        var canvas = SketchCanvas(width: 10, height: 4)
        draw(&canvas, 0, 0, "ab世cd", by: ana)
        draw(&canvas, 3, 2, "xx", by: bob)
        let good = SketchSnapshot(canvas, of: Self.sketch)
        var generator = SeededGenerator(seed: 12)
        let digits = Array("ABCDEFabcdef019-_".utf8)
        for _ in 0..<3_000 {
            var bad = good
            var cells = Array(bad.planes[0].cells.utf8)
            for _ in 0..<3 {
                cells[Int.random(in: 0..<cells.count, using: &generator)] =
                    digits.randomElement(using: &generator) ?? 65
            }
            bad.planes[0].cells = String(decoding: cells, as: UTF8.self)
            if let canvas = bad.canvas() { #expect(canvas.width == 10 && canvas.height == 4) }
        }
        for cells in ["___________", "B", "AAAA!", "D", "\u{202E}"] {
            var bad = good
            bad.planes[0].cells = cells
            _ = bad.canvas()
        }
    }

    private static let sketch = Sketch(
        id: SketchID(high: 1, low: 1),
        channel: ChannelID(high: 2, low: 2),
        name: "s",
        width: 10,
        height: 4,
        layers: [],
        locks: [],
        createdBy: AccountID(high: 3, low: 3),
        createdAt: 0,
        seq: 0,
        changedAt: 0,
        version: 1,
        drawing: []
    )
}
