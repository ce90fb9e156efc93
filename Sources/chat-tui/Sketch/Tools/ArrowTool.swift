import TerminalUI

/// An arrow: to the side, then up or down, with its head where the hand ends; straight in the finer resolutions.
package enum ArrowTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        guard pen.resolution == .cell else { return dots(gesture, pen, on: grid) }
        let path = LinePath.elbow(from: gesture.anchor, to: gesture.current)
        var patch = LinePath.lines(path, pen, on: grid)
        let before = path.count > 1 ? path[path.count - 2] : nil
        let direction = before.flatMap { LineArms.Direction(from: $0, to: gesture.current) } ?? .right
        if grid.contains(gesture.current) { patch[gesture.current] = Ink(head(direction, pen.lines), pen.style) }
        return patch
    }

    package static func head(_ direction: LineArms.Direction, _ style: LineStyle) -> String {
        switch (direction, style) {
        case (.up, .ascii): "^"
        case (.right, .ascii): ">"
        case (.down, .ascii): "v"
        case (.left, .ascii): "<"
        case (.up, _): "▲"
        case (.right, _): "▶"
        case (.down, _): "▼"
        case (.left, _): "◀"
        }
    }

    /// A shaft and two short strokes back from its tip.
    private static func dots(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let tip = gesture.current
        let x = Double(gesture.anchor.x - tip.x)
        let y = Double(gesture.anchor.y - tip.y)
        let length = (x * x + y * y).squareRoot()
        var path = LinePath.straight(from: gesture.anchor, to: tip)
        if length >= 2 {
            let barb = min(4, max(2, length / 3))
            // 30° to each side: cosine and sine as numbers, so that no mathematics library is needed.
            for side in [0.5, -0.5] {
                let end = Point(
                    x: tip.x + Int(((x * 0.866 - y * side) / length * barb).rounded()),
                    y: tip.y + Int(((x * side + y * 0.866) / length * barb).rounded())
                )
                path += LinePath.straight(from: tip, to: end)
            }
        }
        return DotPlot.patch(path, pen, on: grid)
    }
}
