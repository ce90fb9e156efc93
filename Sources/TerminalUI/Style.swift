/// How a cell looks: two colours and attributes. What the terminal cannot show is decided later, by `ColorDepth`.
package struct Style: Hashable, Sendable {
    package var foreground: Color
    package var background: Color
    package var attributes: Attributes

    package init(
        _ foreground: Color = .default,
        on background: Color = .default,
        _ attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours, no attributes.
    package static let plain = Style()

    /// The same style with more attributes.
    package func adding(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more))
    }

    /// The same style on another background.
    package func on(_ other: Color) -> Style { Style(foreground, on: other, attributes) }
}

/// A colour as the program means it.
package enum Color: Hashable, Sendable {
    /// What the person chose for the terminal.
    case `default`
    /// 0–15 follow the person's palette, 16–231 are the 6×6×6 cube of xterm, 232–255 its greys.
    case indexed(UInt8)
    /// 0xRRGGBB.
    case rgb(UInt32)

    package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
        .rgb(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    package static let black = Color.indexed(0)
    package static let red = Color.indexed(1)
    package static let green = Color.indexed(2)
    package static let yellow = Color.indexed(3)
    package static let blue = Color.indexed(4)
    package static let magenta = Color.indexed(5)
    package static let cyan = Color.indexed(6)
    package static let white = Color.indexed(7)
    package static let gray = Color.indexed(8)

    /// `#rrggbb`, a number from 0 to 255, `default`, or one of the eight ANSI names, `bright-` before it for the upper eight.
    package init?(_ text: String) {
        if text == "default" {
            self = .default
        } else if text.hasPrefix("#") {
            let digits = text.dropFirst()
            guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
                return nil
            }
            self = .rgb(value)
        } else if let index = UInt8(text) {
            self = .indexed(index)
        } else {
            let isBright = text.hasPrefix("bright-")
            let name = isBright ? String(text.dropFirst(7)) : text
            if name == "gray" && !isBright {
                self = .gray
                return
            }
            guard let index = Self.names.firstIndex(of: name) else { return nil }
            self = .indexed(UInt8(index) + (isBright ? 8 : 0))
        }
    }

    private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
}

/// What a cell can be beside coloured. Terminals without one of these show the text without it.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let italic = Attributes(rawValue: 4)
    package static let underline = Attributes(rawValue: 8)
    package static let reverse = Attributes(rawValue: 16)
    package static let strikethrough = Attributes(rawValue: 32)

    /// The names in the order of their bits, as golden frames print them.
    package var names: [String] {
        let all = ["bold", "dim", "italic", "underline", "reverse", "strikethrough"]
        return all.indices.filter { rawValue & (1 << UInt8($0)) != 0 }.map { all[$0] }
    }
}
