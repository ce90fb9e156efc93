import TerminalUI

/// Takes away: whole cells, or single dots in the finer resolutions where dots are.
package enum EraserTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        let dots = LinePath.straight(from: gesture.previous, to: gesture.current)
        return DotPlot.patch(dots, pen, on: grid, erases: true)
    }
}
