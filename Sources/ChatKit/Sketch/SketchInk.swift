import ChatAPI

/// What of a cell's square is foreground, at one pixel for each of its units: a shape, or glyphs of the font on top of one another.
struct SketchInk {
    /// Rows from above, the leftmost pixel in the highest of `width` bits.
    let rows: [UInt16]
    /// 8, or 16 for a wide glyph.
    let width: Int
    /// How much the foreground covers, in quarters.
    var quarters = 4

    /// Nil where there is nothing to see: blanks, and second halves.
    init?(_ cell: SketchGrid.Cell) {
        let text = cell.glyph.text
        guard let base = text.unicodeScalars.first else { return nil }
        let width = 8 * cell.glyph.width
        self.width = width
        var rows: [UInt16]
        if let shape = CellShape.of(base) {
            rows = Self.fill(shape.rectangles)
            quarters = shape.quarters
        } else {
            rows = base == " " ? Array(repeating: 0, count: CellShape.height) : Self.set(base, width)
            for mark in text.unicodeScalars.dropFirst() {
                guard let glyph = GlyphSheet.shared.glyph(mark) else { continue }
                let bits = Self.fit(glyph, width)
                for row in rows.indices { rows[row] |= bits[row] }
            }
            if cell.attributes.contains(.italic) { rows = Self.slanted(rows) }
            if cell.attributes.contains(.bold) { rows = rows.map { $0 | $0 >> 1 } }
        }
        let line: UInt16 = width == 16 ? 0xFFFF : 0xFF
        if cell.attributes.contains(.underline) { rows[14] = line }
        if cell.attributes.contains(.strike) { rows[8] = line }
        guard rows.contains(where: { $0 != 0 }) else { return nil }
        self.rows = rows
    }

    private static func fill(_ rectangles: [CellShape.Rectangle]) -> [UInt16] {
        var rows = [UInt16](repeating: 0, count: CellShape.height)
        for rectangle in rectangles {
            for y in rectangle.y..<rectangle.endY {
                for x in rectangle.x..<rectangle.endX { rows[y] |= 0x80 >> UInt16(x) }
            }
        }
        return rows
    }

    private static func set(_ scalar: Unicode.Scalar, _ width: Int) -> [UInt16] {
        guard let glyph = GlyphSheet.shared.glyph(scalar) else { return missing(scalar, width) }
        return fit(glyph, width)
    }

    /// The font's idea of a width is not always that of the protocol: a narrow glyph is put in the middle of two cells, a
    /// wide one pressed into one, two pixels becoming one.
    private static func fit(_ glyph: GlyphSheet.Glyph, _ width: Int) -> [UInt16] {
        if glyph.width == width { return glyph.rows }
        if width == 16 { return glyph.rows.map { $0 << 4 } }
        return glyph.rows.map { row in
            var pressed: UInt16 = 0
            for x in 0..<8 where row & (0xC000 >> UInt16(2 * x)) != 0 { pressed |= 0x80 >> UInt16(x) }
            return pressed
        }
    }

    /// The upper third goes to the right, the lower third to the left.
    private static func slanted(_ rows: [UInt16]) -> [UInt16] {
        rows.indices.map { $0 < 6 ? rows[$0] >> 1 : $0 < 11 ? rows[$0] : rows[$0] << 1 }
    }

    // MARK: - Glyphs that the font does not have

    /// The scalar's number in hexadecimal, two digits in a line of one cell, two or three in two; framed where there is room.
    private static func missing(_ scalar: Unicode.Scalar, _ width: Int) -> [UInt16] {
        let text = String(scalar.value, radix: 16, uppercase: true)
        let perLine = width == 16 && text.count > 4 ? 3 : 2
        let lines = (max(text.count, 4) + perLine - 1) / perLine
        let zeros = String(repeating: "0", count: lines * perLine - text.count)
        var rows = [UInt16](repeating: 0, count: CellShape.height)
        func pixel(_ x: Int, _ y: Int) { rows[y] |= 1 << UInt16(width - 1 - x) }
        for (index, digit) in (zeros + text).enumerated() {
            let bits = Self.digits[digit.hexDigitValue ?? 0]
            let left = (width - 4 * perLine + 1) / 2 + index % perLine * 4
            let top = lines == 2 ? 2 + index / perLine * 7 : [0, 6, 11][index / perLine]
            for row in 0..<5 {
                for column in 0..<3 where bits & 1 << (14 - 3 * row - column) != 0 { pixel(left + column, top + row) }
            }
        }
        guard width == 16 else { return rows }
        for x in 1..<(width - 1) {
            pixel(x, 0)
            pixel(x, 15)
        }
        for y in 0..<CellShape.height {
            pixel(1, y)
            pixel(width - 2, y)
        }
        return rows
    }

    /// 0 to F, three by five, from the upper left.
    private static let digits: [Int] = [
        0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111, 0b111_001_111_001_111,
        0b101_101_111_001_001, 0b111_100_111_001_111, 0b111_100_111_101_111, 0b111_001_010_010_010,
        0b111_101_111_101_111, 0b111_101_111_001_111, 0b010_101_111_101_101, 0b110_101_110_101_110,
        0b011_100_100_100_011, 0b110_101_101_101_110, 0b111_100_110_100_111, 0b111_100_110_100_100,
    ]
}
