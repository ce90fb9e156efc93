import ChatAPI
package import TerminalUI

/// A message's text as styled spans: mentions, links, `code`, *bold*, _italic_. Nothing is hidden: the marks stay.
package enum MessageText {
    package static func spans(_ text: String, base: Style, theme: Theme, me: String?, linkID: String) -> [Span] {
        var spans: [Span] = []
        var plain = ""
        func flush() {
            if !plain.isEmpty { spans.append(Span(plain, base)) }
            plain = ""
        }
        func paint(_ token: String, _ role: Theme.Role) {
            flush()
            let style = theme[role]
            spans.append(
                Span(token, Style(style.foreground, on: style.background, style.attributes.union(base.attributes)))
            )
        }
        var isFenced = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if number > 0 { plain += "\n" }
            if line.hasPrefix("```") || isFenced {
                if line.hasPrefix("```") { isFenced.toggle() }
                paint(String(line), .code)
                continue
            }
            for token in tokens(line) {
                if let url = link(in: token) {
                    let rest = String(token.dropFirst(url.count))
                    flush()
                    let link = Link(id: "\(linkID)-\(spans.count)", url: url)
                    spans.append(Span(url, theme[.link], link: link.isSafe ? link : nil))
                    plain += rest
                } else if let mention = mention(in: token) {
                    let isMe = me.map { Names.fold($0) == Names.fold(mention.dropFirst()) } == true || mention == "@all"
                    paint(mention, isMe ? .me : .title)
                    plain += token.dropFirst(mention.count)
                } else if token.utf8.count > 2, token.hasPrefix("`"), token.hasSuffix("`") {
                    paint(token, .code)
                } else if let attribute = emphasis(token) {
                    flush()
                    spans.append(Span(token, base.adding(attribute)))
                } else {
                    plain += token
                }
            }
        }
        flush()
        return spans
    }

    /// Words and the blanks between them; what stands between two marks of emphasis or code on one line is one word.
    private static func tokens(_ line: Substring) -> [String] {
        var tokens: [String] = []
        var word = ""
        var index = line.startIndex
        while index < line.endIndex {
            let character = line[index]
            if word.isEmpty, "`*_".contains(character) {
                let after = line.index(after: index)
                if let end = line[after...].firstIndex(of: character), end > after, line[after] != " " {
                    let next = line.index(after: end)
                    let isWordEnd = next == line.endIndex || !(line[next].isLetter || line[next].isNumber)
                    if isWordEnd, line[line.index(before: end)] != " " {
                        tokens.append(String(line[index...end]))
                        index = next
                        continue
                    }
                }
            }
            if character == " " {
                if !word.isEmpty { tokens.append(word) }
                word = ""
                tokens.append(" ")
            } else {
                word.append(character)
            }
            index = line.index(after: index)
        }
        if !word.isEmpty { tokens.append(word) }
        return tokens
    }

    private static func emphasis(_ token: String) -> Attributes? {
        guard token.utf8.count > 2, let first = token.first, token.last == first else { return nil }
        return first == "*" ? .bold : first == "_" ? .italic : nil
    }

    private static func mention(in token: String) -> String? {
        guard token.hasPrefix("@"), token.utf8.count > 1 else { return nil }
        var end = token.endIndex
        while end > token.startIndex, let last = token[..<end].last, !(last.isLetter || last.isNumber || last == "_") {
            end = token.index(before: end)
        }
        let name = token[..<end]
        return name.utf8.count > 1 && name.dropFirst().allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
            ? String(name) : nil
    }

    /// The address at the start of a word, without the punctuation of the sentence around it.
    private static func link(in token: String) -> String? {
        guard token.hasPrefix("https://") || token.hasPrefix("http://") || token.hasPrefix("mailto:") else {
            return nil
        }
        var url = token[...]
        while let last = url.last, ".,;:!?)]}>'\"".contains(last) {
            // A closing bracket that was opened inside belongs to the address.
            if last == ")", url.contains("(") { break }
            url = url.dropLast()
        }
        return url.utf8.count > 8 ? String(url) : nil
    }

    /// The addresses in a text that may be opened.
    package static func links(in text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.compactMap { word in
            let start = word.drop { "([{<\"'".contains($0) }
            guard let url = link(in: String(start)), Link(id: "", url: url).isSafe else { return nil }
            return url
        }
    }

    /// One line of a text, for quotes and lists.
    package static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }).trimmingBlanks()
    }
}
