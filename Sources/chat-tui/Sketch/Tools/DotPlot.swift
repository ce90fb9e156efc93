package import TerminalUI

/// Dots put on a drawing in a resolution: many dots of one cell become one ink.
package struct DotPlot {
    let grid: any InkGrid
    let pen: Pen
    /// Takes dots away instead.
    var erases = false
    package private(set) var patch = InkPatch()

    package init(_ grid: any InkGrid, _ pen: Pen, erases: Bool = false) {
        self.grid = grid
        self.pen = pen
        self.erases = erases
    }

    package mutating func plot(_ dots: some Sequence<Point>) {
        for dot in dots { plot(dot) }
    }

    package mutating func plot(_ dot: Point) {
        let cell = pen.resolution.cell(of: dot)
        guard grid.contains(cell) else { return }
        let now = patch[cell] ?? grid.ink(at: cell)
        let size = pen.resolution.dots
        let x = dot.x - cell.x * size.width
        let y = dot.y - cell.y * size.height
        switch pen.resolution {
        case .cell: patch[cell] = erases ? .blank : pen.ink
        case .half:
            var pixels = HalfBlock(now)
            pixels[y] = erases ? .default : pen.foreground.asInk
            patch[cell] = pixels.ink
        case .braille:
            var dots = Braille(now.glyph)
            dots[x, y] = !erases
            patch[cell] = dots.bits == 0 ? .blank : Ink(dots.glyph, erases ? now.style : pen.style)
        }
    }

    /// One call for tools that know all dots at once.
    package static func patch(_ dots: some Sequence<Point>, _ pen: Pen, on grid: any InkGrid, erases: Bool = false)
        -> InkPatch
    {
        var plot = DotPlot(grid, pen, erases: erases)
        plot.plot(dots)
        return plot.patch
    }
}
