/// Breaks text into lines of a width. Widths count characters: help is written by us, in words without wide characters.
enum Wrapping {
    /// Paragraphs stay apart by one empty line; a line that starts with a space stays as it is. A word longer than
    /// the width stands alone on its line.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        func finish() {
            if used > 0 { lines.append(line) }
            line = ""
            used = 0
        }
        for source in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if source.isEmpty || source.first == " " {
                finish()
                if !source.isEmpty || lines.last?.isEmpty == false { lines.append(String(source)) }
                continue
            }
            for word in source.split(separator: " ") {
                let length = word.count
                if used > 0, used + 1 + length > width { finish() }
                if used > 0 {
                    line += " "
                    used += 1
                }
                line += word
                used += length
            }
        }
        finish()
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// `text`, wrapped and indented.
    static func indented(_ text: String, by indent: Int, width: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return lines(text, width: max(width - indent, 20))
            .map { $0.isEmpty ? "\n" : margin + $0 + "\n" }
            .joined()
    }

    /// Two columns: terms on the left, wrapped text on the right. A term that is too long for its column gets its own
    /// line.
    ///
    /// - Parameter term: the longest term of lists beside this one, whose columns are to stand below each other.
    static func columns(_ rows: [Definition], width: Int, term: Int = 0) -> String {
        // Above 28 the text would be squeezed into the right half of a terminal of 80.
        let column = min(28, max(term, rows.map { $0.term.count }.max() ?? 0) + 2)
        var result = ""
        for row in rows {
            let text = lines(row.text, width: max(width - column - 2, 20))
            var first = "  " + row.term
            var rest = text[...]
            if row.term.count + 2 <= column, let line = rest.popFirst() {
                first += String(repeating: " ", count: column - row.term.count) + line
            }
            result += first + "\n"
            let margin = String(repeating: " ", count: column + 2)
            for line in rest { result += line.isEmpty ? "\n" : margin + line + "\n" }
        }
        return result
    }
}
