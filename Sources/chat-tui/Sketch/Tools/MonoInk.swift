package import TerminalUI

/// What a coloured cell looks like without colours: light and dark become signs.
package enum MonoInk {
    /// The glyph to show where there are no colours.
    package static func glyph(_ ink: Ink) -> String {
        switch ink.glyph {
        case "▀", "▄", "█":
            let pixels = HalfBlock(ink)
            if pixels.top == pixels.bottom { return shade(pixels.top) }
            switch (isLight(pixels.top), isLight(pixels.bottom)) {
            case (true, true): return "█"
            case (true, false): return "▀"
            case (false, true): return "▄"
            // Both are dark, and yet there is something.
            case (false, false): return "░"
            }
        case " ": return shade(ink.style.background)
        default: return ink.glyph
        }
    }

    /// A cell of one colour, in the shade that is as light: a filled area looks filled, whatever it was drawn with.
    package static func shade(_ color: Color) -> String {
        guard color != .default else { return " " }
        return switch lightness(color) {
        case ..<400: "░"
        case ..<1_000: "▒"
        case ..<1_900: "▓"
        default: "█"
        }
    }

    /// Whether a colour is nearer to white than to black; the eye weighs green most.
    package static func isLight(_ color: Color) -> Bool { color != .default && lightness(color) >= 1_280 }

    /// From black, 0, to white, 2,550.
    private static func lightness(_ color: Color) -> UInt32 {
        let value: UInt32
        switch color {
        case .default: return 0
        case .indexed(let index): value = ColorDepth.palette(index)
        case .rgb(let rgb): value = rgb
        }
        return 3 * (value >> 16 & 0xFF) + 6 * (value >> 8 & 0xFF) + (value & 0xFF)
    }
}
