import TerminalUI

/// Darkens step by step along a ramp of signs, once per cell and stroke; the other button lightens.
package enum ShadeTool {
    package static func draw(_ gesture: Gesture, _ pen: Pen, on grid: any InkGrid) -> InkPatch {
        var patch = InkPatch()
        for dot in LinePath.straight(from: gesture.previous, to: gesture.current) {
            let cell = pen.resolution.cell(of: dot)
            guard grid.contains(cell), !gesture.visited.contains(cell), patch[cell] == nil else { continue }
            let glyph = pen.ramp.next(after: grid.ink(at: cell).glyph, lighter: gesture.isSecondary)
            patch[cell] = glyph == " " ? .blank : Ink(glyph, pen.style)
        }
        return patch
    }
}

/// Signs from light to dark.
package enum ShadeRamp: String, Sendable, CaseIterable {
    case blocks
    case ascii = "ASCII"
    case dots

    package var glyphs: [String] {
        switch self {
        case .blocks: [" ", "░", "▒", "▓", "█"]
        case .ascii: [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
        case .dots: [" ", "⠁", "⠃", "⠇", "⡇", "⣇", "⣧", "⣷", "⣿"]
        }
    }

    package var next: ShadeRamp {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// The next sign; a glyph that is not on the ramp counts as its light end.
    package func next(after glyph: String, lighter: Bool = false) -> String {
        let index = glyphs.firstIndex(of: glyph) ?? 0
        return glyphs[min(max(0, index + (lighter ? -1 : 1)), glyphs.count - 1)]
    }
}
