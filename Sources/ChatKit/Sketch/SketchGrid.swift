package import ChatAPI

/// A rectangle of cells as exports show it and imports make it: flat, without layers, and without who drew what.
package struct SketchGrid: Sendable, Equatable {
    package struct Cell: Hashable, Sendable {
        package var glyph: SketchGlyph
        package var foreground: SketchColor
        package var background: SketchColor
        package var attributes: SketchAttributes

        package init(
            _ glyph: SketchGlyph,
            foreground: SketchColor = .none,
            background: SketchColor = .none,
            attributes: SketchAttributes = []
        ) {
            self.glyph = glyph
            self.foreground = foreground
            self.background = background
            self.attributes = attributes
        }

        package static let empty = Cell(.space)

        package var isEmpty: Bool { self == .empty }

        func isStyled(like other: Cell) -> Bool {
            foreground == other.foreground && background == other.background && attributes == other.attributes
        }
    }

    package let width: Int
    package let height: Int
    private var cells: [Cell]

    /// An empty one.
    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        cells = Array(repeating: .empty, count: width * height)
    }

    /// What runs draw, the later above the earlier; what lies outside is left out.
    package init(width: Int, height: Int, runs: [SketchRun]) {
        self.init(width: width, height: height)
        for run in runs {
            guard let glyphs = try? SketchGlyph.split(run.text) else { continue }
            var x = run.x
            for glyph in glyphs {
                let cell = Cell(
                    glyph,
                    foreground: run.foreground,
                    background: run.background,
                    attributes: run.attributes
                )
                put(cell, x: x, y: run.y)
                x += glyph.width
            }
        }
    }

    package subscript(x: Int, y: Int) -> Cell { cells[y * width + x] }

    package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * width..<(y + 1) * width] }

    /// Draws a cell, and the second one of a wide glyph. What loses its other half becomes a blank; a wide glyph that
    /// does not fit is left out.
    package mutating func put(_ cell: Cell, x: Int, y: Int) {
        guard x >= 0, y >= 0, x < width, y < height, !cell.glyph.isContinuation else { return }
        guard x + cell.glyph.width <= width else { return }
        let index = y * width + x
        clearHalves(around: index, x)
        if cell.glyph.isWide {
            clearHalves(around: index + 1, x + 1)
            cells[index + 1] = cell
            cells[index + 1].glyph = .continuation
        }
        cells[index] = cell
    }

    /// The other half of a wide glyph of which one half is about to be drawn over.
    private mutating func clearHalves(around index: Int, _ x: Int) {
        if cells[index].glyph.isContinuation, x > 0 { cells[index - 1].glyph = .space }
        if cells[index].glyph.isWide, x + 1 < width { cells[index + 1].glyph = .space }
    }

    /// The same with fewer colours.
    func degraded(to depth: SketchDepth) -> SketchGrid {
        guard depth != .full else { return self }
        var degraded = self
        for index in cells.indices {
            degraded.cells[index].foreground = depth.degrade(cells[index].foreground)
            degraded.cells[index].background = depth.degrade(cells[index].background)
        }
        return degraded
    }

    // MARK: - Parts

    /// The part inside a region; halves of glyphs at its edges become blanks.
    package func cropped(to region: SketchRegion) -> SketchGrid {
        var part = SketchGrid(width: max(region.width, 0), height: max(region.height, 0))
        for y in 0..<part.height where (0..<height).contains(y + region.y) {
            for x in 0..<part.width where (0..<width).contains(x + region.x) {
                var cell = self[x + region.x, y + region.y]
                let isCut = cell.glyph.isWide && x + 1 == part.width || cell.glyph.isContinuation && x == 0
                if isCut { cell.glyph = .space }
                part.cells[y * part.width + x] = cell
            }
        }
        return part
    }

    /// The smallest region that holds everything drawn; nil if nothing is.
    package var drawnRegion: SketchRegion? {
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            for x in 0..<width where !self[x, y].isEmpty {
                (left, right) = (min(left, x), max(right, x))
                (top, bottom) = (min(top, y), y)
            }
        }
        guard right >= 0 else { return nil }
        return SketchRegion(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    /// Everything drawn as runs: each as long as its style and its row last, cut at `cells` of them.
    package func runs(cells limit: Int = .max) -> [SketchRun] {
        var runs: [SketchRun] = []
        for y in 0..<height {
            var x = 0
            while x < width {
                let first = self[x, y]
                guard !first.isEmpty else {
                    x += 1
                    continue
                }
                let start = x
                var text: [UInt8] = []
                while x < width, !self[x, y].isEmpty, self[x, y].isStyled(like: first) {
                    let glyph = self[x, y].glyph
                    guard x + max(glyph.width, 1) - start <= limit else { break }
                    glyph.append(to: &text)
                    x += max(glyph.width, 1)
                }
                runs.append(
                    SketchRun(
                        x: start,
                        y: y,
                        text: String(decoding: text, as: UTF8.self),
                        foreground: first.foreground,
                        background: first.background,
                        attributes: first.attributes
                    )
                )
            }
        }
        return runs
    }
}
