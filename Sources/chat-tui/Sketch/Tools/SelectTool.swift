package import TerminalUI

/// Selecting, moving, copying, pasting: pure changes of a selection, and the patches that they make.
package enum SelectTool {
    /// Takes what is selected to another place, in one patch.
    package static func moved(_ rect: Rect, to point: Point, on grid: any InkGrid) -> InkPatch {
        let clip = Clip(grid, rect)
        var patch = erased(rect, on: grid)
        patch.merge(clip.patch(at: point, isSolid: false))
        return patch
    }

    package static func erased(_ rect: Rect, on grid: any InkGrid) -> InkPatch {
        filled(rect, with: .blank, on: grid)
    }

    package static func filled(_ rect: Rect, with ink: Ink, on grid: any InkGrid) -> InkPatch {
        let area = rect.intersection(grid.bounds)
        var patch = InkPatch()
        guard !area.isEmpty, ink.width > 0 else { return patch }
        for y in area.y..<area.endY {
            for x in stride(from: area.x, through: area.endX - ink.width, by: ink.width) {
                patch[Point(x: x, y: y)] = ink
            }
        }
        return patch
    }

    /// The selection in a mirror, where it stands.
    package static func mirrored(_ rect: Rect, _ mirror: Mirror, on grid: any InkGrid) -> InkPatch {
        Clip(grid, rect).mirrored(mirror).patch(at: rect.origin, isSolid: true)
    }
}
