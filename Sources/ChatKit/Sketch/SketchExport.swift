import ChatAPI

/// Sketches as files: the one way out for every client, so that the same cells are the same bytes wherever they were exported.
package enum SketchExport {
    package enum Form: String, Sendable, CaseIterable {
        case text = "txt"
        case ansi
        case svg
        case png
        case markdown = "md"

        /// By the end of a file's name; nil if that says nothing.
        package init?(fileName: String) {
            guard let dot = fileName.lastIndex(of: ".") else { return nil }
            switch fileName[fileName.index(after: dot)...].lowercased() {
            case "txt", "text", "asc": self = .text
            case "ansi", "ans": self = .ansi
            case "svg": self = .svg
            case "png": self = .png
            case "md", "markdown": self = .markdown
            default: return nil
            }
        }
    }

    package struct Options: Sendable, Equatable {
        /// ANSI, SVG and PNG.
        package var depth = SketchDepth.full
        /// SVG and PNG.
        package var paper = SketchPaper.dark
        /// PNG: pixels for each of the 8 × 16 of a cell.
        package var scale = 2
        /// Markdown: a heading.
        package var title: String?

        package init() {}
    }

    /// Pixels for each of a cell's that PNG takes.
    package static let scales = 1...8

    package static func bytes(_ picture: SketchGrid, as form: Form, _ options: Options = Options()) -> [UInt8] {
        switch form {
        case .text: Array(text(picture).utf8)
        case .markdown: Array(markdown(picture, title: options.title).utf8)
        case .ansi: Array(ansi(picture, options.depth).utf8)
        case .svg: Array(SketchSVG(picture.degraded(to: options.depth), options.paper).text.utf8)
        case .png: SketchImage(picture.degraded(to: options.depth), options.paper, scale: options.scale).png
        }
    }

    // MARK: - Text

    /// A line for every row, without blanks at its end.
    package static func text(_ picture: SketchGrid) -> String {
        lines(picture).map { $0 + "\n" }.joined()
    }

    private static func lines(_ picture: SketchGrid) -> [String] {
        (0..<picture.height).map { y in
            var line: [UInt8] = []
            var end = 0
            for cell in picture.row(y) {
                cell.glyph.append(to: &line)
                if cell.glyph != .space { end = line.count }
            }
            return String(decoding: line[..<end], as: UTF8.self)
        }
    }

    /// A block of code: Markdown shows nothing else as it is. Colours are lost, and blank lines at the end.
    package static func markdown(_ picture: SketchGrid, title: String?) -> String {
        var lines = lines(picture)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let fence = fence(around: lines)
        let heading = title.map { "# \(escaped($0))\n\n" } ?? ""
        return heading + "\(fence)text\n" + lines.map { $0 + "\n" }.joined() + "\(fence)\n"
    }

    /// Longer than any row of backticks inside.
    private static func fence(around lines: [String]) -> String {
        var longest = 2
        for line in lines {
            var length = 0
            for byte in line.utf8 {
                length = byte == UInt8(ascii: "`") ? length + 1 : 0
                longest = max(longest, length)
            }
        }
        return String(repeating: "`", count: longest + 1)
    }

    /// So that a name is no link, no emphasis and no HTML.
    private static func escaped(_ title: String) -> String {
        var result = ""
        for character in title {
            if "\\`*_[]<>|~#&".contains(character) { result += "\\" }
            result.append(character.isNewline ? " " : character)
        }
        return result
    }

    // MARK: - ANSI

    /// Text with the sequences of ECMA-48 §8.3.117 for colours and attributes; a row ends as it began, in the terminal's own.
    package static func ansi(_ picture: SketchGrid, _ depth: SketchDepth) -> String {
        let picture = picture.degraded(to: depth)
        var bytes: [UInt8] = []
        for y in 0..<picture.height {
            let row = picture.row(y)
            let end = row.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? row.startIndex
            var style = SketchGrid.Cell.empty
            for cell in row[..<end] {
                if !cell.isStyled(like: style) {
                    bytes += Array(sequence(cell, depth).utf8)
                    style = cell
                }
                cell.glyph.append(to: &bytes)
            }
            if !style.isStyled(like: .empty) { bytes += Array("\u{1B}[0m".utf8) }
            bytes.append(0x0A)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let attributeCodes: [(SketchAttributes, Int)] = [
        (.bold, 1), (.dim, 2), (.italic, 3), (.underline, 4), (.reverse, 7), (.strike, 9),
    ]

    private static func sequence(_ cell: SketchGrid.Cell, _ depth: SketchDepth) -> String {
        var codes = ["0"]
        for (attribute, code) in attributeCodes where cell.attributes.contains(attribute) { codes.append("\(code)") }
        if let code = code(cell.foreground, depth, base: 30) { codes.append(code) }
        if let code = code(cell.background, depth, base: 40) { codes.append(code) }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }

    /// - Parameter base: 30 for the foreground, 40 for the background.
    private static func code(_ color: SketchColor, _ depth: SketchDepth, base: Int) -> String? {
        if let index = color.paletteIndex {
            guard depth == .basic else { return "\(base + 8);5;\(index)" }
            return "\(index < 8 ? base + Int(index) : base + 60 + Int(index) - 8)"
        }
        return color.rgb.map { "\(base + 8);2;\($0 >> 16 & 255);\($0 >> 8 & 255);\($0 & 255)" }
    }
}
