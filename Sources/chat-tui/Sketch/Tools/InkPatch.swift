package import TerminalUI

/// What a tool wants to change: the newest ink of each cell. It becomes runs, the form in which drawings travel.
package struct InkPatch: Hashable, Sendable {
    package private(set) var cells: [Point: Ink] = [:]

    package init() {}

    package init(_ cells: [(Point, Ink)]) {
        for (point, ink) in cells { self[point] = ink }
    }

    package var isEmpty: Bool { cells.isEmpty }
    package var count: Int { cells.count }

    package subscript(point: Point) -> Ink? {
        get { cells[point] }
        set { cells[point] = newValue }
    }

    package mutating func merge(_ other: InkPatch) { cells.merge(other.cells) { $1 } }

    /// Without cells outside of the drawing, without wide graphemes that lose their half at its edge, and without cells that
    /// are as they were.
    package func effective(on grid: any InkGrid) -> InkPatch {
        var result = InkPatch()
        for (point, ink) in cells where grid.contains(point) && !ink.glyph.isEmpty {
            if ink.width == 2, point.x + 1 >= grid.width { continue }
            if grid.ink(at: point) != ink { result[point] = ink }
        }
        return result
    }

    /// Row spans in reading order: neighbours of one style are one run.
    package var runs: [InkRun] {
        let places = cells.keys.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
        var runs: [InkRun] = []
        for place in places {
            guard let ink = cells[place], ink.width > 0 else { continue }
            if let last = runs.last, last.y == place.y, last.endX == place.x, last.style == ink.style {
                runs[runs.count - 1].append(ink)
            } else {
                runs.append(InkRun(x: place.x, y: place.y, ink))
            }
        }
        return runs
    }
}

/// Neighbouring cells of one row and one style.
package struct InkRun: Hashable, Sendable {
    package let x: Int
    package let y: Int
    package private(set) var text: String
    package let style: Style
    /// The column after it.
    package private(set) var endX: Int

    init(x: Int, y: Int, _ ink: Ink) {
        self.x = x
        self.y = y
        text = ink.glyph
        style = ink.style
        endX = x + ink.width
    }

    mutating func append(_ ink: Ink) {
        text += ink.glyph
        endX += ink.width
    }
}
