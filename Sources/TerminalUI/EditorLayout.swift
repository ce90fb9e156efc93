import ChatAPI

/// The edited text as rows of cells, with the cursor's place: a composer grows by the number of rows.
package struct EditorLayout: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        /// As it may enter a frame.
        package let text: String
        /// Which graphemes of the text stand in this row, a line break not among them.
        package let range: Range<Int>
        /// The column of each grapheme, and after the last.
        let columns: [Int]
    }

    package let lines: [Line]
    /// The cell of the cursor.
    package let cursor: Point

    /// The grapheme at or left of a cell; for clicks and for moving up and down.
    package func offset(at point: Point) -> Int {
        let line = lines[min(max(0, point.y), lines.count - 1)]
        // In a wrapped row the place behind its last grapheme belongs to the next row.
        let last = line.columns.lastIndex { $0 <= max(0, point.x) } ?? 0
        let isWrapped =
            line.range.upperBound < (lines.last?.range.upperBound ?? 0)
            && lines.contains { $0.range.lowerBound == line.range.upperBound && $0 != line }
        return line.range.lowerBound + min(last, isWrapped ? max(0, line.range.count - 1) : line.range.count)
    }
}

extension LineEditor {
    /// Rows of at most `width` cells, broken after blanks where possible. A full last row is followed by an empty one, so
    /// that the cursor always has a cell.
    package func layout(width: Int) -> EditorLayout {
        let width = max(2, width)
        var lines: [EditorLayout.Line] = []
        var start = 0
        var columns = [0]
        var texts: [String] = []
        var breakAt: Int?

        func close(_ end: Int) {
            let count = end - start
            lines.append(
                EditorLayout.Line(
                    text: texts[..<count].joined(),
                    range: start..<end,
                    columns: Array(columns[...count])
                )
            )
            let shift = columns[count]
            texts.removeFirst(count)
            columns = columns[count...].map { $0 - shift }
            start = end
            breakAt = nil
        }

        for (index, character) in characters.enumerated() {
            if character == "\n" {
                close(index)
                start = index + 1
                continue
            }
            let shown = Text.neutralised(String(character), tabStop: 4)
            let cells = CellWidth.of(shown)
            while let last = columns.last, last + cells > width, last > 0 {
                close(breakAt ?? index)
            }
            texts.append(shown)
            columns.append((columns.last ?? 0) + cells)
            if character == " " { breakAt = index + 1 }
        }
        let isFull = columns.last == width
        close(characters.count)
        if isFull {
            lines.append(EditorLayout.Line(text: "", range: characters.count..<characters.count, columns: [0]))
        }
        return EditorLayout(lines: lines, cursor: place(of: cursor, in: lines))
    }

    /// A place between two wrapped rows is the start of the lower one.
    private func place(of offset: Int, in lines: [EditorLayout.Line]) -> Point {
        let row = lines.lastIndex { $0.range.lowerBound <= offset } ?? 0
        let line = lines[row]
        return Point(x: line.columns[min(offset - line.range.lowerBound, line.columns.count - 1)], y: row)
    }

    /// Puts the cursor where somebody clicked.
    package mutating func moveCursor(to point: Point, width: Int) {
        moveCursor(to: layout(width: width).offset(at: point))
    }
}
