package import TerminalUI

/// A rectangle: its lines join those that are there; filled on request.
package enum BoxTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let box = gesture.box
        var patch = InkPatch()
        if pen.isFilled { patch = filled(box, pen, on: grid) }
        guard pen.resolution == .cell else {
            patch.merge(DotPlot.patch(outline(box), pen, on: PatchedGrid(grid, patch)))
            return patch
        }
        let path = outline(box)
        let isClosed = box.width > 1 && box.height > 1
        patch.merge(LinePath.lines(path, isClosed: isClosed, pen, on: grid))
        return patch
    }

    /// Once around, clockwise from the upper left corner; a flat box is a line.
    package static func outline(_ box: Rect) -> [Point] {
        let right = box.endX - 1
        let bottom = box.endY - 1
        var path = (box.x...right).map { Point(x: $0, y: box.y) }
        if box.height > 1 { path += (box.y + 1...bottom).map { Point(x: right, y: $0) } }
        guard box.width > 1, box.height > 1 else { return path }
        path += stride(from: right - 1, through: box.x, by: -1).map { Point(x: $0, y: bottom) }
        if box.height > 2 { path += stride(from: bottom - 1, to: box.y, by: -1).map { Point(x: box.x, y: $0) } }
        return path
    }

    private static func filled(_ box: Rect, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let inner = pen.resolution == .cell ? box.inset(horizontal: 1, vertical: 1) : box
        var plot = DotPlot(grid, pen)
        for y in max(0, inner.y)..<max(0, inner.y, min(inner.endY, grid.height * pen.resolution.dots.height)) {
            for x in max(0, inner.x)..<max(0, inner.x, min(inner.endX, grid.width * pen.resolution.dots.width)) {
                plot.plot(Point(x: x, y: y))
            }
        }
        return plot.patch
    }
}
