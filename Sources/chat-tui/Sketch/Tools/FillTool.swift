import TerminalUI

/// Flood fill: everything that looks the same and hangs together, whole rows at a time.
package enum FillTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        draw(gesture, pen, on: grid, limit: .max)
    }

    /// - Parameter limit: Stops after about so many dots; previews need not be whole.
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid, limit: Int) -> InkPatch {
        guard pen.resolution == .half else {
            var pen = pen
            let cell = pen.resolution.cell(of: gesture.current)
            // Braille has no areas: it fills with its glyph as cells do.
            pen.resolution = .cell
            let target = grid.ink(at: cell)
            guard target != pen.ink else { return InkPatch() }
            let dots = flood(cell, Size(width: grid.width, height: grid.height), limit) { grid.ink(at: $0) == target }
            var patch = InkPatch()
            for dot in dots { patch[dot] = pen.ink }
            return patch
        }
        func color(_ dot: Point) -> Color {
            HalfBlock(grid.ink(at: Point(x: dot.x, y: dot.y / 2)))[dot.y % 2]
        }
        let target = color(gesture.current)
        guard target != pen.foreground.asInk else { return InkPatch() }
        let size = Size(width: grid.width, height: grid.height * 2)
        let dots = flood(gesture.current, size, limit) { dot in
            color(dot) == target && isPixels(grid.ink(at: Point(x: dot.x, y: dot.y / 2)))
        }
        return DotPlot.patch(dots, pen, on: grid)
    }

    /// Text is a border for pixels: a fill does not paint over words.
    private static func isPixels(_ ink: Ink) -> Bool { [" ", "▀", "▄", "█"].contains(ink.glyph) }

    private static func flood(_ start: Point, _ size: Size, _ limit: Int, matches: (Point) -> Bool) -> [Point] {
        guard start.x >= 0, start.y >= 0, start.x < size.width, start.y < size.height, matches(start) else { return [] }
        var seen = [Bool](repeating: false, count: size.width * size.height)
        var result: [Point] = []
        var waiting = [start]
        while let point = waiting.popLast(), result.count < limit {
            guard !seen[point.y * size.width + point.x] else { continue }
            var left = point.x
            while left > 0, isOpen(left - 1, point.y) { left -= 1 }
            var right = point.x
            while right + 1 < size.width, isOpen(right + 1, point.y) { right += 1 }
            for x in left...right {
                seen[point.y * size.width + x] = true
                result.append(Point(x: x, y: point.y))
            }
            for y in [point.y - 1, point.y + 1] where y >= 0 && y < size.height {
                var wasOpen = false
                for x in left...right {
                    let isOpen = isOpen(x, y)
                    if isOpen, !wasOpen { waiting.append(Point(x: x, y: y)) }
                    wasOpen = isOpen
                }
            }
        }
        return result

        func isOpen(_ x: Int, _ y: Int) -> Bool { !seen[y * size.width + x] && matches(Point(x: x, y: y)) }
    }
}
