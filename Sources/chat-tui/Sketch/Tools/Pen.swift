package import TerminalUI

/// What somebody draws with: the tool and everything that is chosen beside it.
package struct Pen: Hashable, Sendable {
    package var tool = DrawingTool.pencil
    package var glyph = "█"
    package var foreground = Color.default
    package var background = Color.default
    package var attributes: Attributes = []
    package var lines = LineStyle.single
    package var resolution = Resolution.cell
    package var mirror = Mirror.none
    package var ramp = ShadeRamp.blocks
    /// Boxes and ellipses are filled with the glyph.
    package var isFilled = false
    /// What the stamp prints.
    package var stamp = Stamp.library[0]

    package init() {}

    package var style: Style { Style(foreground, on: background, attributes) }
    package var ink: Ink { Ink(glyph, style) }
}

/// How lines, boxes and arrows look.
package enum LineStyle: String, Sendable, CaseIterable {
    case single, double, rounded
    case ascii = "ASCII"

    package var next: LineStyle {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// `┌──┐`, for the status line.
    package var sample: String {
        switch self {
        case .single: "┌─┐"
        case .double: "╔═╗"
        case .rounded: "╭─╮"
        case .ascii: "+-+"
        }
    }
}
