package import TerminalUI

/// What a coloured cell looks like without colours: light and dark become signs.
package enum MonoInk {
    /// The glyph to show where there are no colours.
    package static func glyph(_ ink: Ink) -> String {
        switch ink.glyph {
        case "▀", "▄", "█":
            let pixels = HalfBlock(ink)
            switch (isLight(pixels.top), isLight(pixels.bottom)) {
            case (true, true): return "█"
            case (true, false): return "▀"
            case (false, true): return "▄"
            // Both are dark, and yet there is something.
            case (false, false): return pixels.top == .default && pixels.bottom == .default ? " " : "░"
            }
        case " " where ink.style.background != .default:
            return isLight(ink.style.background) ? "▓" : "░"
        default: return ink.glyph
        }
    }

    /// Whether a colour is nearer to white than to black; the eye weighs green most.
    package static func isLight(_ color: Color) -> Bool {
        let value: UInt32
        switch color {
        case .default: return false
        case .indexed(let index): value = ColorDepth.palette(index)
        case .rgb(let rgb): value = rgb
        }
        return 3 * (value >> 16 & 0xFF) + 6 * (value >> 8 & 0xFF) + (value & 0xFF) >= 1_280
    }
}
