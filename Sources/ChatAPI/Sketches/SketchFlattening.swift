/// All visible layers in one: what is drawn on a screen, in an export and in a message.
extension SketchCanvas {
    /// The cell as it is seen. A transparent cell shows the layer beneath; a cell without a background has the one
    /// beneath it. Half of a wide glyph whose other half is covered is a blank.
    package func cell(x: Int, y: Int) -> SketchCell {
        let found = topmost(x: x, y: y)
        guard let found else { return .empty }
        var cell = found.cell
        if cell.glyph.isWide, topmost(x: x + 1, y: y)?.layer != found.layer {
            cell = SketchCell(background: cell.background, author: cell.author)
        } else if cell.glyph.isContinuation, topmost(x: x - 1, y: y)?.layer != found.layer {
            cell = SketchCell(background: cell.background, author: cell.author)
        }
        if cell.background.isNone { cell.background = background(x: x, y: y, beneath: found.index) }
        return cell
    }

    /// One row, from left to right.
    package func row(_ y: Int) -> [SketchCell] { (0..<width).map { cell(x: $0, y: y) } }

    /// The layer whose cell is seen there; nil if nothing is.
    package func visibleLayer(x: Int, y: Int) -> Int? { topmost(x: x, y: y)?.layer }

    /// The cells of a region as runs, their places counted from its corner; blanks at the ends of rows are left out.
    package func runs(in wanted: SketchRegion) -> [SketchRun] {
        guard let region = wanted.intersection(region) else { return [] }
        var builder = SketchRunBuilder()
        for y in region.y..<region.y + region.height {
            for x in region.x..<region.x + region.width {
                var cell = cell(x: x, y: y)
                let isCut = cell.glyph.isWide && x + 1 == region.x + region.width
                let isHalf = cell.glyph.isContinuation && x == region.x
                if isCut || isHalf { cell = SketchCell(background: cell.background, author: cell.author) }
                if cell.glyph.isContinuation || cell.isTransparent { continue }
                builder.add(cell, x: x - region.x, y: y - region.y)
            }
        }
        return builder.finish()
    }

    /// The smallest region that holds everything that is seen; nil if nothing is.
    package var drawnRegion: SketchRegion? {
        var (left, top, right, bottom) = (Int.max, Int.max, -1, -1)
        for y in 0..<height {
            for x in 0..<width where !cell(x: x, y: y).isTransparent {
                (left, right) = (min(left, x), max(right, x))
                (top, bottom) = (min(top, y), max(bottom, y))
            }
        }
        return right < 0
            ? nil : SketchRegion(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    private func topmost(x: Int, y: Int) -> (cell: SketchCell, layer: Int, index: Int)? {
        for index in layers.indices.reversed() where !layers[index].hidden {
            let cell = cell(x: x, y: y, layer: layers[index].id)
            if !cell.isTransparent { return (cell, layers[index].id, index) }
        }
        return nil
    }

    private func background(x: Int, y: Int, beneath index: Int) -> SketchColor {
        for index in layers.indices[..<index].reversed() where !layers[index].hidden {
            let color = cell(x: x, y: y, layer: layers[index].id).background
            if !color.isNone { return color }
        }
        return .none
    }
}

/// Puts cells that follow each other in a row and are drawn alike into one run.
package struct SketchRunBuilder {
    private var runs: [SketchRun] = []
    private var text: [UInt8] = []
    private var first: (cell: SketchCell, x: Int, y: Int)?
    private var nextX = 0

    package init() {}

    /// Cells come row by row and from left to right, without the second halves of wide glyphs.
    package mutating func add(_ cell: SketchCell, x: Int, y: Int) {
        if let first, first.y == y, nextX == x, first.cell.foreground == cell.foreground,
            first.cell.background == cell.background, first.cell.attributes == cell.attributes
        {
            cell.glyph.append(to: &text)
        } else {
            close()
            first = (cell, x, y)
            cell.glyph.append(to: &text)
        }
        nextX = x + max(cell.glyph.width, 1)
    }

    package mutating func finish() -> [SketchRun] {
        close()
        defer { runs = [] }
        return runs
    }

    private mutating func close() {
        guard let first else { return }
        runs.append(
            SketchRun(
                x: first.x,
                y: first.y,
                text: String(decoding: text, as: UTF8.self),
                foreground: first.cell.foreground,
                background: first.cell.background,
                attributes: first.cell.attributes
            )
        )
        text.removeAll(keepingCapacity: true)
        self.first = nil
    }
}
