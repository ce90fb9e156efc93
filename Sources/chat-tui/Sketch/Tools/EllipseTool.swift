package import TerminalUI

/// An ellipse in a rectangle: line signs that follow its curve in cells, pixels and dots in the finer resolutions.
package enum EllipseTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let box = gesture.box
        var patch = InkPatch()
        let rows = spans(box)
        if pen.isFilled {
            var plot = DotPlot(grid, pen)
            for (y, span) in rows { for x in span { plot.plot(Point(x: x, y: y)) } }
            patch = plot.patch
        }
        guard box.width > 2, box.height > 2 else {
            patch.merge(BoxTool.draw(gesture, pen, on: grid))
            return patch
        }
        let path = outline(rows)
        if pen.resolution == .cell {
            var lines = pen
            // A curve has no sharp corners.
            if lines.lines == .single { lines.lines = .rounded }
            patch.merge(LinePath.lines(path, isClosed: true, lines, on: grid))
        } else {
            patch.merge(DotPlot.patch(thin(rows), pen, on: PatchedGrid(grid, patch)))
        }
        return patch
    }

    /// The columns of each row that are inside.
    package static func spans(_ box: Rect) -> [(y: Int, columns: ClosedRange<Int>)] {
        let radiusX = Double(box.width) / 2
        let radiusY = Double(box.height) / 2
        return (0..<box.height).map { row in
            // The middle of the row, from the middle of the box; the square root is the equation of the ellipse.
            let height = (Double(row) + 0.5 - radiusY) / radiusY
            let half = radiusX * (1 - height * height).squareRoot()
            let left = Int((radiusX - half).rounded())
            let columns = box.x + min(left, (box.width - 1) / 2)...box.x + max(box.width - 1 - left, box.width / 2)
            return (box.y + row, columns)
        }
    }

    /// Once around in steps to the side, up and down, clockwise from the upper left.
    package static func outline(_ rows: [(y: Int, columns: ClosedRange<Int>)]) -> [Point] {
        guard let first = rows.first, let last = rows.last else { return [] }
        var path = first.columns.map { Point(x: $0, y: first.y) }
        for (above, row) in zip(rows, rows.dropFirst()) {
            path += way(from: Point(x: above.columns.upperBound, y: above.y), to: row.columns.upperBound)
        }
        path += last.columns.reversed().dropFirst().map { Point(x: $0, y: last.y) }
        for (below, row) in zip(rows.reversed(), rows.reversed().dropFirst()) {
            path += way(from: Point(x: below.columns.lowerBound, y: below.y), to: row.columns.lowerBound, isUp: true)
        }
        // The way ends beside its beginning, not on it.
        if path.count > 1, path.last == path.first { path.removeLast() }
        return path
    }

    /// One row on, and along it to a column: the longer row keeps the horizontal part.
    private static func way(from point: Point, to column: Int, isUp: Bool = false) -> [Point] {
        let y = point.y + (isUp ? -1 : 1)
        let grows = isUp ? column < point.x : column > point.x
        let walk = { (row: Int, from: Int, to: Int) in
            LinePath.straight(from: Point(x: from, y: row), to: Point(x: to, y: row))
        }
        if grows { return walk(y, point.x, column) }
        return walk(point.y, point.x, column).dropFirst() + [Point(x: column, y: y)]
    }

    /// The outline one dot thick: the ends of the rows, and what lies between the ends of neighbours.
    private static func thin(_ rows: [(y: Int, columns: ClosedRange<Int>)]) -> [Point] {
        var dots: [Point] = []
        for (index, row) in rows.enumerated() {
            // The shorter neighbour says how far the edge runs along this row.
            let above = index > 0 ? rows[index - 1].columns : nil
            let below = index + 1 < rows.count ? rows[index + 1].columns : nil
            guard let above, let below else {
                dots += row.columns.map { Point(x: $0, y: row.y) }
                continue
            }
            let left = max(row.columns.lowerBound, max(above.lowerBound, below.lowerBound) - 1)
            let right = min(row.columns.upperBound, min(above.upperBound, below.upperBound) + 1)
            dots += (row.columns.lowerBound...left).map { Point(x: $0, y: row.y) }
            dots += (right...row.columns.upperBound).map { Point(x: $0, y: row.y) }
        }
        return dots
    }
}
