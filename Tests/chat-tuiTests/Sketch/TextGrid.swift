import TerminalUI
import chat_tui

/// A drawing written as lines of text, for tables.
struct TextGrid: InkGrid, CustomStringConvertible {
    let width: Int
    let height: Int
    private var inks: [Point: Ink] = [:]

    init(_ lines: [String]) {
        let clip = Clip(lines.joined(separator: "\n"))
        width = clip.width
        height = clip.height
        for y in 0..<height { for x in 0..<width { inks[Point(x: x, y: y)] = clip[x, y] } }
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    func ink(at point: Point) -> Ink { inks[point] ?? .blank }

    func drawing(_ patch: InkPatch) -> TextGrid {
        var result = self
        for (point, ink) in patch.effective(on: self).cells {
            for place in ink.width == 2 ? [point, Point(x: point.x + 1, y: point.y)] : [point] { result.cut(place) }
            result.inks[point] = ink
            if ink.width == 2 { result.inks[Point(x: point.x + 1, y: point.y)] = Ink("", ink.style) }
        }
        return result
    }

    /// A wide glyph loses both halves when one is drawn over, as on a canvas.
    private mutating func cut(_ point: Point) {
        let ink = ink(at: point)
        if ink.glyph.isEmpty { inks[Point(x: point.x - 1, y: point.y)] = .blank }
        if ink.width == 2 { inks[Point(x: point.x + 1, y: point.y)] = .blank }
    }

    /// Rows without blanks at their ends; rows that are empty count.
    var lines: [String] {
        (0..<height).map { y in
            var row = Substring((0..<width).map { ink(at: Point(x: $0, y: y)).glyph }.joined())
            while row.last == " " { row.removeLast() }
            return String(row)
        }
    }

    var description: String { "\n" + lines.joined(separator: "\n") }
}

extension Pen {
    init(_ tool: DrawingTool, _ change: (inout Pen) -> Void = { _ in }) {
        self.init()
        self.tool = tool
        change(&self)
    }
}

extension Gesture {
    /// `3,1 > 8,4`.
    init(_ text: String) {
        let numbers = text.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
        self.init(
            from: Point(x: numbers[0], y: numbers[1]),
            to: numbers.count > 2 ? Point(x: numbers[2], y: numbers[3]) : Point(x: numbers[0], y: numbers[1])
        )
    }
}
