package import TerminalUI

/// The colours that a terminal of a depth can offer, in the order of the strip; the first is none.
package enum Palette {
    package static func colors(_ depth: ColorDepth) -> [Color] {
        switch depth {
        case .mono: [.default]
        case .ansi8: [.default] + (1...7).map { .indexed(UInt8($0)) } + [.black]
        case .ansi16: [.default] + basic
        case .ansi256, .rgb: [.default] + basic + hues.map { .indexed($0) } + grays.map { .indexed($0) }
        }
    }

    /// The bright ones first: they are what is drawn with.
    private static let basic: [Color] = [9, 10, 11, 12, 13, 14, 15, 1, 2, 3, 4, 5, 6, 7, 8, 0].map { .indexed($0) }
    /// Once around the cube of 216.
    private static let hues: [UInt8] = [
        196, 202, 208, 214, 220, 226, 190, 154, 118, 82, 46, 48, 50, 51, 45, 39, 33, 27, 21, 57, 93, 129, 165, 201, 198,
        224, 230, 194, 159, 189, 225, 94, 58, 22, 24, 53,
    ]
    private static let grays: [UInt8] = [232, 235, 238, 241, 244, 247, 250, 253]

    /// The colour so many steps on, around the end.
    package static func step(_ color: Color, _ by: Int, _ depth: ColorDepth) -> Color {
        let all = colors(depth)
        let index = all.firstIndex(of: color) ?? 0
        return all[(index + by + all.count) % all.count]
    }

    /// What the pencil can draw, one key apart.
    package static let glyphs = [
        "█", "▓", "▒", "░", "#", "*", "+", "@", "%", "o", "O", ".", "·", "•", "●", "○", "■", "□", "◆", "◇", "▲", "▼",
        "★", "☆", "~", "≈", "=", "-", "|", "/", "\\", "_", "▀", "▄", "▌", "▐",
    ]

    package static func glyph(_ glyph: String, _ by: Int) -> String {
        let index = glyphs.firstIndex(of: glyph) ?? 0
        return glyphs[(index + by + glyphs.count) % glyphs.count]
    }

    /// `red`, `208`, `#ff8800`, `none`: how colours are called beside a strip.
    package static func name(_ color: Color) -> String {
        switch color {
        case .default: "none"
        case .indexed(let index): "\(index)"
        case .rgb(let value):
            "#" + String(repeating: "0", count: 6 - String(value, radix: 16).count) + String(value, radix: 16)
        }
    }
}
