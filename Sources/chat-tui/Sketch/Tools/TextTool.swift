import ChatAPI
package import TerminalUI

/// Typing on a drawing: lines begin below the first letter and wrap at the edge.
package struct TextTool: Hashable, Sendable {
    /// Where lines begin.
    package var column: Int
    package var cursor: Point

    package init(at point: Point) {
        column = point.x
        cursor = point
    }

    /// Types one grapheme. Nil when there is no place for it, or a cell cannot hold it.
    package mutating func type(_ text: String, _ style: Style, on grid: any InkGrid) -> InkPatch? {
        guard let grapheme = GraphemeText(text) else { return nil }
        if cursor.x + grapheme.width > grid.width {
            guard column + grapheme.width <= grid.width, cursor.y + 1 < grid.height else { return nil }
            newLine(on: grid)
        }
        guard grid.contains(cursor) else { return nil }
        var patch = InkPatch()
        // A typed blank is the paper again, unless the pen has a background.
        let isPaper = grapheme.text == " " && style.background == .default
        patch[cursor] = isPaper ? .blank : Ink(grapheme.text, style)
        cursor.x += grapheme.width
        return patch
    }

    /// To the next line; false at the bottom.
    @discardableResult
    package mutating func newLine(on grid: any InkGrid) -> Bool {
        guard cursor.y + 1 < grid.height else { return false }
        cursor = Point(x: column, y: cursor.y + 1)
        return true
    }

    /// Takes the grapheme before the cursor away.
    package mutating func erase(on grid: any InkGrid) -> InkPatch {
        if cursor.x == column, cursor.y > 0 {
            cursor.y -= 1
            cursor.x = min(grid.width, lineEnd(on: grid))
            return InkPatch()
        }
        guard cursor.x > 0 else { return InkPatch() }
        cursor.x -= 1
        if grid.ink(at: cursor).glyph.isEmpty, cursor.x > 0 { cursor.x -= 1 }
        return InkPatch([(cursor, .blank)])
    }

    /// Behind the last grapheme of the row, not left of where lines begin.
    private func lineEnd(on grid: any InkGrid) -> Int {
        var x = grid.width
        while x > column, grid.ink(at: Point(x: x - 1, y: cursor.y)).isBlank { x -= 1 }
        return x
    }
}
