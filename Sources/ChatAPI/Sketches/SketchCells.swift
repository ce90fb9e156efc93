/// One cell of a sketch as it is on top: plain memory of 24 bytes, so that a canvas is copied at the speed of memory.
package struct SketchCell: Hashable, Sendable {
    package var glyph: SketchGlyph
    package var foreground: SketchColor
    package var background: SketchColor
    package var attributes: SketchAttributes
    /// Who drew it: an index into the canvas' `people`, counted from 1; 0 for nobody.
    package var author: UInt16

    package static let empty = SketchCell()

    package init(
        glyph: SketchGlyph = .space,
        foreground: SketchColor = .none,
        background: SketchColor = .none,
        attributes: SketchAttributes = [],
        author: UInt16 = 0
    ) {
        self.glyph = glyph
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        self.author = author
    }

    /// Shows what is in the layer beneath: a space without a background and without attributes.
    package var isTransparent: Bool { glyph == .space && background.isNone && attributes.isEmpty }

    /// Looks the same, whoever drew it.
    package func looks(like other: SketchCell) -> Bool {
        glyph == other.glyph && foreground == other.foreground && background == other.background
            && attributes == other.attributes
    }
}

/// A span of cells of one row with their glyphs taken apart and checked: what a run means on a canvas.
package struct SketchSpan: Sendable, Equatable {
    package var x: Int
    package var y: Int
    package var glyphs: [SketchGlyph]
    package var foreground: SketchColor
    package var background: SketchColor
    package var attributes: SketchAttributes
    /// Cells that it covers.
    package var width: Int

    /// - Throws: why the text cannot be drawn.
    package init(_ run: SketchRun) throws(SketchGlyph.Refusal) {
        x = run.x
        y = run.y
        glyphs = try SketchGlyph.split(run.text)
        foreground = run.foreground
        background = run.background
        attributes = run.attributes.intersection(.all)
        width = glyphs.reduce(0) { $0 + $1.width }
    }

    package var region: SketchRegion { SketchRegion(x: x, y: y, width: width, height: 1) }
}

/// The grid of one layer. Nothing is allocated before something is drawn in it.
package struct SketchPlane: Sendable {
    package private(set) var width: Int
    package private(set) var height: Int
    /// Row by row; empty until the first cell is drawn.
    package private(set) var cells: [SketchCell] = []

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    package var isUntouched: Bool { cells.isEmpty }

    package subscript(x: Int, y: Int) -> SketchCell {
        guard !cells.isEmpty, x >= 0, y >= 0, x < width, y < height else { return .empty }
        return cells[y * width + x]
    }

    /// Puts one cell as it is. The caller keeps both halves of wide glyphs together.
    package mutating func put(_ cell: SketchCell, x: Int, y: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        if cells.isEmpty {
            if cell == .empty { return }
            cells = [SketchCell](repeating: .empty, count: width * height)
        }
        cells[y * width + x] = cell
    }

    /// Writes a glyph with its second half, and blanks the halves of wide glyphs that it cuts. What lies outside is not
    /// drawn; a wide glyph of which only one half would be inside is not drawn either.
    package mutating func write(_ cell: SketchCell, x: Int, y: Int) {
        let width = max(cell.glyph.width, 1)
        guard y >= 0, y < height, x >= 0, x < self.width, x + width <= self.width else { return }
        cut(x: x, y: y)
        if width == 2 { cut(x: x + 1, y: y) }
        put(cell, x: x, y: y)
        if width == 2 {
            var half = cell
            half.glyph = .continuation
            put(half, x: x + 1, y: y)
        }
    }

    /// The cell is about to be written: if it is one half of a wide glyph, the other half becomes a blank of its colour.
    private mutating func cut(x: Int, y: Int) {
        let cell = self[x, y]
        if cell.glyph.isContinuation {
            blank(x: x - 1, y: y)
        } else if cell.glyph.isWide {
            blank(x: x + 1, y: y)
        }
    }

    /// Keeps the background and the author.
    private mutating func blank(x: Int, y: Int) {
        let cell = self[x, y]
        put(SketchCell(background: cell.background, author: cell.author), x: x, y: y)
    }

    package mutating func write(_ span: SketchSpan, author: UInt16) {
        guard span.x < width else { return }
        var x = span.x
        for glyph in span.glyphs {
            let cell = SketchCell(
                glyph: glyph,
                foreground: span.foreground,
                background: span.background,
                attributes: span.attributes,
                author: author
            )
            write(cell, x: x, y: span.y)
            x += max(glyph.width, 1)
        }
    }

    /// The places in the region that show something, row by row.
    package func drawn(in region: SketchRegion) -> [(x: Int, y: Int)] {
        guard !cells.isEmpty,
            let region = region.intersection(SketchRegion(x: 0, y: 0, width: width, height: height))
        else { return [] }
        var places: [(x: Int, y: Int)] = []
        for y in region.y..<region.y + region.height {
            for x in region.x..<region.x + region.width where !cells[y * width + x].isTransparent {
                places.append((x, y))
            }
        }
        return places
    }

    /// Erases what is drawn in the region; cells that show nothing stay whose they are.
    package mutating func erase(_ region: SketchRegion, author: UInt16) {
        for place in drawn(in: region) { write(SketchCell(author: author), x: place.x, y: place.y) }
    }

    /// Cells outside the new size are gone. A wide glyph that the new edge cuts becomes a blank.
    package mutating func resize(width newWidth: Int, height newHeight: Int) {
        var resized = SketchPlane(width: newWidth, height: newHeight)
        if !cells.isEmpty {
            for y in 0..<min(height, newHeight) {
                for x in 0..<min(width, newWidth) { resized.put(self[x, y], x: x, y: y) }
                if newWidth < width, resized[newWidth - 1, y].glyph.isWide { resized.blank(x: newWidth - 1, y: y) }
            }
        }
        self = resized
    }
}
