package import ChatAPI
package import TerminalUI

/// A drawing that is larger than its window, small: a dot of braille for a block of cells.
package struct Minimap: Sendable, Equatable {
    package private(set) var rows: [String] = []
    package private(set) var size = Size(width: 0, height: 0)
    /// Cells of the drawing for one dot.
    package private(set) var block = Size(width: 1, height: 1)
    package private(set) var revision = -1
    package private(set) var madeAt: Milliseconds = 0

    /// It is made anew at most so often: a person looks at it to find a place, not to see strokes.
    package static let everyMilliseconds: Int64 = 500
    static let largest = Size(width: 20, height: 8)

    package init() {}

    package mutating func update(_ board: SketchBoard, at now: Milliseconds) {
        guard board.revision != revision, now - madeAt >= Self.everyMilliseconds || rows.isEmpty else { return }
        revision = board.revision
        madeAt = now
        block = Size(
            width: max(1, (board.width + Self.largest.width * 2 - 1) / (Self.largest.width * 2)),
            height: max(1, (board.height + Self.largest.height * 4 - 1) / (Self.largest.height * 4))
        )
        size = Size(
            width: (board.width + block.width * 2 - 1) / (block.width * 2),
            height: (board.height + block.height * 4 - 1) / (block.height * 4)
        )
        rows = (0..<size.height).map { y in
            (0..<size.width).map { x in
                var dots = Braille()
                for dotY in 0..<4 {
                    for dotX in 0..<2 { dots[dotX, dotY] = isDrawn(board, x * 2 + dotX, y * 4 + dotY) }
                }
                return dots.glyph
            }.joined()
        }
    }

    private func isDrawn(_ board: SketchBoard, _ x: Int, _ y: Int) -> Bool {
        // The last block may lie beyond the edge.
        guard y * block.height < board.height, x * block.width < board.width else { return false }
        for row in y * block.height..<min(board.height, (y + 1) * block.height) {
            for column in x * block.width..<min(board.width, (x + 1) * block.width)
            where !board.canvas.cell(x: column, y: row).isTransparent { return true }
        }
        return false
    }

    /// A part of the drawing as cells of the map.
    package func area(of part: Rect) -> Rect {
        let left = part.x / (block.width * 2)
        let top = part.y / (block.height * 4)
        let right = max(left + 1, (part.endX + block.width * 2 - 1) / (block.width * 2))
        let bottom = max(top + 1, (part.endY + block.height * 4 - 1) / (block.height * 4))
        return Rect(x: left, y: top, width: right - left, height: bottom - top).intersection(Rect(size))
    }

    /// The cell of the drawing in the middle of a cell of the map, for clicks.
    package func cell(at point: Point) -> Point {
        Point(x: (point.x * 2 + 1) * block.width, y: (point.y * 4 + 2) * block.height)
    }
}
