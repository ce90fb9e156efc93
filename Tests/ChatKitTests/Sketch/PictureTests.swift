import ChatAPI
import ChatKit
import Testing

/// Pictures, decoded again and compared pixel by pixel with what the cells say.
@Suite struct PictureTests {
    private func png(_ grid: SketchGrid, scale: Int = 1, _ change: (inout SketchExport.Options) -> Void = { _ in })
        throws
        -> PixelImage
    {
        var options = SketchExport.Options()
        options.scale = scale
        change(&options)
        return try PNG.decode(SketchExport.bytes(grid, as: .png, options))
    }

    private func cell(_ text: String, _ foreground: UInt32 = 0xFFFFFF, on background: UInt32 = 0) -> SketchRun {
        SketchRun(x: 0, y: 0, text: text, foreground: .rgb(foreground), background: .rgb(background))
    }

    /// The rows of the first cells as text, `#` for the foreground.
    private func pattern(_ run: SketchRun, width: Int = 8) throws -> [String] {
        let image = try png(SketchGrid(width: 8, height: 4, runs: [run]))
        let ink = run.foreground.rgb
        return (0..<16).map { y in String((0..<width).map { image[$0, y] == ink ? "#" : "." }) }
    }

    @Test func `letters are the font's`() throws {
        // U+0041 in unifont.hex: 0000000018242442427E424242420000.
        let expected = [0, 0, 0, 0, 0x18, 0x24, 0x24, 0x42, 0x42, 0x7E, 0x42, 0x42, 0x42, 0x42, 0, 0].map { row in
            String((0..<8).map { row & 0x80 >> $0 != 0 ? "#" : "." })
        }
        #expect(try pattern(cell("A")) == expected)
    }

    @Test func `wide glyphs take both their cells, and marks go on top`() throws {
        let wide = try pattern(cell("漢"), width: 16)
        #expect(wide.contains { $0.prefix(8).contains("#") } && wide.contains { $0.suffix(8).contains("#") })
        let (plain, marked) = (try pattern(cell("e")), try pattern(cell("e\u{301}")))
        #expect(plain != marked)
        for (row, other) in zip(plain, marked) { #expect(zip(row, other).allSatisfy { $0 == "." || $1 == "#" }) }
    }

    /// A glyph and which of its pixels are ink.
    struct Covered: Sendable {
        let glyph: String
        let isInk: @Sendable (Int, Int) -> Bool

        init(_ glyph: String, _ isInk: @escaping @Sendable (Int, Int) -> Bool) {
            self.glyph = glyph
            self.isInk = isInk
        }
    }

    private static let shapes = [
        Covered("█") { _, _ in true }, Covered("▀") { _, y in y < 8 }, Covered("▄") { _, y in y >= 8 },
        Covered("▌") { x, _ in x < 4 }, Covered("▐") { x, _ in x >= 4 }, Covered("▂") { _, y in y >= 12 },
        Covered("▎") { x, _ in x < 2 }, Covered("▚") { x, y in (x < 4) == (y < 8) },
        Covered("▙") { x, y in x < 4 || y >= 8 }, Covered("─") { _, y in y == 7 },
        Covered("┃") { x, _ in (2...4).contains(x) }, Covered("═") { _, y in y == 6 || y == 8 },
        Covered("⠁") { x, y in (1...2).contains(x) && (1...2).contains(y) },
        Covered("⢀") { x, y in (5...6).contains(x) && (13...14).contains(y) },
    ]

    @Test func `shapes cover what their names say`() throws {
        for shape in Self.shapes {
            let rows = try pattern(cell(shape.glyph))
            for y in 0..<16 {
                for (x, pixel) in rows[y].enumerated() {
                    #expect((pixel == "#") == shape.isInk(x, y), "\(shape.glyph) at \(x), \(y)")
                }
            }
        }
    }

    @Test func `lines of neighbours meet`() throws {
        // What leaves a cell on the right enters the next one on the left, whatever else the two are.
        let boxes = (0x2500...0x257F).compactMap { Unicode.Scalar($0) }
        func edge(_ scalar: Unicode.Scalar, _ column: Int) -> [Int] {
            let rows = (CellShape.of(scalar)?.rectangles ?? []).filter { $0.x <= column && $0.endX > column }
            return Set(rows.flatMap { $0.y..<$0.endY }).sorted()
        }
        let kinds = [[7], [6, 7, 8], [6, 8]]
        for box in boxes where !(0x2571...0x2573).contains(box.value) {
            let isDashed = (0x2504...0x250B).contains(box.value) || (0x254C...0x254F).contains(box.value)
            for column in [0, 7] where !isDashed {
                let rows = edge(box, column)
                // An upright heavy line is no arm: it reaches no edge.
                #expect(rows.isEmpty || kinds.contains(rows), "U+\(String(box.value, radix: 16)): \(rows) at \(column)")
            }
        }
    }

    @Test func `the two lines of a double box are closed`() throws {
        let rows = ["╔══╗", "║  ║", "╚══╝"].enumerated().map { y, text in
            SketchRun(x: 0, y: y, text: text, foreground: .rgb(0xFFFFFF), background: .rgb(0))
        }
        let image = try png(SketchGrid(width: 8, height: 4, runs: rows))
        // Outer and inner rectangle: ink along all four sides, and none between them.
        for (left, top, right, bottom) in [(2, 6, 28, 40), (4, 8, 26, 38)] {
            for x in left...right {
                #expect(image[x, top] == 0xFFFFFF && image[x, bottom] == 0xFFFFFF, "at column \(x)")
            }
            for y in top...bottom { #expect(image[left, y] == 0xFFFFFF && image[right, y] == 0xFFFFFF, "at row \(y)") }
        }
        for x in 3...27 { #expect(image[x, 7] == 0 && image[x, 39] == 0, "between the lines at column \(x)") }
        for y in 7...39 { #expect(image[3, y] == 0 && image[27, y] == 0, "between the lines at row \(y)") }
    }

    @Test func `shades are colours in between, and the scale only repeats pixels`() throws {
        let image = try png(SketchGrid(width: 8, height: 4, runs: [cell("░▒▓█", 0xFFFFFF, on: 0)]))
        #expect([0, 8, 16, 24].map { image[$0, 3] } == [0x404040, 0x808080, 0xBFBFBF, 0xFFFFFF])
        let grid = SketchGrid(width: 8, height: 4, runs: [cell("Aé漢╬", 0x12AB34, on: 0x102030)])
        let (one, three) = (try png(grid), try png(grid, scale: 3))
        #expect(three.width == 3 * one.width && three.height == 3 * one.height)
        for y in 0..<three.height {
            for x in 0..<three.width where three[x, y] != one[x / 3, y / 3] { Issue.record("differs at \(x), \(y)") }
        }
    }

    @Test func `attributes change the picture as their names say`() throws {
        var run = cell("H", 0xFF0000, on: 0x0000FF)
        run.attributes = .reverse
        let image = try png(SketchGrid(width: 8, height: 4, runs: [run]))
        #expect(image[0, 0] == 0xFF0000)
        run.attributes = .underline
        #expect(try pattern(run)[14] == "########")
        run.attributes = .strike
        #expect(try pattern(run)[8] == "########")
        run.attributes = []
        let plain = try pattern(run).joined().filter { $0 == "#" }.count
        run.attributes = .bold
        #expect(try pattern(run).joined().filter { $0 == "#" }.count > plain)
    }

    @Test func `more than 256 colours, and none at all`() throws {
        var grid = SketchGrid(width: 40, height: 20)
        for y in 0..<20 {
            for x in 0..<40 {
                grid.put(.init(.space, background: .rgb(UInt8(x * 6), UInt8(y * 12), 90)), x: x, y: y)
            }
        }
        let image = try png(grid)
        for y in 0..<20 {
            for x in 0..<40 { #expect(image[x * 8 + 3, y * 16 + 3] == UInt32(x * 6) << 16 | UInt32(y * 12) << 8 | 90) }
        }
        let empty = try png(SketchGrid(width: 8, height: 4)) { $0.paper = .light }
        #expect((0..<empty.width).allSatisfy { empty[$0, 0] == 0xFFFFFF })
        #expect(SketchExport.bytes(grid, as: .png) == SketchExport.bytes(grid, as: .png))
    }

    @Test func `a glyph that the font lacks shows its number`() throws {
        let missing = try pattern(cell("\u{10330}"))
        #expect(missing != (try pattern(cell("\u{10331}"))))
        #expect(missing.joined().contains("#"))
    }

    /// A kind of PNG, its rows, and the three pixels that it shows, as red, green, blue and opacity.
    struct Kind: Sendable {
        let depth: UInt8
        let color: UInt8
        var chunks: [UInt8] = []
        let row: [UInt8]
        let shown: [[UInt8]]
    }

    private static let kinds = [
        Kind(depth: 8, color: 0, row: [0, 9, 255], shown: [[0, 0, 0, 255], [9, 9, 9, 255], [255, 255, 255, 255]]),
        Kind(
            depth: 2,
            color: 0,
            row: [0b00_01_11_00],
            shown: [[0, 0, 0, 255], [85, 85, 85, 255], [255, 255, 255, 255]]
        ),
        Kind(depth: 8, color: 4, row: [7, 0, 7, 9, 7, 255], shown: [[7, 7, 7, 0], [7, 7, 7, 9], [7, 7, 7, 255]]),
        Kind(
            depth: 16,
            color: 2,
            row: Array(repeating: [1, 0, 2, 0, 3, 0], count: 3).flatMap { $0 },
            shown: Array(repeating: [1, 2, 3, 255], count: 3)
        ),
        Kind(
            depth: 8,
            color: 6,
            row: [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9],
            shown: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]]
        ),
        Kind(
            depth: 8,
            color: 3,
            chunks: PNGBytes.chunk("PLTE", [1, 2, 3, 4, 5, 6]) + PNGBytes.chunk("tRNS", [0]),
            row: [1, 0, 1],
            shown: [[4, 5, 6, 255], [1, 2, 3, 0], [4, 5, 6, 255]]
        ),
    ]

    @Test func `every kind of PNG is read as colours with opacity`() throws {
        for kind in Self.kinds {
            let header = PNGBytes.header(3, 1, depth: kind.depth, color: kind.color)
            let bytes =
                PNGBytes.signature + header + kind.chunks + PNGBytes.data([0] + kind.row)
                + PNGBytes.chunk("IEND", [])
            #expect(try PNG.decode(bytes).rgba == kind.shown.flatMap { $0 }, "depth \(kind.depth), kind \(kind.color)")
        }
    }

    @Test func `what is transparent in a picture is empty in a sketch`() throws {
        let clear: [UInt8] = [9, 9, 9, 0]
        let red: [UInt8] = [255, 0, 0, 255]
        // Eight pixels wide, eight high: the left half is clear, so is the lower one.
        let rows = (0..<8).flatMap { (y: Int) -> [UInt8] in
            [0] + (0..<8).flatMap { (x: Int) -> [UInt8] in x < 4 || y >= 5 ? clear : red }
        }
        let bytes =
            PNGBytes.signature + PNGBytes.header(8, 8, color: 6) + PNGBytes.data(rows) + PNGBytes.chunk("IEND", [])
        let grid = try SketchImport.picture(bytes, as: .png)
        #expect(SketchExport.text(grid) == "\n\n    ▀▀▀▀\n\n")
        #expect(grid[4, 0] == .init(.space, background: .rgb(0xFF0000)) && grid[3, 0].isEmpty && grid[4, 3].isEmpty)
    }

    @Test(arguments: Seed.some(20))
    func `half blocks survive the way through a picture`(seed: UInt64) throws {
        var random = RandomGrid(seed: seed)
        let wild = random.next(styled: true)
        var grid = SketchGrid(width: wild.width, height: wild.height)
        for y in 0..<wild.height {
            for x in 0..<wild.width {
                let (one, other) = (wild[x, y].foreground.rgb ?? 0x101010, wild[x, y].background.rgb ?? 0xE0E0E0)
                grid.put(
                    one == other
                        ? .init(.space, background: .rgb(one))
                        : .init(SketchGlyph("▀")!, foreground: .rgb(one), background: .rgb(other)),
                    x: x,
                    y: y
                )
            }
        }
        var options = SketchImport.Options()
        options.columns = grid.width
        let read = try SketchImport.picture(SketchExport.bytes(grid, as: .png), as: .png, options)
        #expect(read == grid, "seed \(seed)")
    }
}

extension PixelImage {
    /// `0xRRGGBB`.
    subscript(x: Int, y: Int) -> UInt32 {
        let index = (y * width + x) * 4
        return UInt32(rgba[index]) << 16 | UInt32(rgba[index + 1]) << 8 | UInt32(rgba[index + 2])
    }
}
