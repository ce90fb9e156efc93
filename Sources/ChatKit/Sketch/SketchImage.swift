import ChatAPI

/// A sketch as a PNG picture: shapes as geometry, everything else in the bitmap font, each cell 8 × 16 pixels times the scale.
///
/// At most 256 colours make an indexed picture. Rows are drawn and written one row of cells at a time.
struct SketchImage {
    private let picture: SketchGrid
    private let scale: Int
    private let paper: SketchPaper

    init(_ picture: SketchGrid, _ paper: SketchPaper, scale: Int) {
        self.picture = picture
        self.paper = paper
        self.scale = min(max(scale, SketchExport.scales.lowerBound), SketchExport.scales.upperBound)
    }

    /// What one cell is drawn with; cells that look alike share it.
    private struct Paint {
        let foreground: UInt32
        let background: UInt32
        let ink: SketchInk?
    }

    var png: [UInt8] {
        var paints: [SketchGrid.Cell: Paint] = [:]
        var colors: Set<UInt32> = [paper.background]
        for y in 0..<picture.height {
            for cell in picture.row(y) where paints[cell] == nil {
                let paint = paint(cell)
                paints[cell] = paint
                colors.formUnion([paint.foreground, paint.background])
            }
        }
        // A picture without cells has no pixels, which PNG does not know.
        let width = max(picture.width, 1) * CellShape.width * scale
        let height = max(picture.height, 1) * CellShape.height * scale
        let palette = colors.count <= 256 ? colors.sorted() : nil
        let bytes = Bytes(palette: palette)
        let writer = PNGWriter(width: width, height: height, palette: palette)
        for y in 0..<max(picture.height, 1) {
            for line in 0..<CellShape.height {
                var row: [UInt8] = []
                row.reserveCapacity(width * 3)
                if picture.width == 0 || picture.height == 0 {
                    for _ in 0..<width { bytes.append(paper.background, to: &row) }
                } else {
                    draw(y, line, paints, bytes, into: &row)
                }
                for _ in 0..<scale { writer.write(row) }
            }
        }
        return writer.finish()
    }

    /// The second half of a wide glyph is painted with its first.
    private func draw(
        _ y: Int,
        _ line: Int,
        _ paints: [SketchGrid.Cell: Paint],
        _ bytes: Bytes,
        into row: inout [UInt8]
    ) {
        for cell in picture.row(y) where !cell.glyph.isContinuation {
            guard let paint = paints[cell] else { continue }
            let width = cell.glyph.width * CellShape.width
            let bits = paint.ink?.rows[line] ?? 0
            for x in 0..<width {
                let isInk = bits & 1 << UInt16(width - 1 - x) != 0
                for _ in 0..<scale { bytes.append(isInk ? paint.foreground : paint.background, to: &row) }
            }
        }
    }

    private func paint(_ cell: SketchGrid.Cell) -> Paint {
        let (foreground, background) = paper.inks(cell)
        guard let ink = SketchInk(cell) else { return Paint(foreground: background, background: background, ink: nil) }
        let mixed = SketchPaper.mix(foreground, background, quarters: ink.quarters)
        return Paint(foreground: mixed, background: background, ink: ink)
    }

    /// How a colour becomes bytes of a row: an index, or a triple.
    private struct Bytes {
        private let indices: [UInt32: UInt8]?

        init(palette: [UInt32]?) {
            indices = palette.map { colors in
                Dictionary(uniqueKeysWithValues: colors.enumerated().map { ($1, UInt8($0)) })
            }
        }

        func append(_ color: UInt32, to row: inout [UInt8]) {
            if let indices {
                row.append(indices[color] ?? 0)
            } else {
                row.append(UInt8(color >> 16 & 255))
                row.append(UInt8(color >> 8 & 255))
                row.append(UInt8(color & 255))
            }
        }
    }
}
