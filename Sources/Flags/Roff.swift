/// Writes mdoc(7) source: escaping, one sentence per line, paragraphs only where they are allowed.
struct Roff {
    private(set) var lines: [String] = []
    /// True where a paragraph needs a `.Pp` before it.
    private var needsBreak = false

    var isEmpty: Bool { lines.isEmpty }
    var source: String { lines.joined(separator: "\n") + "\n" }

    mutating func raw(_ line: String) { lines.append(line) }

    mutating func append(_ other: Roff) {
        lines += other.lines
        needsBreak = other.needsBreak
    }

    /// A macro whose arguments are the words of `text`.
    mutating func macro(_ name: String, _ text: String) {
        lines.append(([".\(name)"] + Self.arguments(text)).joined(separator: " "))
    }

    mutating func section(_ title: String) {
        macro("Sh", title)
        needsBreak = false
    }

    mutating func subsection(_ title: String) {
        macro("Ss", title)
        needsBreak = false
    }

    /// Prose: empty lines part paragraphs, lines that start with a space are kept as they are.
    mutating func prose(_ text: String) {
        var words: [Substring] = []
        var kept: [String] = []
        func isKept(_ line: Substring) -> Bool { line.first == " " }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) + [Substring()] {
            if !isKept(line), !kept.isEmpty {
                literal(kept)
                kept = []
            }
            if line.isEmpty || isKept(line) {
                paragraph(words)
                words = []
            }
            if isKept(line) {
                kept.append(String(line.hasPrefix("  ") ? line.dropFirst(2) : line.dropFirst()))
            } else {
                words += line.split(separator: " ")
            }
        }
    }

    mutating func blocks(_ blocks: [Block]) {
        for block in blocks {
            switch block {
            case .paragraph(let text): prose(text)
            case .definitions(let rows): definitions(rows.map { (Self.arguments("Sy", $0.term), $0.text) })
            case .code(let text):
                literal(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            }
        }
    }

    /// A tagged list; the terms are arguments of `.It`, already escaped.
    mutating func definitions(_ rows: [(term: String, text: String)]) {
        guard !rows.isEmpty else { return }
        lines.append(".Bl -tag -width Ds")
        for row in rows {
            lines.append(".It \(row.term)")
            needsBreak = false
            prose(row.text)
        }
        lines.append(".El")
        needsBreak = true
    }

    mutating func literal(_ text: [String]) {
        lines.append(".Bd -literal -offset indent")
        lines += text.map { Self.escaped($0, literal: true) }
        lines.append(".Ed")
        needsBreak = true
    }

    private mutating func paragraph(_ words: [Substring]) {
        guard !words.isEmpty else { return }
        if needsBreak { lines.append(".Pp") }
        needsBreak = true
        var line = ""
        var isLiteral = false
        for word in words {
            if !line.isEmpty, line.utf8.count + word.utf8.count > 76 {
                lines.append(line)
                line = ""
            }
            if !line.isEmpty { line += " " }
            line += Self.inline(word, isLiteral: &isLiteral, startsLine: line.isEmpty)
            // mdoc wants each sentence on its own line.
            let end = word.reversed().first { !")\"'`".contains($0) }
            if let end, ".!?".contains(end) {
                lines.append(line)
                line = ""
            }
        }
        if !line.isEmpty { lines.append(line) }
    }

    /// A word of prose; backquotes switch bold type on and off.
    private static func inline(_ word: Substring, isLiteral: inout Bool, startsLine: Bool) -> String {
        var result = ""
        for (index, part) in word.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if index > 0 {
                isLiteral.toggle()
                result += isLiteral ? "\\fB" : "\\fR"
            }
            result += escaped(String(part), literal: isLiteral, startsLine: startsLine && result.isEmpty)
        }
        return result
    }

    /// The words of `text` as arguments of one macro.
    static func arguments(_ macro: String = "", _ text: String) -> String {
        ([macro] + arguments(text)).filter { !$0.isEmpty }.joined(separator: " ")
    }

    static func arguments(_ text: String) -> [String] { text.split(separator: " ").map { argument(String($0)) } }

    /// One argument; words that mdoc would take for a macro or for punctuation are guarded.
    static func argument(_ word: String) -> String {
        let text = escaped(word, literal: true).replacingQuotes()
        // Macros are called Ar, Bsx, D1.
        let isLikeMacro =
            (2...3).contains(word.utf8.count) && word.first?.isUppercase == true
            && word.dropFirst().allSatisfy { !$0.isUppercase }
        let isPunctuation = word.utf8.count == 1 && Self.delimiters.contains(word)
        if isLikeMacro || isPunctuation { return "\\&" + text }
        return word.last.map { Self.delimiters.contains($0) } == true ? text + "\\&" : text
    }

    private static let delimiters = "()[].,:;?!|"

    /// Literal text keeps its dashes as ASCII, so that it can be pasted.
    static func escaped(_ text: String, literal: Bool, startsLine: Bool = true) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-" where literal: result += "\\-"
            case ".", "'":
                if startsLine, result.isEmpty { result += "\\&" }
                result.unicodeScalars.append(scalar)
            case "^" where literal: result += "\\(ha"
            case "~" where literal: result += "\\(ti"
            case "`" where literal: result += "\\(ga"
            case "\t": result += "    "
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\[u\(hex(scalar.value))]"
            }
        }
        return result
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension String {
    fileprivate func replacingQuotes() -> String {
        contains("\"") ? split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") : self
    }
}
