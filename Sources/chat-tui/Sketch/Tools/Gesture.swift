package import TerminalUI

/// What a hand does with a tool between button down and button up, in the dots of the pen's resolution.
package struct Gesture: Hashable, Sendable {
    /// Where it began.
    package let anchor: Point
    /// Where it was when the tool drew last.
    package var previous: Point
    package var current: Point
    /// Cells that the stroke has been in: a shade darkens each once.
    package var visited: Set<Point> = []
    /// The other button: the shade lightens.
    package var isSecondary = false

    package init(at point: Point, isSecondary: Bool = false) {
        anchor = point
        previous = point
        current = point
        self.isSecondary = isSecondary
    }

    package init(from anchor: Point, to current: Point, isSecondary: Bool = false) {
        self.anchor = anchor
        previous = anchor
        self.current = current
        self.isSecondary = isSecondary
    }

    /// The next step of a freehand stroke.
    package mutating func move(to point: Point) {
        previous = current
        current = point
    }

    /// The rectangle between the corners, both in it.
    package var box: Rect {
        Rect(
            x: min(anchor.x, current.x),
            y: min(anchor.y, current.y),
            width: abs(anchor.x - current.x) + 1,
            height: abs(anchor.y - current.y) + 1
        )
    }
}
