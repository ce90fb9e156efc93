package import TerminalUI

/// The eyedropper: the pen becomes what stands there.
package enum PickTool {
    package static func picked(at dot: Point, _ pen: Pen, on grid: any InkGrid) -> Pen {
        var result = pen
        let ink = grid.ink(at: pen.resolution.cell(of: dot))
        if pen.resolution == .half {
            let color = HalfBlock(ink)[dot.y % 2]
            if color != .default { result.foreground = color }
            return result
        }
        result.foreground = ink.style.foreground
        result.background = ink.style.background
        result.attributes = ink.style.attributes
        if !ink.glyph.isEmpty, ink.glyph != " ", pen.resolution == .cell { result.glyph = ink.glyph }
        return result
    }
}
