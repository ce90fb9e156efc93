import ChatAPI
package import TerminalUI

/// A piece of a drawing in the hand: copied, cut, pasted, a stamp. Blanks in it may be holes.
package struct Clip: Hashable, Sendable {
    package let width: Int
    package let height: Int
    private var cells: [Ink]

    package init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = [Ink](repeating: .blank, count: self.width * self.height)
    }

    /// What stands in a rectangle.
    package init(_ grid: any InkGrid, _ rect: Rect) {
        let rect = rect.intersection(grid.bounds)
        self.init(width: rect.width, height: rect.height)
        for y in 0..<height {
            for x in 0..<width {
                var ink = grid.ink(at: Point(x: rect.x + x, y: rect.y + y))
                // Half of a wide grapheme is no grapheme.
                if ink.glyph.isEmpty, x == 0 { ink = .blank }
                if ink.width == 2, x + 1 == width { ink = .blank }
                self[x, y] = ink
            }
        }
    }

    /// Lines of text in one style. Graphemes that a cell cannot hold are left out.
    package init(_ text: String, _ style: Style = .plain) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            CellGraphemes(Text.neutralised(String(line))).compactMap { GraphemeText(String($0.text)) }
        }
        self.init(width: lines.map { $0.reduce(0) { $0 + $1.width } }.max() ?? 0, height: lines.count)
        for (y, line) in lines.enumerated() {
            var x = 0
            for grapheme in line {
                self[x, y] = grapheme.text == " " ? .blank : Ink(grapheme.text, style)
                if grapheme.width == 2 { self[x + 1, y] = Ink("", style) }
                x += grapheme.width
            }
        }
    }

    package var isEmpty: Bool { cells.isEmpty }

    package subscript(x: Int, y: Int) -> Ink {
        get { x >= 0 && y >= 0 && x < width && y < height ? cells[y * width + x] : .blank }
        set { if x >= 0, y >= 0, x < width, y < height { cells[y * width + x] = newValue } }
    }

    /// The clip at a place.
    /// - Parameter isSolid: Its blanks cover what is there.
    package func patch(at point: Point, isSolid: Bool = false) -> InkPatch {
        var patch = InkPatch()
        for y in 0..<height {
            for x in 0..<width where isSolid || !self[x, y].isBlank {
                patch[Point(x: point.x + x, y: point.y + y)] = self[x, y]
            }
        }
        return patch
    }

    package func mirrored(_ mirror: Mirror) -> Clip {
        var result = Clip(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                var ink = self[x, y]
                guard !ink.glyph.isEmpty else { continue }
                ink.glyph = mirror.image(of: ink.glyph)
                // A wide grapheme begins at its left half, which the mirror puts to the right.
                let place = mirror.flipsHorizontally ? width - x - ink.width : x
                let row = mirror.flipsVertically ? height - 1 - y : y
                result[place, row] = ink
                if ink.width == 2 { result[place + 1, row] = Ink("", ink.style) }
            }
        }
        return result
    }

    /// As text, blanks at the ends of lines cut.
    package var text: String {
        (0..<height).map { y in
            var line = Substring((0..<width).map { self[$0, y].glyph }.joined())
            while line.last == " " { line.removeLast() }
            return String(line)
        }.joined(separator: "\n")
    }
}
