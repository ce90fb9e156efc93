import ChatAPI

/// A run of text in one style, perhaps a link.
package struct Span: Hashable, Sendable {
    package var text: String
    package var style: Style
    package var link: Link?

    package init(_ text: String, _ style: Style = .plain, link: Link? = nil) {
        self.text = text
        self.style = style
        self.link = link
    }
}

/// One line of wrapped text.
package struct TextLine: Hashable, Sendable {
    package var spans: [Span]
    /// In cells, the indent included.
    package var width: Int
    /// Whether the text itself breaks here. False where only the width did: copying joins such lines again.
    package var endsParagraph: Bool
    /// Whether a blank was swallowed by the break, so that joining has to put it back.
    package var endsAtBlank: Bool

    package var text: String { spans.map(\.text).joined() }
}

extension Text {
    /// Breaks text into lines of at most `width` cells: at blanks, between wide characters (not before closing and not
    /// after opening punctuation), inside a word only when it is longer than a line. Continuation lines of a paragraph
    /// start with `indent` blanks, at most half the width.
    package static func wrapped(_ spans: [Span], width: Int, indent: Int = 0) -> [TextLine] {
        var wrapper = Wrapper(width: max(1, width), indent: min(max(0, indent), max(0, width / 2)))
        for span in spans {
            for grapheme in CellGraphemes(neutralised(span.text, keepingLines: true)) {
                wrapper.add(String(grapheme.text), width: grapheme.width, style: span.style, link: span.link)
            }
        }
        return wrapper.finish()
    }

    package static func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
        wrapped([Span(text)], width: width, indent: indent).map(\.text)
    }

    /// The text in at most `width` cells; what is cut is shown by an ellipsis.
    package static func truncated(_ text: String, width: Int) -> String {
        let text = neutralised(text)
        guard CellWidth.of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for grapheme in CellGraphemes(text) {
            guard used + grapheme.width < width else { break }
            result += grapheme.text
            used += grapheme.width
        }
        return result + "…"
    }

    /// Styled text in at most `width` cells, cut with an ellipsis.
    package static func truncated(_ spans: [Span], width: Int) -> [Span] {
        let total = spans.reduce(0) { $0 + CellWidth.of(neutralised($1.text)) }
        guard total > width else { return spans }
        var result: [Span] = []
        var rest = width
        for span in spans {
            let cells = CellWidth.of(neutralised(span.text))
            if cells < rest {
                result.append(span)
                rest -= cells
                continue
            }
            // The ellipsis takes the place of what follows, even where this span just fits.
            var cut = span
            cut.text = truncated(span.text + "…", width: rest)
            result.append(cut)
            return result
        }
        return result
    }

    /// Exactly `width` cells: cut with an ellipsis or filled with blanks, behind the text or before it.
    package static func padded(_ text: String, width: Int, toRight: Bool = false) -> String {
        let shown = truncated(text, width: width)
        let blanks = String(repeating: " ", count: max(0, width - CellWidth.of(shown)))
        return toRight ? blanks + shown : shown + blanks
    }
}

private struct Wrapper {
    private struct Piece {
        var text: String
        var width: Int
        var style: Style
        var link: Link?
    }

    private let width: Int
    private let indent: Int
    private var lines: [TextLine] = []
    private var line: [Piece] = []
    private var lineWidth = 0
    /// Where the line may be broken: the pieces before it stay. Nil until there is such a place.
    private var breakAt: Int?
    private var isContinuation = false

    init(width: Int, indent: Int) {
        self.width = width
        self.indent = indent
    }

    private var room: Int { isContinuation ? width - indent : width }

    mutating func add(_ text: String, width: Int, style: Style, link: Link?) {
        if text == "\n" {
            close(endsParagraph: true, endsAtBlank: false)
            isContinuation = false
            return
        }
        guard width > 0 else { return }
        let isBlank = text == " "
        if let last = line.last {
            if last.text == " " && !isBlank { breakAt = line.count }
            if last.text != " " && !isBlank && Self.allowsBreak(between: last.text, last.width, and: text, width) {
                breakAt = line.count
            }
        }
        // What is carried into the next line may leave too little room there, so more than one break is possible.
        while lineWidth + width > room, !line.isEmpty {
            if isBlank {
                // Blanks at the edge hang: the break swallows them, and the next word starts a line.
                line.append(Piece(text: text, width: 0, style: style, link: link))
                return
            }
            breakLine()
        }
        line.append(Piece(text: text, width: width, style: style, link: link))
        lineWidth += width
    }

    /// Ends the line at the last place for a break, or right here inside a word that is longer than a line.
    private mutating func breakLine() {
        let place = breakAt ?? line.count
        let rest = Array(line[place...])
        line.removeSubrange(place...)
        let endsAtBlank = line.last?.text == " "
        while line.last?.text == " " { line.removeLast() }
        close(endsParagraph: false, endsAtBlank: endsAtBlank)
        isContinuation = true
        // A continuation may be narrower than the line before it, so the rest is laid out like new text.
        for piece in rest { add(piece.text, width: piece.width, style: piece.style, link: piece.link) }
    }

    private mutating func close(endsParagraph: Bool, endsAtBlank: Bool) {
        var spans: [Span] = []
        if isContinuation, indent > 0 { spans.append(Span(String(repeating: " ", count: indent))) }
        var cells = isContinuation ? indent : 0
        for piece in line where piece.width > 0 {
            cells += piece.width
            if let last = spans.last, last.style == piece.style, last.link == piece.link {
                spans[spans.count - 1].text += piece.text
            } else {
                spans.append(Span(piece.text, piece.style, link: piece.link))
            }
        }
        lines.append(TextLine(spans: spans, width: cells, endsParagraph: endsParagraph, endsAtBlank: endsAtBlank))
        line = []
        lineWidth = 0
        breakAt = nil
    }

    mutating func finish() -> [TextLine] {
        close(endsParagraph: true, endsAtBlank: false)
        return lines
    }

    private static func allowsBreak(between left: String, _ leftWidth: Int, and right: String, _ rightWidth: Int)
        -> Bool
    {
        guard leftWidth == 2 || rightWidth == 2 else { return false }
        return !opening.contains(left) && !closing.contains(right)
    }

    /// JIS X 4051 in short: these never end a line.
    private static let opening: Set<String> = ["「", "『", "（", "(", "【", "《", "〈", "［", "[", "｛", "“", "‘", "〔"]
    /// And these never start one.
    private static let closing: Set<String> = [
        "」", "』", "）", ")", "】", "》", "〉", "］", "]", "｝", "”", "’", "〕", "、", "。", "，", "．", "：", "；", "！", "？", "・",
        "…", "ー", "々", "ぁ", "ぃ", "ぅ", "ぇ", "ぉ", "っ", "ゃ", "ゅ", "ょ", "ァ", "ィ", "ゥ", "ェ", "ォ", "ッ", "ャ", "ュ", "ョ",
        ",", ".", ":", ";", "!", "?", "%", "％",
    ]
}
