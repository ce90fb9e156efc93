import TerminalUI

/// Freehand: every dot between where the pen was and where it is.
package enum PencilTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        DotPlot.patch(LinePath.straight(from: gesture.previous, to: gesture.current), pen, on: grid)
    }
}
