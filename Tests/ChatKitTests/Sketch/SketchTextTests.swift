import ChatAPI
import ChatKit
import Testing

/// Text and terminal sequences: what is exported is what is imported, and what no cell may hold is refused by name.
@Suite struct SketchTextTests {
    @Test(arguments: Seed.some(60))
    func `a drawing without colours survives the way through a text file`(seed: UInt64) throws {
        var random = RandomGrid(seed: seed)
        let grid = random.next(styled: false)
        let read = try SketchImport.picture(SketchExport.bytes(grid, as: .text), as: .text)
        #expect(read.height == grid.height, "seed \(seed)")
        #expect(read.placed(width: grid.width, height: grid.height) == grid, "seed \(seed)")
    }

    @Test(arguments: Seed.some(60))
    func `a drawing with colours survives the way through terminal sequences`(seed: UInt64) throws {
        var random = RandomGrid(seed: seed)
        let grid = random.next(styled: true)
        let bytes = SketchExport.bytes(grid, as: .ansi)
        let read = try SketchImport.picture(bytes, as: .ansi)
        #expect(read.height == grid.height, "seed \(seed)")
        #expect(read.placed(width: grid.width, height: grid.height) == grid, "seed \(seed)")
        #expect(
            SketchExport.bytes(read.placed(width: grid.width, height: grid.height), as: .ansi) == bytes,
            "seed \(seed)"
        )
    }

    @Test(arguments: Seed.some(40), [SketchDepth.palette, .basic])
    func `fewer colours are the nearest of those, and exporting them again changes nothing`(
        seed: UInt64,
        depth: SketchDepth
    ) throws {
        var random = RandomGrid(seed: seed)
        let grid = random.next(styled: true)
        var options = SketchExport.Options()
        options.depth = depth
        let bytes = SketchExport.bytes(grid, as: .ansi, options)
        let read = try SketchImport.picture(bytes, as: .ansi).placed(width: grid.width, height: grid.height)
        for y in 0..<grid.height {
            for x in 0..<grid.width {
                #expect(read[x, y].glyph == grid[x, y].glyph, "seed \(seed)")
                #expect(read[x, y].foreground == depth.degrade(grid[x, y].foreground), "seed \(seed)")
                #expect(read[x, y].background == depth.degrade(grid[x, y].background), "seed \(seed)")
            }
        }
        #expect(SketchExport.bytes(read, as: .ansi, options) == bytes, "seed \(seed)")
    }

    @Test(arguments: Seed.some(40))
    func `runs draw the grid that they were taken from`(seed: UInt64) {
        var random = RandomGrid(seed: seed)
        let grid = random.next(styled: true)
        for limit in [1_000, 7, 2] {
            let runs = grid.runs(cells: limit)
            #expect(SketchGrid(width: grid.width, height: grid.height, runs: runs) == grid, "seed \(seed)")
        }
        var canvas = SketchCanvas(width: grid.width, height: grid.height)
        canvas.draw(grid.runs(), layer: 0, author: 0)
        for y in 0..<grid.height {
            for x in 0..<grid.width {
                let (cell, drawn) = (grid[x, y], canvas.cell(x: x, y: y))
                guard !drawn.isTransparent else { continue }
                #expect(cell.glyph == drawn.glyph && cell.background == drawn.background, "seed \(seed)")
            }
        }
    }

    private static let sample = SketchGrid(
        width: 8,
        height: 4,
        runs: [
            SketchRun(x: 0, y: 0, text: "┌─`─┐"), SketchRun(x: 0, y: 1, text: "│猫<│", foreground: .rgb(0xFF8700)),
            SketchRun(x: 5, y: 1, text: " ", background: .palette(4)),
            SketchRun(x: 0, y: 2, text: "ok", foreground: .palette(9), attributes: [.bold, .underline]),
        ]
    )

    @Test func `text has a line for every row and no blanks behind`() {
        #expect(SketchExport.text(Self.sample) == "┌─`─┐\n│猫<│\nok\n\n")
    }

    @Test func `terminal sequences say only what changes, and end each row as it began`() {
        #expect(
            SketchExport.ansi(Self.sample, .full)
                == "┌─`─┐\n\u{1B}[0;38;2;255;135;0m│猫<│\u{1B}[0;48;5;4m \u{1B}[0m\n\u{1B}[0;1;4;38;5;9mok\u{1B}[0m\n\n"
        )
        #expect(SketchExport.ansi(Self.sample, .palette).contains("\u{1B}[0;38;5;208m│"))
        #expect(SketchExport.ansi(Self.sample, .basic).contains("\u{1B}[0;1;4;91mok"))
        #expect(SketchExport.ansi(Self.sample, .basic).contains("\u{1B}[0;44m "))
    }

    @Test func `Markdown is a block of code that nothing inside can end`() {
        #expect(
            SketchExport.markdown(Self.sample, title: "a [b](c)") == "# a \\[b\\](c)\n\n```text\n┌─`─┐\n│猫<│\nok\n```\n"
        )
        let fences = SketchGrid(width: 8, height: 4, runs: [SketchRun(x: 0, y: 0, text: "a````")])
        #expect(SketchExport.markdown(fences, title: nil) == "`````text\na````\n`````\n")
    }

    @Test func `tabs, line ends of other systems and byte order marks are understood`() throws {
        let grid = try SketchImport.picture(Array("\u{FEFF}a\tb\r\nc\r\n".utf8), as: .text)
        #expect(SketchExport.text(grid) == "a       b\nc\n\n\n")
        #expect(grid.width == 9)
    }

    @Test(
        arguments: [
            ("ok\nbad\u{202E}", "line 2 holds the direction control U+202E, which no cell may hold"),
            ("\u{301}a", "line 1 holds the mark U+0301 without a letter under it"),
            ("a\u{1}", "line 1 holds the control character U+0001, which no cell may hold"),
            ("👩\u{200D}🚀", "line 1 holds a sequence around U+200D: terminals disagree about how many cells it takes"),
            (String(repeating: "x", count: 513), "line 1 takes more than 512 cells, the most that a sketch has"),
            (String(repeating: "x\n", count: 257), "the file has 257 lines; a sketch has at most 256 rows"),
        ]
    )
    func `text that no sketch can hold is refused by name`(text: String, sentence: String) {
        #expect(throws: SketchImport.Refusal(sentence)) { try SketchImport.picture(Array(text.utf8), as: .text) }
    }

    @Test func `bytes that are no text and files without end are refused`() {
        #expect(throws: SketchImport.Refusal("the file is not UTF-8")) {
            try SketchImport.picture([0x61, 0xFF], as: .text)
        }
        #expect(throws: SketchImport.Refusal("the file has 4194305 bytes; the limit is 4194304")) {
            try SketchImport.picture([UInt8](repeating: 0x61, count: 4_194_305), as: .text)
        }
    }
}
