/// A frame written as text, for golden files and for people who read a failed comparison.
///
/// `plain` is the grid alone, a line per row, blanks at the end cut. `styled` has each row between bars, then for each
/// row with styles a line of letters under it, then what the letters mean, the links and the cursor:
///
///     |#general    2|
///     |aaaaaaaa    b|
///     cursor 3,0 block
///     a: fg=4 bold
///     b: fg=#ff8800 bg=default reverse
package struct FrameText {
    let frame: Frame

    package init(_ frame: Frame) { self.frame = frame }

    package var plain: String {
        rows.map(Self.withoutTrailingBlanks).joined(separator: "\n")
    }

    static func withoutTrailingBlanks(_ row: String) -> String {
        // By scalars: a blank with a mark on it is no blank.
        var scalars = row.unicodeScalars
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    /// Each row in full width, blanks included.
    package var rows: [String] {
        (0..<frame.height).map { y in
            var row = ""
            for x in 0..<frame.width { row += frame[x, y].text }
            return row
        }
    }

    package var styled: String {
        var legend: [Style] = []
        var usedLinks: [Link] = []
        var lines: [String] = []
        for (y, row) in rows.enumerated() {
            lines.append("|\(row)|")
            var marks = ""
            var hasMarks = false
            for x in 0..<frame.width {
                let cell = frame[x, y]
                if let link = frame.link(cell), !usedLinks.contains(link) { usedLinks.append(link) }
                if cell.style == .plain {
                    marks += " "
                    continue
                }
                hasMarks = true
                let index = legend.firstIndex(of: cell.style) ?? legend.count
                if index == legend.count { legend.append(cell.style) }
                marks += Self.letter(index)
            }
            if hasMarks { lines.append("|\(marks)|") }
        }
        if let cursor = frame.cursor { lines.append("cursor \(cursor.x),\(cursor.y) \(frame.cursorShape)") }
        for (index, style) in legend.enumerated() {
            lines.append("\(Self.letter(index)): \(Self.description(of: style))")
        }
        for link in usedLinks { lines.append("link \(link.id): \(link.url)") }
        return lines.joined(separator: "\n")
    }

    private static func letter(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String(index < letters.count ? letters[index] : "?")
    }

    private static func description(of style: Style) -> String {
        var parts: [String] = []
        if style.foreground != .default { parts.append("fg=\(name(style.foreground))") }
        if style.background != .default { parts.append("bg=\(name(style.background))") }
        return (parts + style.attributes.names).joined(separator: " ")
    }

    private static func name(_ color: Color) -> String {
        switch color {
        case .default: return "default"
        case .indexed(let index): return String(index)
        case .rgb(let value):
            let digits = String(value & 0xFFFFFF, radix: 16)
            return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
        }
    }
}
