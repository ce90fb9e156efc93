package import ChatAPI
package import TerminalUI

/// A drawing as it is shown here: what the daemon confirmed, and over it what is still on its way.
package struct SketchBoard: Sendable {
    package var sketch: Sketch
    package private(set) var canvas: SketchCanvas
    /// Unconfirmed cells by layer, in the order in which they were drawn.
    private var overlay: [Int: [Point: SketchCell]] = [:]
    /// Grows with every change of what is seen.
    package private(set) var revision = 0

    package init(_ sketch: Sketch, _ canvas: SketchCanvas) {
        self.sketch = sketch
        self.canvas = canvas
    }

    package var id: SketchID { sketch.id }
    package var width: Int { canvas.width }
    package var height: Int { canvas.height }
    package var size: Size { Size(width: width, height: height) }

    // MARK: - Changing

    /// Applies the next entry of the log; false when it does not follow what is here.
    package mutating func apply(_ entry: SketchEntry) -> Bool {
        guard entry.seq > canvas.seq else { return true }
        guard entry.seq == canvas.seq + 1 else { return false }
        canvas.apply(entry)
        if case .rename(let name) = entry.operation { sketch.name = name }
        sketch.seq = entry.seq
        sketch.changedAt = entry.at
        revision += 1
        return true
    }

    /// A newer picture of the whole.
    package mutating func replace(_ sketch: Sketch, _ canvas: SketchCanvas) {
        self.sketch = sketch
        self.canvas = canvas
        revision += 1
    }

    /// Shows what the queue holds of this drawing.
    package mutating func show(_ queue: DrawQueue) {
        overlay = [:]
        for item in queue.items where item.sketch == sketch.id {
            guard let (layer, patch) = item.shown else { continue }
            lay(patch, on: layer)
        }
        revision += 1
    }

    /// Shows more, over everything that is on its way.
    package mutating func lay(_ patch: InkPatch, on layer: Int) {
        guard !patch.isEmpty else { return }
        revision += 1
        var cells = overlay.removeValue(forKey: layer) ?? [:]
        for (point, ink) in patch.cells {
            guard let cell = ink.cell, point.x >= 0, point.y >= 0, point.x < width, point.y < height else { continue }
            cells[point] = cell
            if cell.glyph.isWide {
                var half = cell
                half.glyph = .continuation
                cells[Point(x: point.x + 1, y: point.y)] = half
            }
        }
        overlay[layer] = cells
    }

    // MARK: - Looking

    /// The cell of a layer, drawn here or confirmed. Half of a wide glyph without its other half is a blank.
    package func cell(_ point: Point, layer: Int) -> SketchCell {
        guard let cells = overlay[layer], !cells.isEmpty else {
            return canvas.cell(x: point.x, y: point.y, layer: layer)
        }
        func top(_ x: Int) -> SketchCell {
            cells[Point(x: x, y: point.y)] ?? canvas.cell(x: x, y: point.y, layer: layer)
        }
        let cell = top(point.x)
        let isCut =
            cell.glyph.isContinuation && !top(point.x - 1).glyph.isWide
            || cell.glyph.isWide && !top(point.x + 1).glyph.isContinuation
        return isCut ? SketchCell(background: cell.background) : cell
    }

    /// The cell as it is seen, through all layers that are shown.
    package func cell(_ point: Point) -> SketchCell {
        if overlay.isEmpty { return canvas.cell(x: point.x, y: point.y) }
        guard
            overlay.values.contains(where: { cells in
                (-1...1).contains { cells[Point(x: point.x + $0, y: point.y)] != nil }
            })
        else { return canvas.cell(x: point.x, y: point.y) }
        var found: SketchCell?
        for layer in canvas.layers.reversed() where !layer.hidden {
            let cell = cell(point, layer: layer.id)
            if var top = found {
                if top.background.isNone { top.background = cell.background }
                if !top.background.isNone { return top }
                found = top
            } else if !cell.isTransparent {
                found = cell
                if !cell.background.isNone { return cell }
            }
        }
        return found ?? .empty
    }

    /// Whose cell is seen; nil when nobody drew it, or it is on its way.
    package func author(_ point: Point) -> AccountID? {
        guard let layer = canvas.visibleLayer(x: point.x, y: point.y) else { return nil }
        return canvas.author(of: canvas.cell(x: point.x, y: point.y, layer: layer))
    }

    /// How much of a person's work is seen.
    package func cells(of person: AccountID) -> Int {
        (0..<height).reduce(0) { count, y in count + (0..<width).count { author(Point(x: $0, y: y)) == person } }
    }

    /// How many drawn cells of all layers a smaller paper would lose.
    package func cells(outside paper: Rect) -> Int {
        canvas.layers.reduce(0) { count, layer in
            let drawn = canvas.plane(layer.id)?.drawn(in: canvas.region) ?? []
            return count + drawn.count { !paper.contains(Point(x: $0.x, y: $0.y)) }
        }
    }

    /// What tools read that draw on a layer.
    package func grid(layer: Int) -> LayerGrid { LayerGrid(board: self, layer: layer) }
    /// What tools read that go by what is seen.
    package var seen: SeenGrid { SeenGrid(board: self) }
}

/// One layer of a drawing as tools read it.
package struct LayerGrid: InkGrid {
    package let board: SketchBoard
    package let layer: Int
    package var width: Int { board.width }
    package var height: Int { board.height }
    package func ink(at point: Point) -> Ink { Ink(board.cell(point, layer: layer)) }
}

/// A drawing as it is seen, for tools that go by that: the fill and the eyedropper.
package struct SeenGrid: InkGrid {
    package let board: SketchBoard
    package var width: Int { board.width }
    package var height: Int { board.height }
    package func ink(at point: Point) -> Ink { Ink(board.cell(point)) }
}
