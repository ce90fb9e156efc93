import ChatAPI
import ChatKit
import ChatTestKit
import Testing

/// Terminal sequences as others write them: every way to say a colour, movements, art from the eighties, and nonsense.
@Suite struct ANSIReaderTests {
    private func read(_ text: String, columns: Int? = nil) throws -> SketchGrid {
        var options = SketchImport.Options()
        options.columns = columns
        return try SketchImport.picture(Array(text.utf8), as: .ansi, options)
    }

    @Test(
        arguments: [
            ("31", SketchColor.palette(1), SketchColor.none), ("97;40", .palette(15), .palette(0)),
            ("38;5;200", .palette(200), .none), ("38;2;1;2;3;48;5;9", .rgb(0x010203), .palette(9)),
            ("38:2::1:2:3", .rgb(0x010203), .none), ("38:2:1:2:3", .rgb(0x010203), .none),
            ("48:5:17", .none, .palette(17)), ("31;44;39", .none, .palette(4)), ("31;0", .none, .none),
            ("", .none, .none), ("38;5", .none, .none), ("38;2;300;0;0", .none, .none), ("999;32", .palette(2), .none),
        ]
    )
    func `every way to say a colour is understood`(code: String, foreground: SketchColor, background: SketchColor)
        throws
    {
        let grid = try read("\u{1B}[\(code)mx")
        #expect(grid[0, 0] == SketchGrid.Cell(SketchGlyph("x")!, foreground: foreground, background: background))
    }

    @Test func `attributes come and go one by one`() throws {
        let grid = try read("\u{1B}[1;3;4;7;9ma\u{1B}[22;23mb\u{1B}[24;27;29mc")
        #expect(grid[0, 0].attributes == [.bold, .italic, .underline, .reverse, .strike])
        #expect(grid[1, 0].attributes == [.underline, .reverse, .strike])
        #expect(grid[2, 0].attributes == [])
    }

    @Test(
        arguments: [
            ("ab\u{1B}[2Dc", "cb\n\n\n\n"), ("a\u{1B}[3Cb", "a   b\n\n\n\n"), ("a\n\u{1B}[Ab", "b\n\n\n\n"),
            ("\u{1B}[3;4Hx", "\n\n   x\n\n"), ("abc\rX", "Xbc\n\n\n\n"), ("abc\u{1B}[2D\u{1B}[K", "a\n\n\n\n"),
            ("abc\u{1B}[2Jd", "d\n\n\n\n"), ("a\u{1B}[sbc\u{1B}[uX", "aXc\n\n\n\n"), ("ab\u{8}c", "ac\n\n\n\n"),
            ("\u{1B}]0;title\u{7}a", "a\n\n\n\n"), ("\u{1B}Pq#0\u{1B}\\a", "a\n\n\n\n"), ("\u{1B}(Ba", "a\n\n\n\n"),
            ("\u{1B}[?25la\u{1B}[>4;1mb", "ab\n\n\n\n"), ("漢\rx", "x\n\n\n\n"), ("a\u{1B}[", "a\n\n\n\n"),
        ]
    )
    func `movements go where a terminal goes, and what means nothing is skipped`(text: String, shown: String) throws {
        #expect(SketchExport.text(try read(text)) == shown)
    }

    @Test func `lines wrap where they are told to`() throws {
        #expect(SketchExport.text(try read("0123456789", columns: 8)) == "01234567\n89\n\n\n")
        #expect(SketchExport.text(try read("01234567\n89", columns: 8)) == "01234567\n89\n\n\n")
        #expect(SketchExport.text(try read("0123456漢", columns: 8)) == "0123456\n漢\n\n\n")
    }

    @Test func `bytes that are not UTF-8 are code page 437, up to the record at their end`() throws {
        let art: [UInt8] = [
            0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xC9, 0xCD, 0xBB, 0x0D, 0x0A, 0xB0, 0xDB, 0xDF, 0x1A, 0x53, 0x41, 0x55,
        ]
        #expect(SketchImport.Form(art) == .ansi)
        let grid = try SketchImport.picture(art, as: .ansi)
        #expect(SketchExport.text(grid) == "╔═╗\n░█▀\n\n\n")
        #expect(grid[1, 0].foreground == .palette(1))
    }

    @Test(
        arguments: [
            ("\u{1B}[400Bx", "the file has 401 lines; a sketch has at most 256 rows"),
            (String(repeating: "\n", count: 300), "the file has 257 lines; a sketch has at most 256 rows"),
            ("a\u{B}", "line 1 holds the control character U+000B"),
            ("a\nb\u{2066}", "line 2 holds the direction control U+2066, which no cell may hold"),
        ]
    )
    func `what no sketch can hold is refused by name`(text: String, sentence: String) {
        #expect(throws: SketchImport.Refusal(sentence)) { try read(text) }
    }

    @Test(arguments: Seed.some(60))
    func `nonsense is read or refused, and never too large`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "\u{1B}[", "\u{1B}]", "\u{1B}", ";", ":", "m", "H", "A", "99999999999999999999", "38", "2", "5", "x", "漢",
            "\n", "\r", "\t",
        ]
        for _ in 0..<50 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                bytes += Array(pieces.randomElement(using: &random)!.utf8)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
            }
            guard let grid = try? SketchImport.picture(bytes, as: .ansi) else { continue }
            #expect(
                Limits.sketchWidth.contains(grid.width) && Limits.sketchHeight.contains(grid.height),
                "seed \(seed)"
            )
        }
    }
}
