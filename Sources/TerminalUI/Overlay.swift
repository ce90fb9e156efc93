/// What is written after ncurses is done with a frame: links, struck-out text, and graphemes that ncurses cannot count.
///
/// Verified on the byte level: ESC 7, absolute place, SGR, text, ESC 8; the next ncurses frame goes on with correct relative
/// motion, and later text over the same cells is painted normally.
struct Overlay {
    private(set) var text = ""
    private let depth: ColorDepth

    init(depth: ColorDepth) { self.depth = depth }

    /// A run of cells in one row.
    mutating func write(_ text: String, at point: Point, style: Style, link: Link?) {
        if self.text.isEmpty { self.text = "\u{1B}7" }
        self.text += "\u{1B}[\(point.y + 1);\(point.x + 1)H" + Self.rendition(style, depth: depth)
        if let link {
            let id = String(link.id.unicodeScalars.filter(Self.isPlain).prefix(64).map(Character.init))
            self.text += "\u{1B}]8;id=\(id);\(link.url)\u{1B}\\\(text)\u{1B}]8;;\u{1B}\\"
        } else {
            self.text += text
        }
    }

    /// An id goes between `=` and `;`, and must not hold what ends a parameter or the command.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_")
    }

    /// All that was written, ended; empty when nothing was.
    var bytes: [UInt8] { text.isEmpty ? [] : Array((text + "\u{1B}8").utf8) }

    /// SGR for a style that is already of this depth.
    static func rendition(_ style: Style, depth: ColorDepth) -> String {
        var codes = ["0"]
        let attributes: [(Attributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"), (.strikethrough, "9"),
        ]
        for (attribute, code) in attributes where style.attributes.contains(attribute) { codes.append(code) }
        codes += color(style.foreground, base: 30) + color(style.background, base: 40)
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }

    private static func color(_ color: Color, base: Int) -> [String] {
        switch color {
        case .default: []
        case .indexed(let index) where index < 8: ["\(base + Int(index))"]
        case .indexed(let index) where index < 16: ["\(base + 52 + Int(index))"]
        case .indexed(let index): ["\(base + 8);5;\(index)"]
        case .rgb(let value): ["\(base + 8);2;\(value >> 16 & 0xFF);\(value >> 8 & 0xFF);\(value & 0xFF)"]
        }
    }
}
