import TerminalUI

/// A straight line: signs that join in cells, pixels and dots in the finer resolutions.
package enum LineTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        guard pen.resolution == .cell else {
            return DotPlot.patch(LinePath.straight(from: gesture.anchor, to: gesture.current), pen, on: grid)
        }
        let width = abs(gesture.current.x - gesture.anchor.x)
        let height = abs(gesture.current.y - gesture.anchor.y)
        guard pen.lines == .ascii, width > 0, height > 0 else {
            return LinePath.lines(LinePath.stairs(from: gesture.anchor, to: gesture.current), pen, on: grid)
        }
        return slanted(LinePath.straight(from: gesture.anchor, to: gesture.current), pen, on: grid)
    }

    /// ASCII has slashes: `/` and `\` where the line goes down or up a row, `-` and `|` between.
    private static func slanted(_ path: [Point], _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        var patch = InkPatch()
        for (index, point) in path.enumerated() where grid.contains(point) {
            // The last cell goes on as the one before it.
            let from = index + 1 < path.count ? point : path[index - 1]
            let to = index + 1 < path.count ? path[index + 1] : point
            let glyph =
                switch (to.x - from.x, to.y - from.y) {
                case (_, 0): "-"
                case (0, _): "|"
                case (let x, let y): x == y ? "\\" : "/"
                }
            patch[point] = Ink(glyph, pen.style)
        }
        return patch
    }
}
