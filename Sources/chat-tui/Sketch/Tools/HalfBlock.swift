package import TerminalUI

/// Two pixels of a cell: the upper and the lower half, each of a colour or none.
package struct HalfBlock: Hashable, Sendable {
    package var top: Color
    package var bottom: Color

    package init(top: Color, bottom: Color) {
        self.top = top
        self.bottom = bottom
    }

    /// What a cell shows as pixels. A cell with other text in it counts as its background.
    package init(_ ink: Ink) {
        switch ink.glyph {
        case "▀": self.init(top: ink.style.foreground.asInk, bottom: ink.style.background)
        case "▄": self.init(top: ink.style.background, bottom: ink.style.foreground.asInk)
        case "█": self.init(top: ink.style.foreground.asInk, bottom: ink.style.foreground.asInk)
        default: self.init(top: ink.style.background, bottom: ink.style.background)
        }
    }

    /// The one form of each pair, so that equal pictures are equal cells.
    package var ink: Ink {
        switch (top, bottom) {
        case (.default, .default): .blank
        case (_, .default): Ink("▀", Style(top))
        case (.default, _): Ink("▄", Style(bottom))
        case (_, _) where top == bottom: Ink("█", Style(top))
        default: Ink("▀", Style(top, on: bottom))
        }
    }

    package subscript(row: Int) -> Color {
        get { row == 0 ? top : bottom }
        set { if row == 0 { top = newValue } else { bottom = newValue } }
    }
}

extension Color {
    /// A pixel drawn without a colour is white: none would be no pixel at all.
    package var asInk: Color { self == .default ? .indexed(7) : self }
}
